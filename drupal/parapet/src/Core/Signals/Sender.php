<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Signals;

/**
 * Sends signals after the response: by datagram, else into the spool.
 *
 * Nothing here waits: a datagram to somebody who does not listen fails at once.
 */
final class Sender {

  private const MOST_DATAGRAM_BYTES = 60000;

  public function __construct(
    /**
     * `unix:/path` or `udp:host:port`; empty to spool only.
     */
    private readonly string $address,
    private readonly Spool $spool,
  ) {}

  /**
   * Sends records.
   *
   * @param list<Signal> $signals
   *   In the order in which things happened.
   *
   * @return bool
   *   FALSE when some were dropped.
   */
  public function send(array $signals): bool {
    $left = array_map(static fn (Signal $signal): string => $signal->json(), $signals);
    $socket = $left === [] ? NULL : $this->open();
    if ($socket === NULL) {
      return $this->spool->put($left);
    }
    while ($left !== []) {
      $batch = self::batch($left);
      $datagram = implode("\n", $batch);
      // 0, not FALSE, when whoever listens does not read.
      if (@fwrite($socket, $datagram) !== strlen($datagram)) {
        break;
      }
      $left = array_slice($left, count($batch));
    }
    fclose($socket);
    return $this->spool->put($left);
  }

  /**
   * Whether somebody listens; of UDP nobody can tell.
   *
   * @return bool|null
   *   NULL when it cannot be told, or signals are only spooled.
   */
  public function isHeard(): ?bool {
    if (!str_starts_with($this->address, 'unix:')) {
      return NULL;
    }
    $socket = $this->open();
    return $socket !== NULL && fclose($socket);
  }

  /**
   * Opens the socket; NULL when nobody listens.
   *
   * @return resource|null
   *   A socket that does not block.
   */
  private function open() {
    if ($this->address === '') {
      return NULL;
    }
    $remote = str_starts_with($this->address, 'unix:')
      ? 'udg://' . substr($this->address, 5)
      : 'udp://' . preg_replace('~^udp:(?://)?~', '', $this->address);
    $socket = @stream_socket_client($remote, $number, $message, 0.01);
    if ($socket === FALSE) {
      return NULL;
    }
    stream_set_blocking($socket, FALSE);
    return $socket;
  }

  /**
   * Returns as many of the first lines as fit a datagram, one at least.
   *
   * @param non-empty-list<string> $lines
   *   What is to be sent.
   *
   * @return non-empty-list<string>
   *   The first of them.
   */
  private static function batch(array $lines): array {
    $batch = [array_shift($lines)];
    $size = strlen($batch[0]);
    foreach ($lines as $line) {
      $size += strlen($line) + 1;
      if ($size > self::MOST_DATAGRAM_BYTES) {
        break;
      }
      $batch[] = $line;
    }
    return $batch;
  }

}

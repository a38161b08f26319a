<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use PHPUnit\Framework\Attributes\After;

/**
 * Another program that answers as it is told.
 */
trait NeighbourTrait {

  /**
   * The programs that run.
   *
   * @var list<resource>
   */
  private array $running = [];

  /**
   * What the last one writes.
   *
   * @var resource|null
   */
  private $told = NULL;

  /**
   * Starts one and returns where it listens.
   *
   * @param list<list<string|int>> $answers
   *   See tests/fixtures/server.php.
   * @param string $address
   *   Where it is to listen.
   * @param string $pem
   *   The file with the certificate and the key for TLS.
   */
  private function neighbour(array $answers, string $address = 'tcp://127.0.0.1:0', string $pem = ''): string {
    $server = __DIR__ . '/../../../fixtures/server.php';
    $process = proc_open(
      [PHP_BINARY, $server, $address, json_encode($answers, JSON_THROW_ON_ERROR), $pem],
      [1 => ['pipe', 'w']],
      $pipes,
    );
    self::assertIsResource($process);
    $this->running[] = $process;
    $this->told = $pipes[1];
    $name = trim((string) fgets($pipes[1]));
    return match (substr($address, 0, (int) strpos($address, ':'))) {
      'unix' => 'unix:' . substr($address, 7),
      'tls' => "https://$name",
      default => "http://$name",
    };
  }

  /**
   * Returns the next thing that it was asked.
   */
  private function asked(): string {
    self::assertIsResource($this->told);
    return json_decode((string) fgets($this->told), FALSE, 4, JSON_THROW_ON_ERROR);
  }

  #[After]
  protected function stopNeighbours(): void {
    foreach ($this->running as $process) {
      proc_terminate($process, 9);
      proc_close($process);
    }
    $this->running = [];
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Signals;

/**
 * A folder in which signals wait while nobody listens.
 *
 * A file is written under a name that nobody reads and renamed when it is whole.
 * The folder is bounded: when it is full, what comes is dropped and counted, for
 * a site must not run out of disk because its engine is away.
 */
final class Spool {

  private const DROPPED = '.dropped';

  public function __construct(
    private readonly string $folder,
    private readonly int $mostFiles = 2000,
  ) {}

  /**
   * Puts records down.
   *
   * @param list<string> $lines
   *   One record each.
   *
   * @return bool
   *   FALSE when they were dropped.
   */
  public function put(array $lines): bool {
    if ($lines === []) {
      return TRUE;
    }
    if (!is_dir($this->folder) && !@mkdir($this->folder, 0770, TRUE) && !is_dir($this->folder)) {
      return FALSE;
    }
    // Counting costs more than writing: it is done now and then, so that the
    // folder can hold a few files more than it should.
    if (random_int(0, 15) === 0 && count($this->files()) >= $this->mostFiles) {
      @touch("$this->folder/.full");
      clearstatcache(TRUE, "$this->folder/.full");
    }
    if ($this->isFull()) {
      $this->drop(count($lines));
      return FALSE;
    }
    $name = sprintf('%016d-%d-%s', (int) (microtime(TRUE) * 1e6), getmypid(), bin2hex(random_bytes(3)));
    $temporary = "$this->folder/.$name.tmp";
    if (@file_put_contents($temporary, implode("\n", $lines) . "\n") === FALSE) {
      @unlink($temporary);
      return FALSE;
    }
    @chmod($temporary, 0660);
    return @rename($temporary, "$this->folder/$name.ndjson");
  }

  /**
   * Returns the files that wait, the oldest first.
   *
   * @return list<string>
   *   Their paths.
   */
  public function files(): array {
    $names = @scandir($this->folder);
    $names = $names === FALSE ? [] : $names;
    $names = array_filter($names, static fn (string $name): bool => $name[0] !== '.' && str_ends_with($name, '.ndjson'));
    return array_map(fn (string $name): string => "$this->folder/$name", array_values($names));
  }

  /**
   * Returns how many records were dropped; about, when it was full.
   */
  public function dropped(): int {
    return (int) @file_get_contents("$this->folder/" . self::DROPPED);
  }

  /**
   * Notices that there is room again.
   */
  public function sweep(): void {
    if (count($this->files()) < $this->mostFiles) {
      @unlink("$this->folder/.full");
    }
  }

  /**
   * Whether the folder was found full lately.
   */
  private function isFull(): bool {
    $path = "$this->folder/.full";
    $since = @filemtime($path);
    if ($since === FALSE) {
      return FALSE;
    }
    if (time() - $since < 60) {
      return TRUE;
    }
    clearstatcache(TRUE, $path);
    $this->sweep();
    return count($this->files()) >= $this->mostFiles;
  }

  /**
   * Counts what is dropped.
   */
  private function drop(int $records): void {
    @touch("$this->folder/.full");
    clearstatcache(TRUE, "$this->folder/.full");
    @file_put_contents("$this->folder/" . self::DROPPED, (string) ($this->dropped() + $records), LOCK_EX);
  }

}

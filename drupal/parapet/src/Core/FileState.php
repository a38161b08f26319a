<?php

declare(strict_types=1);

namespace Drupal\parapet\Core;

/**
 * State in small files, for hosts without APCu.
 */
final class FileState implements StateInterface {

  private const MOST_FILES = 5000;

  public function __construct(private readonly string $folder) {}

  /**
   * {@inheritdoc}
   */
  public function get(string $name, int $now): ?string {
    $text = @file_get_contents($this->path($name));
    if ($text === FALSE || preg_match('/^(\d+)\n(.*)$/sD', $text, $match) !== 1 || (int) $match[1] <= $now) {
      return NULL;
    }
    return $match[2];
  }

  /**
   * {@inheritdoc}
   */
  public function set(string $name, string $value, int $seconds, int $now): void {
    $this->prepare($now);
    @file_put_contents($this->path($name), ($now + $seconds) . "\n" . $value, LOCK_EX);
  }

  /**
   * {@inheritdoc}
   */
  public function add(string $name, string $value, int $seconds, int $now): bool {
    $this->prepare($now);
    $path = $this->path($name);
    $file = @fopen($path, 'xb');
    if ($file === FALSE && $this->get($name, $now) === NULL) {
      @unlink($path);
      $file = @fopen($path, 'xb');
    }
    if ($file === FALSE) {
      return FALSE;
    }
    fwrite($file, ($now + $seconds) . "\n" . $value);
    return fclose($file);
  }

  /**
   * Makes the folder, and now and then throws out what has ended.
   */
  private function prepare(int $now): void {
    if (!is_dir($this->folder)) {
      @mkdir($this->folder, 0770, TRUE);
    }
    if (random_int(0, 255) !== 0) {
      return;
    }
    $names = @scandir($this->folder);
    $names = $names === FALSE ? [] : $names;
    foreach ($names as $name) {
      $text = str_ends_with($name, '.state') ? (string) @file_get_contents("$this->folder/$name", FALSE, NULL, 0, 20) : '';
      if ($text !== '' && (count($names) > self::MOST_FILES || (int) $text <= $now)) {
        @unlink("$this->folder/$name");
      }
    }
  }

  /**
   * Returns the file of a name; names may hold anything.
   */
  private function path(string $name): string {
    return $this->folder . '/' . hash('sha256', $name) . '.state';
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Flood;

/**
 * Counts within one process.
 */
final class MemoryFlood implements FloodInterface {

  private const MOST_KEYS = 10000;

  /**
   * When things happened, by name and key.
   *
   * @var array<string, list<int>>
   */
  private array $times = [];

  /**
   * {@inheritdoc}
   */
  public function isTooOften(string $name, string $key, int $most, int $window, int $now): bool {
    $id = "$name\0$key";
    $times = array_filter($this->times[$id] ?? [], static fn (int $at): bool => $at > $now - $window);
    $times[] = $now;
    unset($this->times[$id]);
    $this->times[$id] = array_values($times);
    if (count($this->times) > self::MOST_KEYS) {
      array_shift($this->times);
    }
    return count($times) > $most;
  }

  /**
   * {@inheritdoc}
   */
  public function clear(string $name, string $key): void {
    unset($this->times["$name\0$key"]);
  }

}

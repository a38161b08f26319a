<?php

declare(strict_types=1);

namespace Drupal\parapet\Core;

/**
 * A few words that the processes of one machine share and may lose.
 */
interface StateInterface {

  /**
   * Returns what is kept under a name, or NULL.
   */
  public function get(string $name, int $now): ?string;

  /**
   * Keeps a text for so many seconds.
   */
  public function set(string $name, string $value, int $seconds, int $now): void;

  /**
   * Keeps a text unless there is one; returns whether it did.
   */
  public function add(string $name, string $value, int $seconds, int $now): bool;

}

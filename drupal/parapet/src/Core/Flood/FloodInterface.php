<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Flood;

/**
 * Counts what happened lately, for each key by itself.
 */
interface FloodInterface {

  /**
   * Counts one more, and returns how many there are within the window.
   *
   * @param string $name
   *   What happened.
   * @param string $key
   *   To whom, or by whom.
   * @param int $window
   *   After how many seconds it is forgotten.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function add(string $name, string $key, int $window, int $now): int;

  /**
   * Forgets what was counted.
   */
  public function clear(string $name, string $key): void;

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Flood;

/**
 * Counts what happened lately, for each key by itself.
 */
interface FloodInterface {

  /**
   * Counts one more; returns whether these are too many within the window.
   *
   * @param string $name
   *   What happened.
   * @param string $key
   *   To whom, or by whom.
   * @param int $most
   *   How many are not too many.
   * @param int $window
   *   After how many seconds it is forgotten.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function isTooOften(string $name, string $key, int $most, int $window, int $now): bool;

  /**
   * Forgets what was counted.
   */
  public function clear(string $name, string $key): void;

}

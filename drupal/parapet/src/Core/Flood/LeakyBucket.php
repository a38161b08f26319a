<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Flood;

/**
 * A bucket as scenarios have them: poured, leaking, overflowing.
 *
 * With a capacity of 5 and a leak speed of 10 seconds, the sixth pour within 10
 * seconds overflows, and somebody who pours one every 10 seconds never does.
 */
final class LeakyBucket {

  public function __construct(
    public readonly float $level = 0.0,
    public readonly float $at = 0.0,
  ) {}

  /**
   * Returns the bucket after one more pour.
   *
   * @param float $leakSeconds
   *   How long one pour takes to leak out.
   * @param float $now
   *   Seconds since the epoch; a clock that was put back leaks nothing.
   */
  public function pour(float $leakSeconds, float $now): self {
    $leaked = $leakSeconds <= 0.0 ? $this->level : max(0.0, $now - $this->at) / $leakSeconds;
    return new self(max(0.0, $this->level - $leaked) + 1.0, max($now, $this->at));
  }

  /**
   * Whether more was poured than it holds.
   */
  public function overflows(float $capacity): bool {
    return $this->level > $capacity;
  }

  /**
   * Returns how many seconds it takes until it has room for one more.
   */
  public function secondsUntilRoom(float $capacity, float $leakSeconds): float {
    return max(0.0, $this->level - $capacity) * $leakSeconds;
  }

}

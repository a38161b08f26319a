<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

use Drupal\parapet\Core\StateInterface;

/**
 * Keeps a neighbour that does not answer from slowing the site down.
 *
 * After three failures it is not asked for five seconds; then one request asks
 * again. Answers are never remembered: a failure is no "allowed".
 */
final class Breaker {

  private const FAILURES = 3;
  private const OPEN_SECONDS = 5;
  private const REMEMBERED_SECONDS = 60;

  public function __construct(
    private readonly StateInterface $state,
    private readonly string $name,
  ) {}

  /**
   * Whether the neighbour may be asked now.
   */
  public function isClosed(int $now): bool {
    $failures = (int) $this->state->get($this->name, $now);
    return $failures < self::FAILURES
      || $this->state->add("$this->name.try", '1', self::OPEN_SECONDS, $now);
  }

  /**
   * It answered.
   */
  public function succeeded(int $now): void {
    if ($this->state->get($this->name, $now) !== NULL) {
      $this->state->set($this->name, '0', self::REMEMBERED_SECONDS, $now);
    }
  }

  /**
   * It did not.
   */
  public function failed(int $now): void {
    $failures = (int) $this->state->get($this->name, $now) + 1;
    $this->state->set($this->name, (string) $failures, self::REMEMBERED_SECONDS, $now);
    if ($failures >= self::FAILURES) {
      $this->state->add("$this->name.try", '1', self::OPEN_SECONDS, $now);
    }
  }

}

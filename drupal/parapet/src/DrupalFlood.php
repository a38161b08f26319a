<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Flood\FloodInterface as DrupalFloodInterface;
use Drupal\parapet\Core\Flood\FloodInterface;

/**
 * Counts with Drupal's own service, as the Perimeter module does.
 */
final class DrupalFlood implements FloodInterface {

  public function __construct(private readonly DrupalFloodInterface $flood) {}

  /**
   * {@inheritdoc}
   */
  public function isTooOften(string $name, string $key, int $most, int $window, int $now): bool {
    $this->flood->register($name, $window, $key);
    return !$this->flood->isAllowed($name, $most + 1, $window, $key);
  }

  /**
   * {@inheritdoc}
   */
  public function clear(string $name, string $key): void {
    $this->flood->clear($name, $key);
  }

}

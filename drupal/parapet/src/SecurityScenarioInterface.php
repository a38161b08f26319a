<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Core\Signals\Signal;

/**
 * A scenario that another module brings along.
 */
interface SecurityScenarioInterface {

  /**
   * Returns how often, how fast, and what happens then.
   */
  public function scenario(): Scenario;

  /**
   * Whether a signal is poured into the bucket of its address.
   */
  public function isAbout(Signal $signal): bool;

}

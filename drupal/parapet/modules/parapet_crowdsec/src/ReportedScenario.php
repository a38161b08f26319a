<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec;

use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet\SecurityScenarioBase;

/**
 * A scenario that is told by the name that it has at CrowdSec.
 */
final class ReportedScenario extends SecurityScenarioBase {

  /**
   * {@inheritdoc}
   */
  public function isAbout(Signal $signal): bool {
    return parent::isAbout($signal) && $signal->attribute('scenario') === $this->scenario()->name;
  }

}

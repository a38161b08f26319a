<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec;

use Drupal\Core\Extension\ModuleHandler;

/**
 * Says that the CrowdSec module is there to those who ask before they report.
 *
 * It is in no list of modules: nothing is loaded, configured or updated for it.
 */
final class StandInModuleHandler extends ModuleHandler {

  /**
   * {@inheritdoc}
   */
  // phpcs:ignore Drupal.Commenting -- the parent declares no types.
  public function moduleExists($module) {
    return $module === 'crowdsec' || parent::moduleExists($module);
  }

}

<?php

declare(strict_types=1);

namespace Drupal\crowdsec;

use Drupal\Component\Plugin\PluginBase;

/**
 * Tells Parapet what a module would tell the CrowdSec module.
 */
abstract class ScenarioPluginBase extends PluginBase implements ScenarioInterface {

  /**
   * {@inheritdoc}
   */
  public function label(): string {
    return $this->said('label');
  }

  /**
   * {@inheritdoc}
   */
  public function addSignal(string $ip, int $status, ?string $targetUser = NULL): void {
    \Drupal::service('parapet_crowdsec.relay')->tell($ip, $this->said('scenario'), $status, (string) $targetUser);
  }

  /**
   * Returns a text of the attribute.
   */
  private function said(string $name): string {
    $kept = ((array) $this->pluginDefinition)[$name] ?? '';
    return is_scalar($kept) || $kept instanceof \Stringable ? (string) $kept : '';
  }

}

<?php

declare(strict_types=1);

namespace Drupal\crowdsec\Plugin\CrowdsecScenario;

use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\crowdsec\Attribute\Scenario;
use Drupal\crowdsec\ScenarioPluginBase;

/**
 * Known to modules as core-ban.
 */
#[Scenario(
  id: 'core-ban',
  scenario: 'drupal/core-ban',
  label: new TranslatableMarkup('Was banned by an administrator'),
  buffer: FALSE,
)]
final class CoreBan extends ScenarioPluginBase {}

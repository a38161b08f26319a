<?php

declare(strict_types=1);

namespace Drupal\crowdsec\Plugin\CrowdsecScenario;

use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\crowdsec\Attribute\Scenario;
use Drupal\crowdsec\ScenarioPluginBase;

/**
 * Known to modules as flood.
 */
#[Scenario(
  id: 'flood',
  scenario: 'drupal/auth-bruteforce',
  label: new TranslatableMarkup('Fails to sign in'),
  buffer: FALSE,
)]
final class Flood extends ScenarioPluginBase {}

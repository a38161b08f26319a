<?php

declare(strict_types=1);

namespace Drupal\crowdsec\Plugin\CrowdsecScenario;

use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\crowdsec\Attribute\Scenario;
use Drupal\crowdsec\ScenarioPluginBase;

/**
 * Known to modules as whisper.
 */
#[Scenario(
  id: 'whisper',
  scenario: 'drupal/4xx-scan',
  label: new TranslatableMarkup('Asks for missing pages'),
  buffer: TRUE,
)]
final class Whisper extends ScenarioPluginBase {}

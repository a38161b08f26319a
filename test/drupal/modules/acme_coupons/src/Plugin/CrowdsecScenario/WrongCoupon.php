<?php

declare(strict_types=1);

namespace Drupal\acme_coupons\Plugin\CrowdsecScenario;

use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\crowdsec\Attribute\Scenario;
use Drupal\crowdsec\ScenarioPluginBase;

/**
 * As modules write them for the CrowdSec module.
 */
#[Scenario(
  id: 'acme_coupons:wrong',
  scenario: 'acme/wrong-coupon',
  label: new TranslatableMarkup('Wrong coupons'),
  description: new TranslatableMarkup('Codes that were never given out.'),
)]
final class WrongCoupon extends ScenarioPluginBase {}

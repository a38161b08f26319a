<?php

declare(strict_types=1);

namespace Drupal\acme_coupons\Plugin\SecurityScenario;

use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\parapet\Attribute\SecurityScenario;
use Drupal\parapet\SecurityScenarioBase;

/**
 * Two wrong codes are a mistake, three are a try.
 */
#[SecurityScenario(
  id: 'acme_coupons_guessing',
  label: new TranslatableMarkup('guessed coupons'),
  signal: 'coupon.wrong',
  scenario: 'acme/coupon-guessing',
  capacity: 2,
  leak: 600,
)]
final class CouponGuessing extends SecurityScenarioBase {}

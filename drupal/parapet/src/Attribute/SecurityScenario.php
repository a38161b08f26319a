<?php

declare(strict_types=1);

namespace Drupal\parapet\Attribute;

use Drupal\Component\Plugin\Attribute\Plugin;
use Drupal\Core\StringTranslation\TranslatableMarkup;

/**
 * Declares a scenario of another module: which of its signals lead to what.
 *
 * A class with it stands in src/Plugin/SecurityScenario of the module.
 */
#[\Attribute(\Attribute::TARGET_CLASS)]
final class SecurityScenario extends Plugin {

  public function __construct(
    public readonly string $id,
    /**
     * What an address does that it is about, for people.
     */
    public readonly TranslatableMarkup $label,
    /**
     * The type of signal that is poured; isAbout() may look closer.
     */
    public readonly string $signal,
    /**
     * Its name in reports and at the engine, `acme/coupon-abuse`; empty for id.
     */
    public readonly string $scenario = '',
    /**
     * How many signals are let pass; 0 acts on the first.
     */
    public readonly int $capacity = 5,
    /**
     * After how many seconds one of them is forgiven.
     */
    public readonly int $leak = 60,
    /**
     * What happens to the address: `ban`, `captcha`, `throttle` or `step-up`.
     */
    public readonly string $remediation = 'captcha',
    /**
     * For how many seconds.
     */
    public readonly int $duration = 3600,
    public readonly ?string $deriver = NULL,
  ) {}

}

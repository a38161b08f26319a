<?php

declare(strict_types=1);

namespace Drupal\crowdsec\Attribute;

use Drupal\Component\Plugin\Attribute\Plugin;
use Drupal\Core\StringTranslation\TranslatableMarkup;

/**
 * Declares a scenario, with the names that the CrowdSec module has for it.
 */
#[\Attribute(\Attribute::TARGET_CLASS)]
final class Scenario extends Plugin {

  public function __construct(
    public readonly string $id,
    public readonly string $scenario = '',
    public readonly ?TranslatableMarkup $label = NULL,
    public readonly ?TranslatableMarkup $description = NULL,
    public readonly bool $buffer = FALSE,
    public readonly ?string $deriver = NULL,
  ) {}

}

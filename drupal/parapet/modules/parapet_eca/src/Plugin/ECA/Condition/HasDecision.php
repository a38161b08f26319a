<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\ECA\Condition;

use Drupal\eca\Plugin\ECA\Condition\ConditionBase;
use Drupal\parapet_eca\AddressTrait;

/**
 * Whether something is in force on an address.
 *
 * @EcaCondition(
 *   id = "parapet_has_decision",
 *   label = @Translation("Parapet: something is in force on an address"),
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class HasDecision extends ConditionBase {

  use AddressTrait;

  /**
   * {@inheritdoc}
   */
  protected function texts(): array {
    return ['address' => [$this->t("Address (the visitor's when empty)"), '']];
  }

  /**
   * {@inheritdoc}
   */
  public function evaluate(): bool {
    return $this->negationCheck(\Drupal::service('parapet.decisions')->decisionFor($this->address()) !== NULL);
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\Action;

use Drupal\eca\Plugin\Action\ConfigurableActionBase;
use Drupal\parapet_eca\AddressTrait;

/**
 * Lifts what is in force on an address or a range, or under a record.
 *
 * @Action(
 *   id = "parapet_lift",
 *   label = @Translation("Parapet: unblock an address"),
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class Lift extends ConfigurableActionBase {

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
  public function execute(): void {
    \Drupal::service('parapet.decisions')->lift($this->address());
  }

}

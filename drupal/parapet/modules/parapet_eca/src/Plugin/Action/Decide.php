<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\Action;

use Drupal\eca\Plugin\Action\ConfigurableActionBase;
use Drupal\parapet_eca\AddressTrait;

/**
 * Decides on an address, as the module does by itself.
 *
 * So the allowlist, private addresses and what other modules forbid count.
 *
 * @Action(
 *   id = "parapet_decide",
 *   label = @Translation("Parapet: block an address"),
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class Decide extends ConfigurableActionBase {

  use AddressTrait;

  private const REMEDIATIONS = ['ban', 'captcha', 'throttle', 'step-up'];

  /**
   * {@inheritdoc}
   */
  protected function texts(): array {
    return [
      'address' => [$this->t("Address (the visitor's when empty)"), ''],
      'remediation' => [$this->t('What is done: ban, captcha, throttle or step-up'), 'ban'],
      'hours' => [$this->t('For how many hours'), '4'],
      'reason' => [$this->t('Why, for people to read'), ''],
    ];
  }

  /**
   * {@inheritdoc}
   */
  public function execute(): void {
    $remediation = $this->text('remediation');
    $reason = $this->text('reason');
    \Drupal::service('parapet.decisions')->decide(
      $this->address(),
      in_array($remediation, self::REMEDIATIONS, TRUE) ? $remediation : 'ban',
      'parapet/eca',
      max(60, (int) ((float) $this->text('hours') * 3600)),
      $this->address() . ': ' . ($reason === '' ? 'a model of ECA' : $reason),
    );
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\Action;

use Drupal\eca\Plugin\Action\ConfigurableActionBase;
use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet_eca\AddressTrait;

/**
 * Tells a fact that scenarios can count.
 *
 * @Action(
 *   id = "parapet_tell",
 *   label = @Translation("Parapet: tell something of a visitor"),
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class Tell extends ConfigurableActionBase {

  use AddressTrait;

  /**
   * {@inheritdoc}
   */
  protected function texts(): array {
    return [
      'address' => [$this->t("Address (the visitor's when empty)"), ''],
      'type' => [$this->t('Type of the signal, two to four words with dots between them'), 'eca.told'],
      'subject' => [$this->t('What it is about'), ''],
    ];
  }

  /**
   * {@inheritdoc}
   */
  public function execute(): void {
    $signal = Signal::of($this->text('type'), $this->address())->site(\Drupal::request()->getHost());
    \Drupal::service('parapet.signals')->record($signal->with('name', $this->text('subject')));
  }

}

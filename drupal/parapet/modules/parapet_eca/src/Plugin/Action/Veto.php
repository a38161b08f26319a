<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\Action;

use Drupal\eca\Plugin\Action\ActionBase;
use Drupal\parapet\Event\DecisionEvent;
use Drupal\parapet\Event\SignalEvent;

/**
 * Forbids what is about to be decided or told.
 *
 * @Action(
 *   id = "parapet_veto",
 *   label = @Translation("Parapet: forbid what is about to be decided or told"),
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class Veto extends ActionBase {

  /**
   * {@inheritdoc}
   */
  public function execute(): void {
    if ($this->event instanceof DecisionEvent || $this->event instanceof SignalEvent) {
      $this->event->stopPropagation();
    }
  }

}

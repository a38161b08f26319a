<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\ECA\Event;

use Drupal\eca\Plugin\ECA\Event\EventDeriverBase;

/**
 * Makes an event for ECA of each of Parapet's.
 */
final class ParapetEventDeriver extends EventDeriverBase {

  /**
   * {@inheritdoc}
   */
  protected function definitions(): array {
    return ParapetEvent::definitions();
  }

}

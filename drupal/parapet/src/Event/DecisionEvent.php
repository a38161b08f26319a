<?php

declare(strict_types=1);

namespace Drupal\parapet\Event;

use Drupal\Component\EventDispatcher\Event;
use Drupal\parapet\Core\Decisions\Decision;

/**
 * A decision that is about to be made, was made, or was lifted.
 */
final class DecisionEvent extends Event {

  /**
   * Before a decision of the module's own; stopPropagation() forbids it.
   */
  public const PRE = 'parapet.decision.pre';
  public const APPLIED = 'parapet.decision.applied';
  public const LIFTED = 'parapet.decision.lifted';

  public function __construct(
    public readonly Decision $decision,
    /**
     * What led to it, in a sentence.
     */
    public readonly string $message = '',
  ) {}

}

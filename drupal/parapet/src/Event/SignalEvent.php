<?php

declare(strict_types=1);

namespace Drupal\parapet\Event;

use Drupal\Component\EventDispatcher\Event;
use Drupal\parapet\Core\Signals\Signal;

/**
 * A signal that is about to be recorded; stopPropagation() keeps it back.
 */
final class SignalEvent extends Event {

  public const RECORD = 'parapet.signal.record';

  public function __construct(
    /**
     * More can be told with with().
     */
    public readonly Signal $signal,
  ) {}

}

<?php

/**
 * @file
 * What other modules can do with Parapet.
 */

declare(strict_types=1);

/**
 * @defgroup parapet_api Parapet
 * @{
 * Tell what only your module knows:
 * @code
 * $signals = \Drupal::service('parapet.signals');
 * $signals->record($signals->signal('payment.declined')->with('gateway', 'x'));
 * @endcode
 *
 * Ask what is known of a visitor:
 * @code
 * $decision = \Drupal::service('parapet.decisions')->decisionFor($ip);
 * @endcode
 *
 * Listen: \Drupal\parapet\Event\SignalEvent::RECORD before a signal is recorded,
 * \Drupal\parapet\Event\DecisionEvent::PRE before the module decides by itself
 * (stopPropagation() forbids it), ::APPLIED and ::LIFTED afterwards.
 * @}
 */

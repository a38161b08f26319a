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
 * Say what your signals lead to, with a class in src/Plugin/SecurityScenario:
 * @code
 * #[SecurityScenario(
 *   id: 'my_module_cards',
 *   label: new TranslatableMarkup('declined cards'),
 *   signal: 'payment.declined',
 *   scenario: 'my_module/cards',
 *   capacity: 5,
 *   leak: 60,
 *   remediation: 'captcha',
 *   duration: 3600,
 * )]
 * final class Cards extends SecurityScenarioBase {}
 * @endcode
 * Owners can set it otherwise or switch it off, as they can the module's own.
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

/**
 * Adds to a signal before it is recorded.
 *
 * @param \Drupal\parapet\Core\Signals\Signal $signal
 *   What will be told.
 */
function hook_parapet_signal_alter(\Drupal\parapet\Core\Signals\Signal $signal): void {
  $signal->with('shop', 'example');
}

/**
 * Names addresses and ranges that are never stopped.
 *
 * Asked when decisions are made and written down, not for each visitor.
 *
 * @param list<string> $allowlist
 *   What the owner named.
 */
function hook_parapet_allowlist_alter(array &$allowlist): void {
  $allowlist[] = '198.51.100.0/24';
}

/**
 * Changes the scenarios of other modules.
 *
 * @param array<string, array<string, mixed>> $definitions
 *   What their attributes say, by id.
 */
function hook_parapet_scenario_info_alter(array &$definitions): void {
  $definitions['my_module_cards']['capacity'] = 3;
}

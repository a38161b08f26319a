<?php

/**
 * @file
 * What other modules can do with Parapet. Tests run these examples as they are.
 */

declare(strict_types=1);

/**
 * @defgroup parapet_api Parapet
 * @{
 * Tell what only your module knows of the visitor of this request:
 * @code
 * $signals = \Drupal::service('parapet.signals');
 * $signals->record($signals->signal('payment.declined')->with('gateway', 'x'));
 * @endcode
 *
 * Say what your signals lead to. Owners can set it otherwise or switch it off,
 * as they can the module's own:
 * @code
 * // src/Plugin/SecurityScenario/Cards.php
 * namespace Drupal\my_module\Plugin\SecurityScenario;
 *
 * use Drupal\Core\StringTranslation\TranslatableMarkup;
 * use Drupal\parapet\Attribute\SecurityScenario;
 * use Drupal\parapet\SecurityScenarioBase;
 *
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
 *
 * Ask what is in force on a visitor, wherever it was decided:
 * @code
 * $decision = \Drupal::service('parapet.decisions')->decisionFor('203.0.113.9');
 * $reputation = $decision === NULL ? 'nothing known' : "$decision->remediation: $decision->scenario";
 * @endcode
 *
 * Listen, and forbid: an event whose propagation is stopped does not come about.
 * What people decide cannot be forbidden.
 * @code
 * // src/EventSubscriber/Watch.php
 * namespace Drupal\my_module\EventSubscriber;
 *
 * use Drupal\parapet\Event\DecisionEvent;
 * use Drupal\parapet\Event\SignalEvent;
 * use Symfony\Component\EventDispatcher\EventSubscriberInterface;
 *
 * final class Watch implements EventSubscriberInterface {
 *
 *   public static function getSubscribedEvents(): array {
 *     return [
 *       SignalEvent::RECORD => 'onSignal',
 *       DecisionEvent::PRE => 'onDecision',
 *       DecisionEvent::APPLIED => 'onApplied',
 *       DecisionEvent::LIFTED => 'onLifted',
 *     ];
 *   }
 *
 *   // The monitoring of this site pays with a card that is always declined.
 *   public function onSignal(SignalEvent $event): void {
 *     if ($event->signal->ip === '198.51.100.8') {
 *       $event->stopPropagation();
 *     }
 *   }
 *
 *   // Nobody is stopped for cards by whom the shop in town can be reached.
 *   public function onDecision(DecisionEvent $event): void {
 *     if ($event->decision->scenario === 'my_module/cards' && $event->decision->value === '198.51.100.9') {
 *       $event->stopPropagation();
 *     }
 *   }
 *
 *   public function onApplied(DecisionEvent $event): void {
 *     \Drupal::logger('my_module')->notice('@value: @why', ['@value' => $event->decision->value, '@why' => $event->message]);
 *   }
 *
 *   public function onLifted(DecisionEvent $event): void {
 *     \Drupal::logger('my_module')->notice('@value may pay again', ['@value' => $event->decision->value]);
 *   }
 *
 * }
 * @endcode
 * @code
 * # my_module.services.yml
 * services:
 *   my_module.watch:
 *     class: Drupal\my_module\EventSubscriber\Watch
 *     tags:
 *       - { name: event_subscriber }
 * @endcode
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
  $allowlist[] = '198.51.100.128/25';
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

<?php

declare(strict_types=1);

namespace Drupal\parapet_eca\Plugin\ECA\Event;

use Drupal\eca\Attribute\Token;
use Drupal\eca\Plugin\ECA\Event\EventBase;
use Drupal\parapet\Event\DecisionEvent;
use Drupal\parapet\Event\SignalEvent;

/**
 * What happens in Parapet.
 *
 * @EcaEvent(
 *   id = "parapet",
 *   deriver = "Drupal\parapet_eca\Plugin\ECA\Event\ParapetEventDeriver",
 *   eca_version_introduced = "2.0.0"
 * )
 */
final class ParapetEvent extends EventBase {

  /**
   * {@inheritdoc}
   */
  public static function definitions(): array {
    return [
      'signal' => [
        'label' => 'Parapet: something is told of a visitor',
        'event_name' => SignalEvent::RECORD,
        'event_class' => SignalEvent::class,
      ],
      'deciding' => [
        'label' => 'Parapet: a decision is about to be made',
        'event_name' => DecisionEvent::PRE,
        'event_class' => DecisionEvent::class,
      ],
      'decided' => [
        'label' => 'Parapet: a decision was made',
        'event_name' => DecisionEvent::APPLIED,
        'event_class' => DecisionEvent::class,
      ],
      'lifted' => [
        'label' => 'Parapet: a decision was lifted',
        'event_name' => DecisionEvent::LIFTED,
        'event_class' => DecisionEvent::class,
      ],
    ];
  }

  /**
   * {@inheritdoc}
   */
  #[Token(name: 'parapet_ip', description: 'The address that it is about; empty when it is a range.', classes: [DecisionEvent::class, SignalEvent::class])]
  #[Token(name: 'parapet_signal', description: 'The type of the signal, such as login.failed.', classes: [SignalEvent::class])]
  #[Token(name: 'parapet_value', description: 'The address or range.', classes: [DecisionEvent::class])]
  #[Token(name: 'parapet_remediation', description: 'What is done: ban, captcha, throttle or step-up.', classes: [DecisionEvent::class])]
  #[Token(name: 'parapet_scenario', description: 'The scenario, or what a person wrote.', classes: [DecisionEvent::class])]
  #[Token(name: 'parapet_record', description: 'The record that the visitor sees.', classes: [DecisionEvent::class])]
  #[Token(name: 'parapet_ends', description: 'When it ends, in seconds since 1970.', classes: [DecisionEvent::class])]
  #[Token(name: 'parapet_message', description: 'What led to it, in a sentence.', classes: [DecisionEvent::class])]
  public function getData(string $key): mixed {
    $event = $this->event;
    if ($event instanceof SignalEvent) {
      return match ($key) {
        'parapet_ip' => $event->signal->ip,
        'parapet_signal' => $event->signal->type,
        default => parent::getData($key),
      };
    }
    if (!$event instanceof DecisionEvent) {
      return parent::getData($key);
    }
    return match ($key) {
      'parapet_ip' => $event->decision->scope === 'ip' ? $event->decision->value : '',
      'parapet_value' => $event->decision->value,
      'parapet_remediation' => $event->decision->remediation,
      'parapet_scenario' => $event->decision->scenario,
      'parapet_record' => $event->decision->record,
      'parapet_ends' => (string) $event->decision->ends,
      'parapet_message' => $event->message,
      default => parent::getData($key),
    };
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\user\Event\UserEvents;
use Drupal\user\Event\UserFloodEvent;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;

/**
 * Tells when core's own limit has stopped a login.
 */
final class FloodSubscriber implements EventSubscriberInterface {

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly ConfigFactoryInterface $config,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [
      UserEvents::FLOOD_BLOCKED_IP => 'onLimit',
      UserEvents::FLOOD_BLOCKED_USER => 'onLimit',
    ];
  }

  /**
   * Leaves false alarms out.
   *
   * Core first asks whether there was a single failure, and says "blocked" when
   * there was one; only an alarm at the configured limit is one.
   */
  public function onLimit(UserFloodEvent $event): void {
    $isUser = $event->hasUid();
    $limit = (int) $this->config->get('user.flood')->get($isUser ? 'user_limit' : 'ip_limit');
    if ((int) $event->getThreshold() >= $limit) {
      $this->signals->record($this->signals->signal('login.limited')->with('limit', $isUser ? 'user' : 'ip'));
    }
  }

}

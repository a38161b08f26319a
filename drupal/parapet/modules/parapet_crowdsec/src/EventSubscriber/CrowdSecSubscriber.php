<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec\EventSubscriber;

use Drupal\parapet_crowdsec\Relay;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;

/**
 * Listens to the CrowdSec module, where it is installed.
 *
 * Its classes are not named, so that nothing breaks without them.
 */
final class CrowdSecSubscriber implements EventSubscriberInterface {

  public function __construct(private readonly Relay $relay) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return ['crowdsec.ip.signalled' => 'onSignalled'];
  }

  /**
   * An address was reported under a scenario.
   */
  public function onSignalled(object $event): void {
    if (!method_exists($event, 'getIp') || !method_exists($event, 'getScenario')) {
      return;
    }
    $ip = $event->getIp();
    $scenario = $event->getScenario();
    if (is_string($ip) && is_string($scenario) && $scenario !== '') {
      $this->relay->tell($ip, $scenario);
    }
  }

}

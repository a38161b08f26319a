<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\Core\KeyValueStore\KeyValueExpirableFactoryInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\KernelEvents;

/**
 * Notices a session that goes on in another browser, as one that was stolen.
 *
 * A browser keeps its name for the length of a session, but for an update; the
 * network changes whenever somebody leaves the house. So the browser is what
 * counts, and the network says how bad it is.
 */
final class SessionSubscriber implements EventSubscriberInterface {

  public const STORE = 'parapet.sessions';
  /**
   * Behind authentication (300).
   */
  private const REQUEST_PRIORITY = 250;
  private const KEPT_SECONDS = 2592000;

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly AccountInterface $account,
    private readonly KeyValueExpirableFactoryInterface $stores,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [KernelEvents::REQUEST => ['onRequest', self::REQUEST_PRIORITY]];
  }

  /**
   * Compares who sends the cookie with who did so first.
   */
  public function onRequest(RequestEvent $event): void {
    $request = $event->getRequest();
    if (!$event->isMainRequest() || !$this->account->isAuthenticated() || !$request->hasSession() || !$request->getSession()->isStarted()) {
      return;
    }
    $packed = Ip::pack((string) $request->getClientIp());
    $names = $this->site->names();
    $session = $names->of($request->getSession()->getId());
    $store = $this->stores->get(self::STORE);
    $browser = $names->of(self::family((string) $request->headers->get('User-Agent')));
    $network = $packed === NULL ? '' : $names->of(self::network($packed));
    $known = $store->get($session);
    if ($known === [$browser, $network]) {
      return;
    }
    if (is_array($known) && $known[0] !== $browser) {
      $this->signals->record($this->signals->signal('session.anomaly')
        ->user($names->of($this->account->getAccountName()))
        ->with('reason', $known[1] === $network ? 'browser' : 'browser-and-network')
        ->with('roles', $this->account->getRoles()));
    }
    $store->setWithExpire($session, [$browser, $network], self::KEPT_SECONDS);
  }

  /**
   * Returns what an update of a browser leaves as it is: its name without
   * numbers.
   */
  private static function family(string $rawUserAgent): string {
    return (string) preg_replace('/[\d._]+/', '', substr($rawUserAgent, 0, 512));
  }

  /**
   * Returns the network in which addresses change from day to day.
   */
  private static function network(string $packed): string {
    return substr($packed, 0, strlen($packed) === 4 ? 2 : 4);
  }

}

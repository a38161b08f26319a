<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\Core\Routing\AdminContext;
use Drupal\Core\Routing\RouteMatch;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Component\HttpKernel\KernelEvents;

/**
 * Tells of what is done in the backend.
 */
final class AdminSubscriber implements EventSubscriberInterface {

  private const READING = ['GET', 'HEAD', 'OPTIONS'];
  private const TERMINATE_PRIORITY = -40;

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly AccountInterface $account,
    private readonly AdminContext $context,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [KernelEvents::TERMINATE => ['onTerminate', self::TERMINATE_PRIORITY]];
  }

  /**
   * A form of the backend was sent.
   *
   * Forms that come back with a mistake, and the small requests of fields that
   * look something up, change nothing.
   */
  public function onTerminate(TerminateEvent $event): void {
    $request = $event->getRequest();
    $match = RouteMatch::createFromRequest($request);
    $isDone = $event->getResponse()->isRedirection() || $event->getResponse()->isEmpty();
    if (!$isDone || !$this->account->isAuthenticated() || !$this->isChange($request) || !$this->context->isAdminRoute($match->getRouteObject())) {
      return;
    }
    $formId = $request->request->get('form_id');
    $this->signals->record($this->signals->signal('admin.action')
      ->user($this->site->names()->of($this->account->getAccountName()))
      ->with('name', $match->getRouteName())
      ->with('form', is_string($formId) ? $formId : NULL)
      ->with('roles', $this->account->getRoles()));
  }

  /**
   * Whether a request is one that changes something.
   */
  private function isChange(Request $request): bool {
    return !in_array($request->getMethod(), self::READING, TRUE) && !$request->isXmlHttpRequest();
  }

}

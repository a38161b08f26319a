<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Routing\RouteMatch;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Core\Cookies\TrustCookie;
use Drupal\parapet\Core\Cookies\Vouching;
use Drupal\parapet\Core\Guard\Outcome;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Engine;
use Drupal\parapet\Hook\FormHooks;
use Drupal\parapet\Middleware\ParapetMiddleware;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drupal\parapet\StepUp;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\ExceptionEvent;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\Event\ResponseEvent;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;
use Symfony\Component\HttpKernel\Exception\BadRequestHttpException;
use Symfony\Component\HttpKernel\Exception\NotFoundHttpException;
use Symfony\Component\HttpKernel\KernelEvents;

/**
 * What a request tells, and what the people of the site get with its answer.
 */
final class RequestSubscriber implements EventSubscriberInterface {

  /**
   * Routes about which the engine is asked before anything is done.
   */
  private const ASKED = ['user.login', 'user.login.http', 'user.register', 'user.pass', 'commerce_checkout.form', 'comment.reply'];
  private const TERMINATE_PRIORITY = -50;

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Engine $engine,
    private readonly Site $site,
    private readonly AccountInterface $account,
    private readonly ConfigFactoryInterface $config,
    private readonly StepUp $stepUp,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [
      // Behind the router (32), which says which route it is.
      KernelEvents::REQUEST => ['onRequest', 20],
      // In front of core's fast 404 (200), which tells nobody else.
      KernelEvents::EXCEPTION => ['onException', 255],
      KernelEvents::RESPONSE => ['onResponse', 0],
      KernelEvents::TERMINATE => ['onTerminate', self::TERMINATE_PRIORITY],
    ];
  }

  /**
   * Asks the engine about what matters, where there is one to ask.
   */
  public function onRequest(RequestEvent $event): void {
    $request = $event->getRequest();
    if (!$event->isMainRequest() || $request->getMethod() !== 'POST' || PHP_SAPI === 'cli') {
      return;
    }
    $route = RouteMatch::createFromRequest($request)->getRouteName();
    $packed = Ip::pack((string) $request->getClientIp());
    if ($packed === NULL || !in_array($route, self::ASKED, TRUE) || $this->account->hasPermission('bypass parapet')) {
      return;
    }
    $response = $this->askEngine($request, $packed);
    // An application has no page on which a code could be typed in.
    if ($response === NULL && $route === 'user.login.http' && $this->stepUp->isNeeded()) {
      $response = new JsonResponse(['message' => 'This login has to be confirmed by a mailed code: sign in with a browser.'], 403);
    }
    if ($response !== NULL) {
      $event->setResponse($response);
    }
  }

  /**
   * Tells of pages that are missing, forbidden, or asked for in a broken way.
   */
  public function onException(ExceptionEvent $event): void {
    if (!$event->isMainRequest()) {
      return;
    }
    $exception = $event->getThrowable();
    if ($exception instanceof BadRequestHttpException && RouteMatch::createFromRequest($event->getRequest())->getRouteName() === 'user.login.http') {
      $this->loginFailed($event->getRequest());
      return;
    }
    $type = match (TRUE) {
      $exception instanceof NotFoundHttpException => 'page.missing',
      $exception instanceof AccessDeniedHttpException => 'access.denied',
      $exception instanceof BadRequestHttpException => 'post.broken',
      default => NULL,
    };
    if ($type === NULL) {
      return;
    }
    $signal = $this->signals->signal($type)
      ->with('status', $exception->getStatusCode())
      ->with('route', RouteMatch::createFromRequest($event->getRequest())->getRouteName())
      ->with('referer', (string) $event->getRequest()->headers->get('Referer'))
      ->with('reason', $type === 'post.broken' ? (new \ReflectionClass($exception))->getShortName() : NULL)
      ->with('trusted', $this->account->hasPermission('bypass parapet') ? TRUE : NULL);
    if ($type === 'access.denied') {
      preg_match("/The '([^']+)' permission is required/", $exception->getMessage(), $match);
      $signal->with('permission', $match[1] ?? NULL)->with('roles', $this->account->getRoles());
    }
    $this->signals->record($signal);
  }

  /**
   * Gives people whom the site trusts what keeps them from being locked out.
   */
  public function onResponse(ResponseEvent $event): void {
    if (!$event->isMainRequest() || !$this->account->isAuthenticated()) {
      return;
    }
    $request = $event->getRequest();
    $headers = $event->getResponse()->headers;
    $packed = Ip::pack((string) $request->getClientIp());
    $key = $this->site->vouchingKey();
    $isTrusted = $this->account->hasPermission('bypass parapet');
    $now = time();
    if ($key !== '' && $packed !== NULL) {
      $session = Visit::fromServer($request->server->all(), $packed)->sessionHash();
      $vouching = new Vouching($key);
      if ($session !== '') {
        $headers->set('X-Parapet-User', $vouching->user($session, $this->account->getAccountName(), $now));
        if ($isTrusted) {
          $headers->set('X-Parapet-Trust', $vouching->trust($session, $this->account->getAccountName(), $this->seconds(), $now));
        }
      }
    }
    // Behind the gateway it is the gateway that gives the cookie.
    if ($isTrusted && $packed !== NULL && $key === '') {
      $this->giveCookie($request, $event->getResponse(), $packed, $now);
    }
  }

  /**
   * Tells what the page cost, and asks an engine elsewhere what is new.
   */
  public function onTerminate(TerminateEvent $event): void {
    $request = $event->getRequest();
    $config = $this->config->get('parapet.settings');
    if ($config->get('engine.signals_address') !== '') {
      $outcome = $request->attributes->get(ParapetMiddleware::ATTRIBUTE);
      $started = $request->server->get('REQUEST_TIME_FLOAT');
      $this->signals->record($this->signals->signal('page.served')
        ->with('route', RouteMatch::createFromRequest($request)->getRouteName())
        ->with('status', $event->getResponse()->getStatusCode())
        ->with('ms', is_float($started) ? (int) round((microtime(TRUE) - $started) * 1000) : NULL)
        ->with('cache', $event->getResponse()->headers->get('X-Drupal-Cache'))
        ->with('decision', $outcome instanceof Outcome && $outcome->cause !== 'none' ? $outcome->cause : NULL));
    }
    $now = time();
    // A new machine, or a folder that was emptied.
    if (Settings::read(Site::folder()) === NULL) {
      \Drupal::service('parapet.decisions')->publish();
    }
    if ($this->engine->isDue($now, TRUE)) {
      $this->engine->exchange(\Drupal::service('parapet.decisions'), $now, TRUE);
    }
  }

  /**
   * Returns what the engine wants to be answered instead of the site.
   */
  private function askEngine(Request $request, string $packed): ?Response {
    $config = $this->config->get('parapet.settings');
    $answer = $config->get('engine.ask') === '' ? NULL : $this->engine->ask(Visit::fromServer($request->server->all(), $packed), time());
    if ($answer === NULL) {
      return NULL;
    }
    if ($answer->isPassed) {
      if ($answer->stepUp !== '') {
        $request->attributes->set(StepUp::ATTRIBUTE, $answer->stepUp);
      }
      return NULL;
    }
    if (!$config->get('enforce')) {
      return NULL;
    }
    $response = new Response($answer->body, $answer->status);
    foreach ($answer->headers as $name => $values) {
      $response->headers->set($name, $values);
    }
    return $response;
  }

  /**
   * Tells of a login by an application that failed.
   */
  private function loginFailed(Request $request): void {
    $sent = json_decode($request->getContent(), TRUE);
    $name = is_array($sent) && is_string($sent['name'] ?? NULL) ? $sent['name'] : '';
    \Drupal::service(FormHooks::class)->loginFailed($name, 'user.login.http');
  }

  /**
   * Sets the bypass cookie when there is none, or when it ends soon.
   */
  private function giveCookie(Request $request, Response $response, string $packed, int $now): void {
    $config = $this->config->get('parapet.settings');
    $name = $this->site->isShared() ? TrustCookie::SHARED_NAME : TrustCookie::OWN_NAME;
    $office = new TrustCookie((string) hex2bin($this->site->secret()), (string) $config->get('site'), -1);
    $left = 0;
    foreach (Visit::fromServer($request->server->all(), $packed)->cookies($name) as $rawTrust) {
      $left = max($left, $office->read($rawTrust, $now) - $now);
    }
    if ($left < $this->seconds() / 2) {
      $value = $office->issue($this->account->getAccountName(), $this->seconds(), $now);
      $response->headers->setCookie(Cookie::create($name, $value, $now + $this->seconds(), '/', NULL, $request->isSecure(), TRUE, TRUE, Cookie::SAMESITE_LAX));
    }
  }

  /**
   * Returns how long the cookie lasts.
   */
  private function seconds(): int {
    return (int) $this->config->get('parapet.settings')->get('bypass_hours') * 3600;
  }

}

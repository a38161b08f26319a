<?php

declare(strict_types=1);

namespace Drupal\parapet\Middleware;

use Drupal\Core\Site\Settings as DrupalSettings;
use Drupal\parapet\Core\Decisions\FirstLook;
use Drupal\parapet\Core\Guard\Guard;
use Drupal\parapet\Core\Guard\Outcome;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Drupal\parapet\Site;
use Drupal\parapet\Stops;
use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\HttpKernelInterface;

/**
 * Stands in front of the page cache and asks the guard about each request.
 *
 * It is made for every page from the cache, so it asks for no service: what the
 * guard needs stands in two small files. For nearly everybody no other class of
 * the module is loaded but FirstLook. Whatever goes wrong, the site answers.
 */
final class ParapetMiddleware implements HttpKernelInterface {

  public const ATTRIBUTE = '_parapet_outcome';
  /**
   * The module's own decisions, and a link to the engine's.
   */
  public const DECISIONS = 'decisions.bin';
  public const ENGINE = 'engine.bin';

  public function __construct(private readonly HttpKernelInterface $kernel) {}

  /**
   * {@inheritdoc}
   */
  public function handle(Request $request, int $type = self::MAIN_REQUEST, bool $catch = TRUE): Response {
    // The owner's way in when nothing else helps.
    if ($type !== self::MAIN_REQUEST || PHP_SAPI === 'cli' || DrupalSettings::get('parapet_off') === TRUE) {
      return $this->kernel->handle($request, $type, $catch);
    }
    try {
      $settings = $this->isQuiet($request) ? NULL : Settings::read(Site::folder());
      $packed = $settings === NULL ? NULL : Ip::pack((string) $request->getClientIp());
      if ($settings !== NULL && $packed !== NULL) {
        $visit = Visit::fromServer($request->server->all(), $packed, $request->request->all());
        $outcome = (new Guard($settings, Site::sharedState(), $request->getBasePath()))->decide($visit, time());
        if ($outcome->page !== NULL) {
          return $this->answer($request, $visit, $outcome);
        }
        if ($outcome->cause === Stops::OBSERVED && $outcome->decision !== NULL) {
          Stops::add($outcome->cause, $visit->ip, $outcome->decision->record, $visit->method, $visit->rawTarget, time());
        }
        $request->attributes->set(self::ATTRIBUTE, $outcome);
      }
    }
    catch (\Throwable $problem) {
      // A mistake of ours must not take the site down.
      error_log('parapet: ' . $problem->getMessage());
    }
    $response = $this->kernel->handle($request, $type, $catch);
    return $response->getStatusCode() === 404 ? $this->missed($request) ?? $response : $response;
  }

  /**
   * Returns the folder of the module, without loading any other class of it.
   */
  public static function folder(): string {
    $named = DrupalSettings::get('parapet_directory');
    if (is_string($named) && $named !== '') {
      return rtrim($named, '/');
    }
    $private = DrupalSettings::get('file_private_path');
    if (is_string($private) && $private !== '') {
      return rtrim($private, '/') . '/parapet';
    }
    // Of several sites on one machine each has its own, under a name that
    // nobody guesses.
    return sys_get_temp_dir() . '/parapet-' . substr(hash_hmac('sha256', 'parapet', DrupalSettings::getHashSalt()), 0, 24);
  }

  /**
   * Whether there is nothing to ask the guard about, as for nearly everybody.
   */
  private function isQuiet(Request $request): bool {
    $folder = self::folder();
    return !str_contains((string) $request->server->get('REQUEST_URI'), '/parapet/check/') && FirstLook::isQuiet(
      ["$folder/" . self::DECISIONS, "$folder/" . self::ENGINE],
      self::address($request),
      str_contains((string) $request->server->get('HTTP_COOKIE'), 'SESS'),
    );
  }

  /**
   * Returns what Request::getClientIp() does, most often without its price.
   *
   * That loads classes which a page from the cache has no other use for. It is
   * asked where proxies are ranges, where several stand behind one another and
   * where the visitor's address has not four numbers.
   */
  private static function address(Request $request): string {
    $remote = (string) $request->server->get('REMOTE_ADDR');
    $proxies = Request::getTrustedProxies();
    if ($proxies === []) {
      return $remote;
    }
    $forwarded = (string) $request->server->get('HTTP_X_FORWARDED_FOR');
    $isUsual = in_array($remote, $proxies, TRUE)
      && (Request::getTrustedHeaderSet() & Request::HEADER_X_FORWARDED_FOR) !== 0
      && !$request->server->has('HTTP_FORWARDED')
      && ip2long($forwarded) !== FALSE
      && !in_array($forwarded, $proxies, TRUE)
      && !str_contains(implode('', $proxies), '/');
    return $isUsual ? $forwarded : (string) $request->getClientIp();
  }

  /**
   * Answers instead of the site.
   */
  private function answer(Request $request, Visit $visit, Outcome $outcome): Response {
    $page = $outcome->page;
    if ($page === NULL) {
      throw new \LogicException('there is nothing to answer');
    }
    $response = new Response($visit->method === 'HEAD' ? '' : $page->body, $page->status, $page->headers);
    foreach ($outcome->cookies as $name => [$value, $seconds]) {
      $response->headers->setCookie(Cookie::create($name, $value, time() + $seconds, '/', NULL, $request->isSecure(), TRUE, TRUE, Cookie::SAMESITE_LAX));
    }
    if ($outcome->decision !== NULL) {
      $response->headers->set('X-Parapet-Cause', $outcome->cause);
      $response->headers->set('X-Parapet-Record', $outcome->decision->record);
      Stops::add($outcome->cause, $visit->ip, $outcome->decision->record, $visit->method, $visit->rawTarget, time());
    }
    return $response;
  }

  /**
   * Shows a 404 to the perimeter, from the page cache or not.
   *
   * Core answers some missing files before any module hears of them, and pages
   * from the cache tell nobody; here they all come by.
   *
   * @return \Symfony\Component\HttpFoundation\Response|null
   *   The block page when that led to a ban.
   */
  private function missed(Request $request): ?Response {
    try {
      $settings = Settings::read(Site::folder());
      $packed = $settings === NULL ? NULL : Ip::pack((string) $request->getClientIp());
      if ($settings === NULL || $packed === NULL) {
        return NULL;
      }
      $visit = Visit::fromServer($request->server->all(), $packed);
      if (PatternSet::checked($settings->patterns)->patternFor($visit->rawTarget) === NULL) {
        return NULL;
      }
      $guard = new Guard($settings, Site::sharedState(), $request->getBasePath());
      if ($guard->isTrusted($visit, time())) {
        return NULL;
      }
      // A page from the cache comes before modules are loaded, and whoever hears of
      // a ban may be one.
      \Drupal::moduleHandler()->loadAll();
      $record = \Drupal::service('parapet.perimeter')->missed(
        $visit->ip,
        $visit->rawTarget,
        $visit->header('referer'),
        $visit->header('user-agent'),
        $request->getUri(),
      );
      $outcome = $record === NULL ? NULL : $guard->decide($visit, time());
      return $outcome?->page === NULL ? NULL : $this->answer($request, $visit, $outcome);
    }
    catch (\Throwable $problem) {
      error_log('parapet: ' . $problem->getMessage());
      return NULL;
    }
  }

}

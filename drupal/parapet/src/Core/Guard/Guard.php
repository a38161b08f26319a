<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

use Drupal\parapet\Core\Cookies\PassCookie;
use Drupal\parapet\Core\Cookies\TrustCookie;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Flood\LeakyBucket;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Pages\Pages;
use Drupal\parapet\Core\Pages\Reader;
use Drupal\parapet\Core\StateInterface;

/**
 * Decides what becomes of a request, before the page cache and without Drupal.
 *
 * The order is the gateway's (docs/enforcement.md): own pages, trust, allowlist,
 * decisions, routes of machines, remediation. Whatever goes wrong here, the
 * request passes, and says so.
 */
final class Guard {

  /**
   * Below the site's base path.
   */
  public const CHECK_PATH = '/parapet/check';
  /**
   * Requests a second, and how many at once, for somebody slowed down.
   */
  private const RATES = ['throttle' => [2.0, 20.0], 'tarpit' => [0.2, 1.0], 'captcha' => [2.0, 20.0]];
  private const PERSONAL = ['ip', 'session', 'user'];

  private readonly Pages $pages;

  public function __construct(
    private readonly Settings $settings,
    private readonly StateInterface $state,
    /**
     * Where the site lives, `/shop`; empty at the root.
     */
    private readonly string $basePath = '',
  ) {
    $this->pages = new Pages($settings->siteName, $basePath . self::CHECK_PATH, $settings->contact);
  }

  /**
   * Returns what becomes of a request.
   *
   * @param Visit $visit
   *   The request.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function decide(Visit $visit, int $now): Outcome {
    [$decision, $fault] = $this->lookUp($visit, $now);
    if (str_starts_with($visit->rawTarget, $this->basePath . self::CHECK_PATH . '/')) {
      $own = $this->ownPage($visit, $decision, $now);
      if ($own !== NULL) {
        return $own;
      }
    }
    if ($decision === NULL) {
      return new Outcome('none', NULL, NULL, $fault);
    }
    $spared = $this->spared($visit, $decision, $now);
    return $spared === ''
      ? $this->apply($visit, $decision, $now)
      : new Outcome($spared, NULL, $decision, $fault);
  }

  /**
   * Whether the visitor shows that the site trusts them.
   */
  public function isTrusted(Visit $visit, int $now): bool {
    $secret = $this->settings->secretBytes();
    if ($secret === '') {
      return FALSE;
    }
    $name = $this->settings->isSharedSecret ? TrustCookie::SHARED_NAME : TrustCookie::OWN_NAME;
    $values = $visit->cookies($name);
    if ($values === []) {
      return FALSE;
    }
    $office = new TrustCookie($secret, $this->settings->site, $this->settings->trustEpoch);
    foreach ($values as $rawTrust) {
      if ($office->read($rawTrust, $now) > 0) {
        return TRUE;
      }
    }
    return FALSE;
  }

  /**
   * Returns what was decided on the visitor, and what was wrong with a file.
   *
   * @return array{Decision|null, string}
   *   A file that cannot be read is as if it were empty.
   */
  private function lookUp(Visit $visit, int $now): array {
    $best = NULL;
    $fault = '';
    $texts = NULL;
    foreach ($this->settings->snapshots as $path) {
      try {
        $texts ??= self::texts($visit);
        $found = SnapshotReader::open($path)->find($visit->packed, $now, $texts);
      }
      catch (SnapshotException $problem) {
        $fault = "$path cannot be used: " . $problem->getMessage();
        continue;
      }
      if ($found !== NULL && ($best === NULL || $found->isBefore($best, 0, 0))) {
        $best = $found;
      }
    }
    return [$best, $fault];
  }

  /**
   * Returns the values of other scopes that the visitor shows.
   *
   * @return array<string, string>
   *   By scope.
   */
  private static function texts(Visit $visit): array {
    $session = $visit->sessionHash();
    return $session === '' ? [] : ['session' => $session];
  }

  /**
   * Returns why nothing is done to this visitor, or nothing.
   */
  private function spared(Visit $visit, Decision $decision, int $now): string {
    if ($this->isTrusted($visit, $now)) {
      return 'trusted';
    }
    if (CidrSet::fromTexts($this->settings->allowlist)->contains($visit->packed)) {
      return 'allowed';
    }
    if ($decision->simulated) {
      return 'simulated';
    }
    return $this->settings->isEnforcing ? '' : 'observed';
  }

  /**
   * Does what the decision asks for.
   */
  private function apply(Visit $visit, Decision $decision, int $now): Outcome {
    $rank = Routes::rank($visit->method, $visit->rawTarget, $this->basePath);
    switch ($decision->remediation) {
      case 'ban':
        return $rank === 'never'
          ? $this->slow($visit, $decision, 'captcha', $now)
          : new Outcome('ban', $this->pages->block(Reader::of($visit), $decision, $now), $decision);

      case 'captcha':
        $check = $this->check();
        if ($check === NULL || $rank !== '') {
          return $this->slow($visit, $decision, 'captcha', $now);
        }
        $pass = $check->pass($visit, $now);
        if ($pass === PassCookie::SOLVED) {
          return new Outcome('passed', NULL, $decision);
        }
        // Waiting is what a program can do most easily, so what it opens is not
        // open wide.
        if ($pass === PassCookie::WAITED) {
          return $this->slow($visit, $decision, 'captcha', $now);
        }
        $isPersonal = in_array($decision->scope, self::PERSONAL, TRUE);
        return new Outcome('captcha', $check->page($visit, $decision->record, $isPersonal, $now), $decision);

      case 'throttle':
      case 'tarpit':
        return $this->slow($visit, $decision, $decision->remediation, $now);

      case 'step-up':
        return new Outcome('step-up', NULL, $decision);

      default:
        return new Outcome('unknown', NULL, $decision);
    }
  }

  /**
   * Lets somebody through as slowly as the rate says.
   *
   * Counting is not exact when two requests come together; it need not be.
   */
  private function slow(Visit $visit, Decision $decision, string $name, int $now): Outcome {
    [$perSecond, $burst] = self::RATES[$name];
    $key = 'rate.' . $name . '.' . bin2hex(substr($visit->packed, 0, 8));
    [$level, $at] = array_map('floatval', explode(' ', $this->state->get($key, $now) ?? '0 0'));
    $bucket = (new LeakyBucket($level, $at))->pour(1.0 / $perSecond, microtime(TRUE));
    if ($bucket->overflows($burst)) {
      $seconds = (int) ceil($bucket->secondsUntilRoom($burst, 1.0 / $perSecond));
      return new Outcome('slowed', $this->pages->slowDown(Reader::of($visit), $seconds, $decision->record), $decision);
    }
    $this->state->set($key, "$bucket->level $bucket->at", 120, $now);
    return new Outcome('slowed', NULL, $decision);
  }

  /**
   * Answers for the check's own addresses; NULL when it is none.
   */
  private function ownPage(Visit $visit, ?Decision $decision, int $now): ?Outcome {
    $path = $this->basePath . self::CHECK_PATH;
    if ($visit->rawTarget === "$path/work.js") {
      return new Outcome('own-page', $this->pages->worker());
    }
    $secret = $this->settings->secretBytes();
    if ($secret !== '' && str_starts_with($visit->rawTarget, $this->pages->waiting->path)) {
      return (new Waiting($secret, $this->settings->site, $this->pages->waiting, $this->state))->answer($visit, $now);
    }
    $check = $this->check();
    if ($visit->rawTarget !== "$path/solve" || $visit->method !== 'POST' || $check === NULL) {
      return NULL;
    }
    $isPersonal = $decision !== NULL && in_array($decision->scope, self::PERSONAL, TRUE);
    return $check->solve($visit, $isPersonal, $now);
  }

  /**
   * Returns the check; NULL where there is no secret to sign with.
   */
  private function check(): ?Check {
    $secret = $this->settings->secretBytes();
    return $secret === '' ? NULL : new Check($secret, $this->settings->site, $this->pages, $this->state);
  }

}

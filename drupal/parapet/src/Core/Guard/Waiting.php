<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

use Drupal\parapet\Core\Cookies\PassCookie;
use Drupal\parapet\Core\Cookies\Signer;
use Drupal\parapet\Core\Cookies\Token;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Pages\Page;
use Drupal\parapet\Core\Pages\Reader;
use Drupal\parapet\Core\Pages\WaitingPages;
use Drupal\parapet\Core\StateInterface;

/**
 * The way for people whose browser runs no scripts: two short waits.
 *
 * The gateway's (docs/challenge.md): a step's page names a style sheet, the
 * sheet several images, a browser loads the one whose rule wins, that image sets
 * a cookie, and only with it, not before its time and once, the next address
 * leads on. There is one difference: PHP has few processes and can hold nobody
 * back in one, so people go on by a button, and who is too early sees the step
 * again.
 */
final class Waiting {

  public const COOKIE = 'parapet_wait';
  private const STEPS = 2;
  private const STEP_SECONDS = 5;
  private const STEP_LIFE_SECONDS = 120;
  private const PASS_SECONDS = 1800;
  private const PASSES_AN_HOUR = 6;
  /**
   * Of so many images one is right, and it is neither the first nor the last.
   */
  private const IMAGES = 6;
  private const MOST_TRIES = 3;
  /**
   * A token's number is the step, and so many times how often it was tried.
   */
  private const TRIES_UNIT = 8;
  private const SHAPE = '~^(?:/([\w.-]{1,80})(?:/(?:(style)|([0-5])))?)?$~D';

  private readonly Signer $signer;

  public function __construct(
    private readonly string $secret,
    private readonly string $site,
    private readonly WaitingPages $pages,
    private readonly StateInterface $state,
  ) {
    $this->signer = new Signer($secret, 'challenge');
  }

  /**
   * Returns the answer to a request below the waiting path.
   *
   * @param Visit $visit
   *   The request.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return \Drupal\parapet\Core\Guard\Outcome|null
   *   NULL for an address that is none of these.
   */
  public function answer(Visit $visit, int $now): ?Outcome {
    [$target, $query] = explode('?', $visit->rawTarget, 2) + [1 => ''];
    $isRead = $visit->method === 'GET' || $visit->method === 'HEAD';
    if (!$isRead || preg_match(self::SHAPE, substr($target, strlen($this->pages->path)), $match) !== 1) {
      return NULL;
    }
    parse_str(substr($query, 0, 7000), $asked);
    $to = $this->pages->wanted(is_string($asked['to'] ?? NULL) ? $asked['to'] : '/');
    $reader = Reader::of($visit)->asPerson();
    $hasSent = isset($asked['sent']);
    $rawToken = $match[1] ?? '';
    if ($rawToken === '') {
      return self::shown($this->freeSlot($visit, $now) === ''
        ? $this->pages->failure($reader, 'full', 429, $to)
        : $this->step($visit, $reader, 1, 1, $to, $hasSent, $now));
    }
    $token = Token::read($this->signer, $rawToken, PassCookie::binding($visit, $this->site));
    $isCurrent = $token !== NULL && $token->kind === 's' && $token->issuedAt + self::STEP_LIFE_SECONDS > $now
      && $this->state->get("nonce.$token->nonce", $now) === NULL;
    if (!$isCurrent) {
      return self::shown($this->pages->failure($reader, 'late', 403, $to));
    }
    if (($match[2] ?? '') !== '') {
      return self::shown($this->pages->style($this->marks($token->nonce), $this->right($token->nonce), $rawToken));
    }
    if (($match[3] ?? '') !== '') {
      // The image that was loaded last counts: who loads all of them has loaded
      // a wrong one last.
      $text = "$token->nonce.$match[3]";
      $cookie = "$text." . $this->signer->sign($this->seen($text, $visit));
      return self::shown($this->pages->image(), [self::COOKIE => [$cookie, self::STEP_LIFE_SECONDS]]);
    }
    return $this->goOn($visit, $reader, $token, $rawToken, $to, $hasSent, $now);
  }

  /**
   * Leads on from a step, or shows it again.
   */
  private function goOn(Visit $visit, Reader $reader, Token $token, string $rawToken, string $to, bool $hasSent, int $now): Outcome {
    $step = $token->number % self::TRIES_UNIT;
    $early = $token->issuedAt + self::STEP_SECONDS - $now;
    if ($early > 0) {
      return self::shown($this->pages->step($reader, $rawToken, $this->worn($token->nonce), $step, self::STEPS, $early, $to, $hasSent));
    }
    if (!$this->hasSeen($visit, $token->nonce)) {
      // A browser may have gone on before the image was there, but not for ever.
      $tries = intdiv($token->number, self::TRIES_UNIT);
      return self::shown($tries < self::MOST_TRIES
        ? $this->step($visit, $reader, $step, $tries + 1, $to, $hasSent, $now)
        : $this->pages->failure($reader, 'noStyles', 403, $to));
    }
    if (!$this->state->add("nonce.$token->nonce", '1', self::STEP_LIFE_SECONDS, $now)) {
      return self::shown($this->pages->failure($reader, 'late', 403, $to));
    }
    if ($step < self::STEPS) {
      return self::shown($this->step($visit, $reader, $step + 1, 1, $to, $hasSent, $now));
    }
    $slot = $this->freeSlot($visit, $now);
    if ($slot === '' || !$this->state->add($slot, '1', 3600, $now)) {
      return self::shown($this->pages->failure($reader, 'full', 429, $to));
    }
    $pass = (new PassCookie($this->secret, $this->site))->issue($visit, self::PASS_SECONDS, $now, PassCookie::WAITED);
    return self::shown($this->pages->over($reader, $to, $hasSent), [PassCookie::NAME => [$pass, self::PASS_SECONDS]]);
  }

  /**
   * Returns the page of a new step.
   */
  private function step(Visit $visit, Reader $reader, int $step, int $tries, string $to, bool $hasSent, int $now): Page {
    $binding = PassCookie::binding($visit, $this->site);
    $rawToken = Token::make($this->signer, 's', $tries * self::TRIES_UNIT + $step, $binding, $now * 1000, random_bytes(12));
    $worn = $this->worn(explode('.', $rawToken)[4]);
    return $this->pages->step($reader, $rawToken, $worn, $step, self::STEPS, self::STEP_SECONDS, $to, $hasSent);
  }

  /**
   * Whether the visitor shows the cookie of the right image.
   */
  private function hasSeen(Visit $visit, string $nonce): bool {
    $text = $nonce . '.' . $this->right($nonce);
    foreach ($visit->cookies(self::COOKIE) as $rawSeen) {
      if (str_starts_with($rawSeen, "$text.") && $this->signer->isSigned($this->seen($text, $visit), substr($rawSeen, strlen($text) + 1))) {
        return TRUE;
      }
    }
    return FALSE;
  }

  /**
   * Returns what is signed for an image that a visitor has loaded.
   */
  private function seen(string $text, Visit $visit): string {
    return "seen\n$text\n" . PassCookie::binding($visit, $this->site);
  }

  /**
   * Returns the name of a pass that is left for the client in this hour.
   */
  private function freeSlot(Visit $visit, int $now): string {
    $hour = intdiv($now, 3600);
    for ($i = 0; $i < self::PASSES_AN_HOUR; $i++) {
      $slot = 'wait.' . Ip::clientKey($visit->packed) . ".$hour.$i";
      if ($this->state->get($slot, $now) === NULL) {
        return $slot;
      }
    }
    return '';
  }

  /**
   * Returns which image is the right one.
   */
  private function right(string $nonce): int {
    return 1 + ord($this->signer->sign("image\n$nonce")[0]) % (self::IMAGES - 2);
  }

  /**
   * Returns the names of the images' rules.
   *
   * @return list<string>
   *   One for each image.
   */
  private function marks(string $nonce): array {
    $marks = [];
    for ($i = 0; $i < self::IMAGES; $i++) {
      $marks[] = 'm' . substr($this->signer->sign("mark\n$nonce\n$i"), 0, 6);
    }
    return $marks;
  }

  /**
   * Returns the name of the rule that the page wears.
   */
  private function worn(string $nonce): string {
    return $this->marks($nonce)[$this->right($nonce)];
  }

  /**
   * Returns an answer of our own.
   *
   * @param \Drupal\parapet\Core\Pages\Page $page
   *   What is shown.
   * @param array<string, array{string, int}> $cookies
   *   Value and seconds by name.
   */
  private static function shown(Page $page, array $cookies = []): Outcome {
    return new Outcome('own-page', $page, NULL, '', $cookies);
  }

}

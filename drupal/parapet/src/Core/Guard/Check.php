<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

use Drupal\parapet\Core\Cookies\PassCookie;
use Drupal\parapet\Core\Cookies\Signer;
use Drupal\parapet\Core\Cookies\Token;
use Drupal\parapet\Core\Pages\Page;
use Drupal\parapet\Core\Pages\Pages;
use Drupal\parapet\Core\Pages\Reader;
use Drupal\parapet\Core\StateInterface;

/**
 * The check: a visitor without a pass shows that a browser is asking.
 *
 * The gateway's (docs/challenge.md). Who runs no scripts waits instead.
 */
final class Check {

  /**
   * Work takes 2^17 hashes on average, in eight parts.
   */
  private const WORK_PARTS = 8;
  private const WORK_BITS = 14;
  private const CHECK_BITS = 8;
  private const SOLVE_WITHIN_SECONDS = 300;
  private const PASS_SECONDS = 43200;
  private const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

  private readonly Signer $signer;
  private readonly PassCookie $pass;

  public function __construct(
    string $secret,
    private readonly string $site,
    private readonly Pages $pages,
    private readonly StateInterface $state,
  ) {
    $this->signer = new Signer($secret, 'challenge');
    $this->pass = new PassCookie($secret, $site);
  }

  /**
   * Returns what kind of pass the visitor has, or nothing.
   */
  public function pass(Visit $visit, int $now): string {
    return $this->pass->kindHeld($visit, $now);
  }

  /**
   * Returns the page on which the check runs.
   *
   * @param Visit $visit
   *   The request.
   * @param string $record
   *   The decision.
   * @param bool $isPersonal
   *   Whether the decision is about this visitor's own behaviour: then work is
   *   asked for as well.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function page(Visit $visit, string $record, bool $isPersonal, int $now): Page {
    $reader = Reader::of($visit);
    $token = $this->token($visit, $isPersonal ? 'w' : 'c', $now);
    return $this->pages->check($reader, $token, self::question(self::nonceOf($token)), $visit, $record);
  }

  /**
   * Takes a solution.
   *
   * @return Outcome
   *   With a pass when it is right, else with the next question.
   */
  public function solve(Visit $visit, bool $isPersonal, int $now): Outcome {
    $kind = $isPersonal ? 'w' : 'c';
    $token = Token::read($this->signer, $this->posted($visit, 'token'), PassCookie::binding($visit, $this->site));
    if ($token === NULL || $token->kind === 's' || $token->issuedAt + self::SOLVE_WITHIN_SECONDS <= $now) {
      return $this->again($visit, $kind, $now);
    }
    $parts = $token->kind === 'c' ? 1 : self::WORK_PARTS;
    if (
      !self::isSolved($token, $parts, $this->posted($visit, 'answers'))
      || !$this->state->add('nonce.' . $token->nonce, '1', self::SOLVE_WITHIN_SECONDS, $now)
    ) {
      return $this->again($visit, $kind, $now);
    }
    if ($token->kind === 'c') {
      $isBrowser = $this->posted($visit, 'layout') === self::answer($token->nonce)
        && $this->posted($visit, 'driven') === '0';
      if (!$isBrowser || $isPersonal) {
        return $this->again($visit, 'w', $now);
      }
    }
    $pass = $this->pass->issue($visit, self::PASS_SECONDS, $now);
    $cookies = [PassCookie::NAME => [$pass, self::PASS_SECONDS]];
    return new Outcome('solved', $this->pages->solution(['done' => TRUE]), NULL, '', $cookies);
  }

  /**
   * Returns the question for a nonce, as the script reads it.
   */
  public static function question(string $nonce): string {
    [$width, $grow, $order, $margin] = self::layout($nonce);
    return implode('.', [$width, ...$grow, ...$order, $margin]);
  }

  /**
   * Returns where the boxes come to lie: left edge and width of each.
   */
  public static function answer(string $nonce): string {
    [$width, $grow, $order, $margin] = self::layout($nonce);
    $unit = intdiv($width - $margin, array_sum($grow));
    $answer = [];
    for ($box = 0; $box < 3; $box++) {
      $left = 0;
      for ($other = 0; $other < 3; $other++) {
        if ($order[$other] < $order[$box]) {
          $left += $grow[$other] * $unit + ($other === 0 ? $margin : 0);
        }
      }
      $answer[] = $left + ($box === 0 ? $margin : 0);
      $answer[] = $grow[$box] * $unit;
    }
    return implode('.', $answer);
  }

  /**
   * Asks once more.
   */
  private function again(Visit $visit, string $kind, int $now): Outcome {
    $next = $this->token($visit, $kind, $now);
    $page = $this->pages->solution(['next' => $next, 'layout' => self::question(self::nonceOf($next))]);
    return new Outcome('asked', $page);
  }

  /**
   * Returns a new token.
   */
  private function token(Visit $visit, string $kind, int $now): string {
    $binding = PassCookie::binding($visit, $this->site);
    $bits = $kind === 'c' ? self::CHECK_BITS : self::WORK_BITS;
    return Token::make($this->signer, $kind, $bits, $binding, $now * 1000, random_bytes(12));
  }

  /**
   * Returns the nonce of a token.
   */
  private static function nonceOf(string $token): string {
    return explode('.', $token)[4];
  }

  /**
   * Whether there is a number for each part, and each does it.
   */
  private static function isSolved(Token $token, int $parts, string $rawAnswers): bool {
    $answers = explode('.', $rawAnswers, $parts + 1);
    if (count($answers) !== $parts) {
      return FALSE;
    }
    foreach ($answers as $i => $answer) {
      if (preg_match('/^\d{1,15}$/D', $answer) !== 1) {
        return FALSE;
      }
      $number = (int) $answer;
      $word = hexdec(substr(hash('sha256', "$token->nonce:$i:$number"), 0, 8));
      if ($word >> (32 - $token->number) !== 0) {
        return FALSE;
      }
    }
    return TRUE;
  }

  /**
   * Returns width, shares, order and margin of three boxes in a row.
   *
   * @return array{int, array{int, int, int}, array{int, int, int}, int}
   *   All results are whole pixels.
   */
  private static function layout(string $nonce): array {
    $bytes = hash('sha256', "layout:$nonce", TRUE);
    $grow = [1 + ord($bytes[0]) % 9, 1 + ord($bytes[1]) % 9, 1 + ord($bytes[2]) % 9];
    $margin = 1 + ord($bytes[3]) % 40;
    $unit = 5 + ord($bytes[4]) % 20;
    return [array_sum($grow) * $unit + $margin, $grow, self::ORDERS[ord($bytes[5]) % 6], $margin];
  }

  /**
   * Returns what was posted under a name.
   */
  private function posted(Visit $visit, string $name): string {
    $value = $visit->posted[$name] ?? '';
    return is_string($value) ? substr($value, 0, 300) : '';
  }

}

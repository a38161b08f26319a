<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\StepUp;

/**
 * Eight digits that are mailed to somebody and typed in once.
 *
 * Five tries at one in a hundred million, within ten minutes: nobody guesses it.
 */
final class OneTimeCode {

  public const SECONDS = 600;
  public const MOST_TRIES = 5;

  /**
   * Returns a new code.
   */
  public static function make(): string {
    return sprintf('%08d', random_int(0, 99999999));
  }

  /**
   * Returns the code as people read it: in two halves.
   */
  public static function readable(string $code): string {
    return substr($code, 0, 4) . ' ' . substr($code, 4);
  }

  /**
   * Returns the digits of what was typed in; empty when it can be no code.
   */
  public static function read(string $rawCode): string {
    $digits = (string) preg_replace('/[\s.-]+/u', '', mb_scrub($rawCode, 'UTF-8'));
    return preg_match('/^\d{8}$/D', $digits) === 1 ? $digits : '';
  }

  /**
   * Returns what is kept of a code: it can be compared and not read.
   *
   * @param string $code
   *   Eight digits.
   * @param string $id
   *   What the code is bound to; only the session of its reader knows it.
   * @param string $secret
   *   The secret of the site.
   */
  public static function digest(string $code, string $id, string $secret): string {
    return hash_hmac('sha256', "code\n$id\n$code", $secret);
  }

  /**
   * Returns an e-mail address so that its owner knows it, and nobody else.
   */
  public static function masked(string $mail): string {
    $at = (int) strrpos($mail, '@');
    return mb_substr(mb_scrub(substr($mail, 0, $at), 'UTF-8'), 0, 1, 'UTF-8') . '…' . mb_scrub(substr($mail, $at), 'UTF-8');
  }

}

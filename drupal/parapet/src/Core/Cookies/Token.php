<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Cookies;

use Drupal\parapet\Core\Net\Ip;

/**
 * What is handed out to be brought back once, in time, by the same client.
 *
 * `1.KIND.ISSUED.NUMBER.NONCE.SIGNATURE`, the same as the gateway's: KIND `c`
 * for a check, `w` for work, `s` for a step of waiting; ISSUED in milliseconds
 * and NUMBER, the bits of work or the step, in base 36.
 */
final class Token {

  private const SHAPE = '/^1\.([cws])\.([0-9a-z]{1,9})\.([0-9a-z]{1,3})\.([\w-]{16})\.([\w-]{22})$/D';

  private function __construct(
    public readonly string $kind,
    public readonly int $issuedAt,
    public readonly int $number,
    public readonly string $nonce,
  ) {}

  /**
   * Returns a new token.
   */
  public static function make(Signer $signer, string $kind, int $number, string $binding, int $nowMs, string $random): string {
    $text = implode('.', ['1', $kind, Ip::base36($nowMs), Ip::base36($number), Signer::base64url(substr($random, 0, 12))]);
    return $text . '.' . $signer->sign("$text\n$binding");
  }

  /**
   * Returns a token that we made for this client, of whatever age.
   */
  public static function read(Signer $signer, string $rawToken, string $binding): ?self {
    if (preg_match(self::SHAPE, $rawToken, $match) !== 1) {
      return NULL;
    }
    $text = substr($rawToken, 0, -23);
    if (!$signer->isSigned("$text\n$binding", $match[5])) {
      return NULL;
    }
    return new self(
      $match[1],
      intdiv((int) base_convert($match[2], 36, 10), 1000),
      (int) base_convert($match[3], 36, 10),
      $match[4],
    );
  }

}

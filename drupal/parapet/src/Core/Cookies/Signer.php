<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Cookies;

/**
 * Signs with a key of its own for each use (HKDF, RFC 5869).
 *
 * Keys and signatures are the gateway's: with the same secret, either takes what
 * the other made.
 */
final class Signer {

  private readonly string $key;

  /**
   * Derives the key.
   *
   * @param string $secret
   *   32 bytes.
   * @param string $use
   *   `trust`, `pass` or `challenge`.
   */
  public function __construct(string $secret, string $use) {
    $this->key = self::derive($secret, $use);
  }

  /**
   * Returns the 32 bytes that stand for the secret in this use.
   */
  public static function derive(string $secret, string $use): string {
    return hash_hkdf('sha256', $secret, 32, $use, 'parapet/1');
  }

  /**
   * Returns a signature of 128 bits, 22 characters of base64url.
   */
  public function sign(string $text): string {
    return substr(self::base64url(hash_hmac('sha256', $text, $this->key, TRUE)), 0, 22);
  }

  /**
   * Whether the signature is ours, in time that says nothing about it.
   */
  public function isSigned(string $text, string $claimed): bool {
    return hash_equals($this->sign($text), $claimed);
  }

  /**
   * Returns base64 for addresses and cookies.
   */
  public static function base64url(string $bytes): string {
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
  }

}

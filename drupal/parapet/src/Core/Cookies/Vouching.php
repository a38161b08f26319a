<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Cookies;

/**
 * What the CMS says about its sessions, in headers that the gateway takes out.
 *
 * The key is printed by `parapet operators key --site NAME`. See
 * docs/lock-outs.md and docs/enforcement.md.
 */
final class Vouching {

  private const BELIEVED_SECONDS = 60;

  public function __construct(
    /**
     * 64 hex digits.
     */
    private readonly string $key,
  ) {}

  /**
   * Returns the value of X-Parapet-User.
   */
  public function user(string $sessionHash, string $name, int $now): string {
    $name = rawurlencode($name);
    $ends = $now + self::BELIEVED_SECONDS;
    return "$name; exp=$ends; mac=" . $this->mac("parapet-user\n$sessionHash\n$ends\n$name");
  }

  /**
   * Returns the value of X-Parapet-Trust.
   */
  public function trust(string $sessionHash, string $name, int $seconds, int $now): string {
    $name = rawurlencode($name);
    $ends = $now + self::BELIEVED_SECONDS;
    return "$name; exp=$ends; for=$seconds; mac="
      . $this->mac("parapet-trust\n$sessionHash\n$ends\n$seconds\n$name");
  }

  /**
   * Returns the signature in hex.
   */
  private function mac(string $text): string {
    return hash_hmac('sha256', $text, (string) @hex2bin($this->key));
  }

}

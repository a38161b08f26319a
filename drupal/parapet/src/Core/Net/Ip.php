<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Net;

/**
 * IP addresses as bytes: 4 for IPv4, 16 for IPv6, which compare with strcmp().
 *
 * An IPv4-mapped IPv6 address is the IPv4 address, as everywhere in Parapet.
 */
final class Ip {

  private const MAPPED = "\0\0\0\0\0\0\0\0\0\0\xff\xff";

  /**
   * Ranges that belong to no visitor from the Internet.
   *
   * IANA special-purpose registries, as the engine has them.
   */
  private const SPECIAL = [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '::/128',
    '::1/128',
    'fc00::/7',
    'fe80::/10',
    'ff00::/8',
  ];

  private static ?CidrSet $special = NULL;

  /**
   * Returns the bytes of an address, or NULL when the text is none.
   *
   * Zones (`%eth0`) and octets with leading zeros are refused.
   */
  public static function pack(string $text): ?string {
    if (preg_match('/^[0-9a-fA-F:.]{2,45}$/D', $text) !== 1) {
      return NULL;
    }
    if (!str_contains($text, ':') && preg_match('/(?:^|\.)0\d/', $text) === 1) {
      return NULL;
    }
    $packed = @inet_pton($text);
    if ($packed === FALSE) {
      return NULL;
    }
    return strlen($packed) === 16 && str_starts_with($packed, self::MAPPED) ? substr($packed, 12) : $packed;
  }

  /**
   * Returns the canonical text of an address (RFC 5952).
   */
  public static function text(string $packed): string {
    return (string) inet_ntop($packed);
  }

  /**
   * Whether the address can belong to a visitor from the Internet.
   */
  public static function isPublic(string $packed): bool {
    self::$special ??= CidrSet::fromTexts(self::SPECIAL);
    return !self::$special->contains($packed);
  }

  /**
   * Returns the client as it is counted: an IPv4 address, or an IPv6 /64.
   *
   * One customer has a /64 whole. The text is what the gateway's cookies are
   * bound to.
   */
  public static function clientKey(string $packed): string {
    $key = self::base36(self::word($packed, 0));
    return strlen($packed) === 4 ? $key : $key . ':' . self::base36(self::word($packed, 4));
  }

  /**
   * Returns 32 bits of an address.
   */
  private static function word(string $packed, int $at): int {
    return (int) hexdec(bin2hex(substr($packed, $at, 4)));
  }

  /**
   * Returns a whole number in base 36, as JavaScript writes it.
   */
  public static function base36(int $number): string {
    return base_convert((string) $number, 10, 36);
  }

}

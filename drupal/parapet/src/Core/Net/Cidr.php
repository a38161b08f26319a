<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Net;

/**
 * A range of addresses; a single address is the range of that address alone.
 */
final class Cidr {

  /**
   * By bytes of an address: IPv4 ranges that are wider hit whole countries.
   */
  private const WIDEST = [4 => 8, 16 => 24];

  private function __construct(
    public readonly string $network,
    public readonly int $prefixLength,
  ) {}

  /**
   * Returns the range, or NULL when the text is neither range nor address.
   *
   * Host bits are cleared. `::ffff:192.0.2.0/120` counts the bits of the IPv6
   * address; one with fewer than 96 is no IPv4 range.
   */
  public static function parse(string $text): ?self {
    $parts = explode('/', $text, 2);
    $packed = Ip::pack($parts[0]);
    if ($packed === NULL) {
      return NULL;
    }
    $most = strlen($packed) * 8;
    if (!isset($parts[1])) {
      return new self($packed, $most);
    }
    if (preg_match('/^\d{1,3}$/D', $parts[1]) !== 1) {
      return NULL;
    }
    $length = (int) $parts[1];
    if ($most === 32 && str_contains($parts[0], ':')) {
      $length -= 96;
    }
    return $length < 0 || $length > $most ? NULL : self::around($packed, $length);
  }

  /**
   * Returns the fewest ranges that hold two addresses and what is between.
   *
   * @param string $first
   *   In bytes, as the other.
   * @param string $last
   *   Of the same version; none when it is before the first.
   *
   * @return list<self>
   *   In their order.
   */
  public static function between(string $first, string $last): array {
    $bits = strlen($first) * 8;
    $ranges = [];
    $isMore = strlen($last) * 8 === $bits && strcmp($first, $last) <= 0;
    while ($isMore) {
      $range = new self($first, $bits);
      do {
        $widest = $range;
        $range = self::around($first, max(0, $widest->prefixLength - 1));
      } while ($widest->prefixLength > 0 && $range->network === $first && strcmp($range->last(), $last) <= 0);
      $ranges[] = $widest;
      $isMore = $widest->last() !== $last;
      $first = self::after($widest->last());
    }
    return $ranges;
  }

  /**
   * Whether the range holds the address; other versions are outside.
   */
  public function contains(string $packed): bool {
    $bits = strlen($packed) * 8;
    return $bits === strlen($this->network) * 8
      && ($packed & self::mask($bits, $this->prefixLength)) === $this->network;
  }

  /**
   * Whether the range is one address.
   */
  public function isAddress(): bool {
    return $this->prefixLength === strlen($this->network) * 8;
  }

  /**
   * Whether a person who blocks the range cannot have meant it.
   */
  public function isTooWide(): bool {
    return $this->prefixLength < self::WIDEST[strlen($this->network)];
  }

  /**
   * Returns the last address.
   */
  public function last(): string {
    return $this->network | ~self::mask(strlen($this->network) * 8, $this->prefixLength);
  }

  /**
   * Returns `192.0.2.0/24`, or only the address when it is one.
   */
  public function text(): string {
    $network = Ip::text($this->network);
    return $this->isAddress() ? $network : $network . '/' . $this->prefixLength;
  }

  /**
   * Returns the range of this length that holds an address.
   */
  private static function around(string $packed, int $length): self {
    return new self($packed & self::mask(strlen($packed) * 8, $length), $length);
  }

  /**
   * Returns the next address; behind the last comes the first.
   */
  private static function after(string $packed): string {
    for ($i = strlen($packed) - 1; $i >= 0; $i--) {
      $packed[$i] = chr(ord($packed[$i]) + 1 & 0xff);
      if ($packed[$i] !== "\0") {
        break;
      }
    }
    return $packed;
  }

  /**
   * Returns the bytes that keep the first bits of an address.
   */
  public static function mask(int $bits, int $length): string {
    $mask = str_repeat("\xff", $length >> 3);
    if ($length % 8 !== 0) {
      $mask .= chr(0xff << (8 - $length % 8) & 0xff);
    }
    return str_pad($mask, $bits >> 3, "\0");
  }

}

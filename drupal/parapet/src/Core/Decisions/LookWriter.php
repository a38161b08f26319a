<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

/**
 * Writes what FirstLook reads: the section LOOK of a decisions.bin.
 *
 * A Bloom filter in blocks of 64 bytes, in which everything about one
 * neighbourhood of addresses stands in one block.
 */
final class LookWriter {

  /**
   * The rest of the file has at least so many bytes for each block.
   */
  private const REST_BYTES = 256;

  /**
   * Blocks of which something is known; the others are empty.
   *
   * @var array<int, string>
   */
  private array $blocks = [];

  private function __construct(private readonly int $bits) {}

  /**
   * Returns the bytes of the section.
   *
   * @param array<string, list<array{string, int, Decision}>> $rows
   *   Sort key, which begins with the address, prefix length and decision, by
   *   section.
   * @param int $rest
   *   Bytes of everything else in the file.
   */
  public static function encode(array $rows, int $rest): string {
    if ($rest <= FirstLook::EMPTY) {
      return '';
    }
    $bits = 0;
    while ($bits < FirstLook::MOST_BITS && $rest >= self::REST_BYTES << $bits + 1) {
      $bits++;
    }
    $writer = new self($bits);
    foreach ($rows['IPV4'] as [$key]) {
      $writer->add(substr($key, 0, 2), substr($key, 0, 4));
    }
    foreach ($rows['IPV6'] as [$key]) {
      $writer->add(substr($key, 0, 6), substr($key, 0, 16));
    }
    [$wide4, $wide6] = [[], []];
    foreach ($rows['RNG4'] as [$key, $length]) {
      if ($length >= 16) {
        $writer->add(substr($key, 0, 2), substr($key, 0, $length >= 24 ? 3 : 2));
      }
      else {
        $wide4 += self::within((int) hexdec(bin2hex(substr($key, 0, 2))) >> 4, 12 - $length);
      }
    }
    $flags = ($rows['TEXT'] === [] ? 0 : FirstLook::HAS_TEXTS) | ($wide4 === [] ? 0 : FirstLook::HAS_WIDE4);
    foreach ($rows['RNG6'] as [$key, $length]) {
      if ($length >= 48) {
        $writer->add(substr($key, 0, 6), substr($key, 0, 6));
      }
      elseif ($length >= 20) {
        $wide6 += self::within((int) hexdec(bin2hex(substr($key, 0, 4))), 32 - $length);
        $flags |= FirstLook::HAS_WIDE6;
      }
      else {
        $flags |= FirstLook::HAS_WIDEST6;
      }
    }
    foreach (array_keys($wide4) as $prefix) {
      $bytes = pack('n', $prefix << 4);
      $writer->add($bytes[0], $bytes);
    }
    foreach (array_keys($wide6) as $prefix) {
      $writer->add(pack('N', $prefix), pack('N', $prefix));
    }
    return $writer->bytes($flags);
  }

  /**
   * Returns all prefixes that a shorter one holds.
   *
   * @param int $first
   *   The first of them, as a number.
   * @param int $bits
   *   How much shorter it is; when it is not, that one alone is returned.
   *
   * @return array<int, true>
   *   By their numbers.
   */
  private static function within(int $first, int $bits): array {
    return array_fill($first, 1 << max(0, $bits), TRUE);
  }

  /**
   * Adds a key to the block of its neighbourhood.
   */
  private function add(string $neighbourhood, string $key): void {
    $number = crc32($neighbourhood) & (1 << $this->bits) - 1;
    $block = $this->blocks[$number] ?? self::nothing();
    $hash = crc32($key);
    for ($probe = 0; $probe < FirstLook::PROBES; $probe++) {
      $bit = (($hash & 0xFFFF) + $probe * ($hash >> 16 | 1)) % FirstLook::KEY_BITS;
      $byte = 1 + ($bit >> 3);
      $block[$byte] = chr(ord($block[$byte]) | 1 << ($bit & 7));
    }
    $this->blocks[$number] = $block;
  }

  /**
   * Returns a block without keys.
   */
  private static function nothing(): string {
    return str_repeat("\0", 1 + FirstLook::KEY_BITS / 8);
  }

  /**
   * Returns all blocks with what stands in front of each.
   */
  private function bytes(int $flags): string {
    $seal = function (string $block) use ($flags): string {
      $block[0] = chr($this->bits << FirstLook::BITS_SHIFT | $flags);
      return FirstLook::TAG . pack('N', crc32($block)) . $block;
    };
    $empty = $seal(self::nothing());
    $bytes = '';
    for ($number = 0; $number < 1 << $this->bits; $number++) {
      $bytes .= isset($this->blocks[$number]) ? $seal($this->blocks[$number]) : $empty;
    }
    return $bytes;
  }

}

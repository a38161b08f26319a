<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

/**
 * Tells nearly all visitors apart from those on whom something was decided.
 *
 * It stands in the way of every page from the cache, so it loads no other class
 * and reads no more than it must: of an empty file nothing, of another the 64
 * bytes of the section LOOK that are about the visitor's neighbourhood. It may
 * say of a visitor who is free that there could be something, and never the
 * other way round; SnapshotReader knows. Files that are damaged, or older than
 * that section, are for that one, too.
 *
 * Opening a file and reading it costs more than all the rest, so where there is
 * APCu, blocks of a file that has not changed for some seconds are kept there,
 * some dozens together.
 */
final class FirstLook {

  /**
   * What a file has in bytes when it has nothing: opening costs the most.
   */
  public const EMPTY = 276;
  /**
   * Where the blocks begin: LOOK is the first section.
   */
  private const AT = self::EMPTY;
  public const TAG = 'LOOK';
  public const PROBES = 4;
  /**
   * Bits for keys in a block; eight more before them are flags.
   */
  public const KEY_BITS = 440;
  public const MOST_BITS = 15;
  private const BLOCK = 64;
  /**
   * How many blocks are kept together, and for how long at most.
   */
  private const KEPT = 64;
  private const KEPT_SECONDS = 3600;
  /**
   * How old a file is before its blocks are kept.
   *
   * Times of files are told in seconds, so two files of one second, with the
   * same number and size, cannot be told apart.
   */
  private const SETTLED_SECONDS = 3;
  /**
   * The file has at least so many bytes for each block.
   */
  private const FILE_BYTES = 320;
  public const HAS_TEXTS = 1;
  public const HAS_WIDE4 = 2;
  public const HAS_WIDE6 = 4;
  public const HAS_WIDEST6 = 8;
  public const BITS_SHIFT = 4;
  private const MAPPED = "\0\0\0\0\0\0\0\0\0\0\xff\xff";

  private function __construct() {}

  /**
   * Whether no file has anything that could apply to a visitor, ended or not.
   *
   * @param list<string> $paths
   *   Files of decisions; one that is not there has nothing.
   * @param string $ip
   *   The visitor's address.
   * @param bool $hasSession
   *   Whether the visitor shows a session.
   */
  public static function isQuiet(array $paths, string $ip, bool $hasSession): bool {
    // Asked first: a warning, also a silent one, makes Drupal load its errors.
    $isAddress = ip2long($ip) !== FALSE || filter_var($ip, FILTER_VALIDATE_IP) !== FALSE;
    $packed = $isAddress ? (string) inet_pton($ip) : '';
    if (strlen($packed) === 16 && str_starts_with($packed, self::MAPPED)) {
      $packed = substr($packed, 12);
    }
    foreach ($paths as $path) {
      $size = is_file($path) ? (int) filesize($path) : 0;
      if ($size > self::EMPTY && !self::hasNothing($path, $size, $packed, $hasSession)) {
        return FALSE;
      }
    }
    return TRUE;
  }

  /**
   * Whether a file has nothing for this visitor.
   *
   * @param string $path
   *   The file.
   * @param int $size
   *   Its bytes.
   * @param string $packed
   *   The address as bytes; empty when there is none.
   * @param bool $hasSession
   *   Whether the visitor shows a session.
   */
  private static function hasNothing(string $path, int $size, string $packed, bool $hasSession): bool {
    $bits = 0;
    while ($bits < self::MOST_BITS && $size >= self::FILE_BYTES << $bits + 1) {
      $bits++;
    }
    $isSix = strlen($packed) === 16;
    $near = substr($packed, 0, $isSix ? 6 : 2);
    $block = self::block($path, $bits, $near);
    $flags = $block === '' ? self::HAS_WIDEST6 : ord($block[8]);
    if ($block === '' || ($hasSession && ($flags & self::HAS_TEXTS) !== 0) || ($isSix && ($flags & self::HAS_WIDEST6) !== 0)) {
      return FALSE;
    }
    if ($packed === '') {
      return TRUE;
    }
    if (self::has($block, $packed) || self::has($block, $near) || (!$isSix && self::has($block, substr($packed, 0, 3)))) {
      return FALSE;
    }
    if (($flags & ($isSix ? self::HAS_WIDE6 : self::HAS_WIDE4)) === 0) {
      return TRUE;
    }
    $region = substr($packed, 0, $isSix ? 4 : 1);
    $block = self::block($path, $bits, $region);
    return $block !== '' && !self::has($block, $isSix ? $region : $region . chr(ord($packed[1]) & 0xF0));
  }

  /**
   * Returns the block of a neighbourhood; nothing when it is not one.
   *
   * @param string $path
   *   The file.
   * @param int $bits
   *   How many bits choose the block.
   * @param string $near
   *   The first bytes of the address.
   */
  private static function block(string $path, int $bits, string $near): string {
    $number = crc32($near) & (1 << $bits) - 1;
    $isKept = time() - (int) filemtime($path) >= self::SETTLED_SECONDS && function_exists('apcu_enabled') && apcu_enabled();
    $block = $isKept ? self::kept($path, $number) : self::read($path, $number, 1);
    $isOne = strlen($block) === self::BLOCK
      && substr($block, 0, 8) === self::TAG . pack('N', crc32(substr($block, 8)))
      && ord($block[8]) >> self::BITS_SHIFT === $bits;
    return $isOne ? $block : '';
  }

  /**
   * Returns the bytes of a block from what is kept, or read and kept now.
   *
   * What PHP knows of the file was asked just before, so nothing is asked here.
   *
   * @param string $path
   *   The file.
   * @param int $number
   *   Which block.
   */
  private static function kept(string $path, int $number): string {
    $version = pack('PPP', filemtime($path), filesize($path), fileinode($path));
    $first = $number - $number % self::KEPT;
    $name = "parapet.look.$path.$first";
    $known = apcu_fetch($name);
    if (!is_string($known) || !str_starts_with($known, $version)) {
      $known = $version . self::read($path, $first, self::KEPT);
      apcu_store($name, $known, self::KEPT_SECONDS);
    }
    return substr($known, strlen($version) + self::BLOCK * ($number - $first), self::BLOCK);
  }

  /**
   * Reads blocks of a file; fewer bytes when they are not there.
   *
   * @param string $path
   *   The file.
   * @param int $first
   *   The number of the first of them.
   * @param int<1, 64> $count
   *   How many; what follows the last block of a file is read as well.
   */
  private static function read(string $path, int $first, int $count): string {
    return (string) @file_get_contents($path, FALSE, NULL, self::AT + self::BLOCK * $first, self::BLOCK * $count);
  }

  /**
   * Whether a block may hold a key.
   */
  private static function has(string $block, string $key): bool {
    $hash = crc32($key);
    $at = $hash & 0xFFFF;
    for ($probe = 0; $probe < self::PROBES; $probe++, $at += $hash >> 16 | 1) {
      $bit = $at % self::KEY_BITS;
      if ((ord($block[9 + ($bit >> 3)]) & 1 << ($bit & 7)) === 0) {
        return FALSE;
      }
    }
    return TRUE;
  }

}

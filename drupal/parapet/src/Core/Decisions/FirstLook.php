<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

/**
 * Tells nearly all visitors apart from those on whom something was decided.
 *
 * It stands in the way of every page from the cache, so it loads no other class
 * and reads no more than it must: of an empty file nothing, of a large one five
 * pieces of some hundred bytes. It may say of a visitor who is free that there
 * could be something, and never the other way round; SnapshotReader knows. What
 * is damaged or of a version that is not known here is for that one to say, too.
 */
final class FirstLook {

  private const MAGIC = "\x89PRPT\r\n\x1a\0\1";
  private const FIRST_READ = 512;
  /**
   * What version 1 has in bytes when it has nothing: opening costs the most.
   */
  private const EMPTY = 252;
  private const HEAD = 32;
  private const ENTRY = 24;
  /**
   * Where version 1 has each section in its directory.
   */
  private const PLACES = ['IPV4' => 2, 'IPV6' => 3, 'RNG4' => 4, 'RNG6' => 5, 'TEXT' => 6];
  private const NO_PARENT = "\xff\xff\xff\xff";
  /**
   * So many are read at once instead of searched one by one.
   */
  private const FEW_ROWS = 64;
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
      $file = is_file($path) && filesize($path) > self::EMPTY ? @fopen($path, 'rb') : FALSE;
      if ($file === FALSE) {
        continue;
      }
      $isQuiet = self::hasNothing($file, $packed, $hasSession);
      fclose($file);
      if (!$isQuiet) {
        return FALSE;
      }
    }
    return TRUE;
  }

  /**
   * Whether a file has nothing for this visitor.
   *
   * @param resource $file
   *   An open file.
   * @param string $packed
   *   The address as bytes; empty when there is none.
   * @param bool $hasSession
   *   Whether the visitor shows a session.
   */
  private static function hasNothing($file, string $packed, bool $hasSession): bool {
    stream_set_read_buffer($file, 0);
    $head = (string) fread($file, self::FIRST_READ);
    $size = strlen($packed);
    [$addresses, $ranges] = $size === 4 ? ['IPV4', 'RNG4'] : ['IPV6', 'RNG6'];
    $end = self::HEAD + self::ENTRY * (str_starts_with($head, self::MAGIC) ? ord($head[11] ?? "\0") : 99);
    if (strlen($head) < $end + 4 || substr($head, $end, 4) !== pack('N', crc32(substr($head, 0, $end)))) {
      return FALSE;
    }
    $texts = self::section($head, 'TEXT', $end);
    if ($texts === NULL || ($hasSession && $texts[2] > 0)) {
      return FALSE;
    }
    if ($size === 0) {
      return TRUE;
    }
    $section = self::section($head, $addresses, $end);
    $rows = $section === NULL ? NULL : self::rows($file, $section, $packed);
    if ($rows === NULL || self::has($rows, $packed, $section[3] ?? 1)) {
      return FALSE;
    }
    $section = self::section($head, $ranges, $end);
    $rows = $section === NULL ? NULL : self::rows($file, $section, $packed);
    return $rows !== NULL && self::isOutside($rows, $packed, $section[3] ?? 1);
  }

  /**
   * Returns what the directory says of a section; NULL when it stands elsewhere.
   *
   * @return array{int, int, int, int, int}|null
   *   Offset, length, rows, bytes of a row, and bits of the index.
   */
  private static function section(string $head, string $name, int $end): ?array {
    $at = self::HEAD + self::ENTRY * self::PLACES[$name];
    if ($at + self::ENTRY > $end || substr($head, $at, 4) !== $name) {
      return NULL;
    }
    /** @var array{at: int, length: int, rows: int, bytes: int, bits: int} $fields */
    $fields = unpack('Nat/Nlength/Nrows/nbytes/nbits', $head, $at + 4);
    return $fields['bytes'] === 0 ? NULL : array_values($fields);
  }

  /**
   * Returns the rows among which the address stands, and the one before them.
   *
   * @param resource $file
   *   An open file.
   * @param array{int, int, int, int, int} $section
   *   Of section().
   * @param string $packed
   *   The address.
   *
   * @return string|null
   *   Their bytes; NULL when the file is damaged.
   */
  private static function rows($file, array $section, string $packed): ?string {
    [$at, , $rows, $bytes, $bits] = $section;
    if ($rows === 0) {
      return '';
    }
    $low = 0;
    $high = $rows;
    if ($bits > 0) {
      $word = ord($packed[0]) << 24 | ord($packed[1]) << 16 | ord($packed[2]) << 8 | ord($packed[3]);
      $limits = self::read($file, $at + 4 * ($word >> (32 - min(32, $bits))), 8);
      if ($limits === NULL) {
        return NULL;
      }
      /** @var array{1: int, 2: int} $numbers */
      $numbers = unpack('N2', $limits);
      [1 => $low, 2 => $high] = $numbers;
      if ($low > $high || $high > $rows) {
        return NULL;
      }
      $at += 4 * ((1 << min(32, $bits)) + 1);
    }
    while ($high - $low > self::FEW_ROWS) {
      $middle = ($low + $high) >> 1;
      $key = self::read($file, $at + $middle * $bytes, strlen($packed));
      if ($key === NULL) {
        return NULL;
      }
      if (strcmp($key, $packed) < 0) {
        $low = $middle + 1;
      }
      else {
        $high = $middle;
      }
    }
    $low = max(0, $low - 1);
    $high = min($rows, $high + 1);
    return self::read($file, $at + $low * $bytes, ($high - $low) * $bytes);
  }

  /**
   * Returns so many bytes of the file; NULL when it ends before.
   *
   * @param resource $file
   *   An open file.
   * @param int $at
   *   From where.
   * @param int $length
   *   How many.
   */
  private static function read($file, int $at, int $length): ?string {
    $bytes = fseek($file, $at) === 0 ? fread($file, max(1, $length)) : '';
    return is_string($bytes) && strlen($bytes) === $length ? $bytes : NULL;
  }

  /**
   * Whether one of the rows begins with the address.
   */
  private static function has(string $rows, string $packed, int $bytes): bool {
    for ($at = strpos($rows, $packed); $at !== FALSE; $at = strpos($rows, $packed, $at + 1)) {
      if ($at % $bytes === 0) {
        return TRUE;
      }
    }
    return FALSE;
  }

  /**
   * Whether no range holds the address, as far as these rows tell.
   */
  private static function isOutside(string $rows, string $packed, int $bytes): bool {
    $size = strlen($packed);
    $low = 0;
    $high = intdiv(strlen($rows), $bytes);
    while ($low < $high) {
      $middle = ($low + $high) >> 1;
      if (strcmp(substr($rows, $middle * $bytes, $size), $packed) > 0) {
        $high = $middle;
      }
      else {
        $low = $middle + 1;
      }
    }
    if ($low === 0) {
      return TRUE;
    }
    $row = substr($rows, ($low - 1) * $bytes, $bytes);
    // Of ranges that hold one another, SnapshotReader goes from one to the next.
    if (substr($row, $size + 8, 4) !== self::NO_PARENT) {
      return FALSE;
    }
    $length = ord($row[$size + 14]);
    $whole = $length >> 3;
    $left = 8 - $length % 8;
    $isInside = strncmp($row, $packed, $whole) === 0
      && ($left === 8 || ord($row[$whole]) >> $left === ord($packed[$whole]) >> $left);
    return !$isInside;
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

use Drupal\parapet\Core\Net\Cidr;

/**
 * Writes a decisions.bin, byte for byte as the engine would.
 *
 * For sites whose engine is elsewhere, or that have none: the module then makes
 * the file itself, and requests are answered from it as from the engine's.
 */
final class SnapshotWriter {

  private const MAGIC = "\x89PRPT\r\n\x1a";
  private const NO_PARENT = 0xFFFFFFFF;
  private const NAME_LIMIT = 1024;
  /**
   * Bytes of a row, in the order of the sections.
   */
  private const SECTIONS = [
    'LOOK' => 64,
    'ALW4' => 8,
    'ALW6' => 32,
    'IPV4' => 16,
    'IPV6' => 28,
    'RNG4' => 20,
    'RNG6' => 32,
    'TEXT' => 20,
    'CLAS' => 20,
    'STRS' => 1,
  ];

  /**
   * Texts behind one another, each once.
   *
   * @var array<string, int>
   */
  private array $places = [];
  private string $strings = '';

  /**
   * The class of each kind of decision, in the order of their first use.
   *
   * @var array<string, array{int, Decision}>
   */
  private array $classes = [];

  private function __construct() {}

  /**
   * Returns the bytes of the file.
   *
   * @param iterable<Decision> $decisions
   *   What is in force; what has ended is left out, and so are values that are
   *   no addresses, ranges or texts.
   * @param iterable<string> $allowlist
   *   Addresses and ranges on which nothing is ever decided.
   * @param int $generation
   *   A later state has a higher number.
   * @param int $now
   *   Seconds since the epoch.
   */
  public static function encode(iterable $decisions, iterable $allowlist, int $generation, int $now): string {
    $writer = new self();
    $rows = ['IPV4' => [], 'IPV6' => [], 'RNG4' => [], 'RNG6' => [], 'TEXT' => []];
    foreach ($decisions as $decision) {
      if ($decision->ends > $now) {
        $writer->place($decision, $rows);
      }
    }
    $sections = [
      'ALW4' => [self::intervals($allowlist, 4), 0],
      'ALW6' => [self::intervals($allowlist, 16), 0],
      'IPV4' => $writer->addresses($rows['IPV4'], 4),
      'IPV6' => $writer->addresses($rows['IPV6'], 16),
      'RNG4' => $writer->ranges($rows['RNG4'], 4),
      'RNG6' => $writer->ranges($rows['RNG6'], 16),
      'TEXT' => $writer->texts($rows['TEXT']),
    ];
    $sections['CLAS'] = [$writer->classRows(), 0];
    $sections['STRS'] = [$writer->strings, 0];
    $rest = array_sum(array_map(static fn (array $section): int => strlen($section[0]), $sections)) + FirstLook::EMPTY;
    $sections = ['LOOK' => [LookWriter::encode($rows, $rest), 0]] + $sections;
    return self::assemble($sections, array_sum(array_map('count', $rows)), $generation, $now);
  }

  /**
   * Writes a file in the place of another, whole or not at all.
   *
   * @return bool
   *   FALSE when the folder cannot be written.
   */
  public static function replace(string $path, string $bytes): bool {
    $temporary = sprintf('%s.%d.%s.tmp', $path, getmypid(), bin2hex(random_bytes(4)));
    if (@file_put_contents($temporary, $bytes) !== strlen($bytes)) {
      @unlink($temporary);
      return FALSE;
    }
    @chmod($temporary, 0640);
    if (@rename($temporary, $path)) {
      return TRUE;
    }
    @unlink($temporary);
    return FALSE;
  }

  /**
   * Puts a decision among the rows of its section.
   *
   * @param Decision $decision
   *   The decision.
   * @param array<string, list<array{string, int, Decision}>> $rows
   *   Sort key, prefix length and decision, by section.
   */
  private function place(Decision $decision, array &$rows): void {
    if ($decision->scope === 'ip' || $decision->scope === 'range') {
      $cidr = Cidr::parse($decision->value);
      if ($cidr !== NULL) {
        $version = strlen($cidr->network) === 4 ? '4' : '6';
        $record = pack('N', hexdec($decision->record));
        $rows[($cidr->isAddress() ? 'IPV' : 'RNG') . $version][] = [
          $cidr->network . ($cidr->isAddress() ? '' : chr($cidr->prefixLength)) . $record,
          $cidr->prefixLength,
          $decision,
        ];
      }
      return;
    }
    if ($decision->scope !== '' && $decision->value !== '') {
      $key = "$decision->scope\0$decision->value";
      $rows['TEXT'][] = [pack('N', crc32($key)) . $key . "\0" . pack('N', hexdec($decision->record)), 0, $decision];
    }
  }

  /**
   * Returns rows of addresses, with their index.
   *
   * @param list<array{string, int, Decision}> $rows
   *   Unsorted.
   * @param int $size
   *   Bytes of an address.
   *
   * @return array{string, int}
   *   The section and its index bits.
   */
  private function addresses(array $rows, int $size): array {
    self::sort($rows);
    $out = '';
    foreach ($rows as [$key, , $decision]) {
      $out .= substr($key, 0, $size)
        . pack('NNnn', $decision->ends, hexdec($decision->record), $this->classOf($decision), 0);
    }
    return self::indexed($rows, $out, $size);
  }

  /**
   * Returns rows of ranges, each with the next wider one that holds it.
   *
   * @param list<array{string, int, Decision}> $rows
   *   Unsorted.
   * @param int $size
   *   Bytes of an address.
   *
   * @return array{string, int}
   *   The section and its index bits.
   */
  private function ranges(array $rows, int $size): array {
    self::sort($rows);
    $out = '';
    $open = [];
    foreach ($rows as $place => [$key, $length, $decision]) {
      $network = substr($key, 0, $size);
      while ($open !== []) {
        [$wideNetwork, $wideLength] = [substr($rows[end($open)][0], 0, $size), $rows[end($open)][1]];
        if (($network & Cidr::mask($size * 8, $wideLength)) === $wideNetwork) {
          break;
        }
        array_pop($open);
      }
      $out .= $network . pack(
        'NNNnCC',
        $decision->ends,
        hexdec($decision->record),
        $open === [] ? self::NO_PARENT : end($open),
        $this->classOf($decision),
        $length,
        0,
      );
      $open[] = $place;
    }
    return self::indexed($rows, $out, $size);
  }

  /**
   * Returns rows of other scopes.
   *
   * @param list<array{string, int, Decision}> $rows
   *   Unsorted.
   *
   * @return array{string, int}
   *   The section and its index bits.
   */
  private function texts(array $rows): array {
    self::sort($rows);
    $out = '';
    foreach ($rows as [$sortKey, , $decision]) {
      $key = "$decision->scope\0$decision->value";
      $out .= substr($sortKey, 0, 4) . pack(
        'NNNnn',
        $decision->ends,
        hexdec($decision->record),
        $this->string($key),
        strlen($key),
        $this->classOf($decision),
      );
    }
    return [$out, 0];
  }

  /**
   * Returns what the decisions have in common, in the order of first use.
   */
  private function classRows(): string {
    $out = '';
    foreach ($this->classes as [, $decision]) {
      $names = array_map(self::name(...), [$decision->remediation, $decision->scenario, $decision->origin]);
      $offsets = array_map($this->string(...), $names);
      $out .= pack('CCnnn', $decision->strictness(), (int) $decision->simulated, ...array_map('strlen', $names))
        . pack('NNN', ...$offsets);
    }
    return $out;
  }

  /**
   * Returns the number of a decision's class.
   */
  private function classOf(Decision $decision): int {
    $key = implode("\0", [
      $decision->remediation,
      $decision->scenario,
      $decision->origin,
      (int) $decision->simulated,
    ]);
    $this->classes[$key] ??= [count($this->classes), $decision];
    return min(0xFFFF, $this->classes[$key][0]);
  }

  /**
   * Returns where a text stands.
   */
  private function string(string $text): int {
    if (!isset($this->places[$text])) {
      $this->places[$text] = strlen($this->strings);
      $this->strings .= $text;
    }
    return $this->places[$text];
  }

  /**
   * Cuts a name to what fits, without cutting a character.
   */
  private static function name(string $text): string {
    return strlen($text) <= self::NAME_LIMIT ? $text : mb_strcut($text, 0, self::NAME_LIMIT, 'UTF-8');
  }

  /**
   * Sorts rows by the bytes of their keys.
   *
   * @param list<array{string, int, Decision}> $rows
   *   The rows.
   */
  private static function sort(array &$rows): void {
    usort($rows, static fn (array $a, array $b): int => strcmp($a[0], $b[0]));
  }

  /**
   * Puts an index in front of the rows.
   *
   * @param list<array{string, int, Decision}> $rows
   *   Sorted rows.
   * @param string $bytes
   *   The same as bytes.
   * @param int $size
   *   Bytes of an address; only IPv4 has an index.
   *
   * @return array{string, int}
   *   The section and its index bits.
   */
  private static function indexed(array $rows, string $bytes, int $size): array {
    $count = count($rows);
    if ($size !== 4 || $count < 64) {
      return [$bytes, 0];
    }
    $bits = min(16, (int) ceil(log($count / 16, 2)));
    $index = '';
    $row = 0;
    for ($value = 0; $value <= 1 << $bits; $value++) {
      while ($row < $count && hexdec(bin2hex(substr($rows[$row][0], 0, 4))) >> (32 - $bits) < $value) {
        $row++;
      }
      $index .= pack('N', $row);
    }
    return [$index . $bytes, $bits];
  }

  /**
   * Returns the allowlist as intervals that do not overlap.
   *
   * @param iterable<string> $texts
   *   Addresses and ranges.
   * @param int $size
   *   Bytes of an address.
   */
  private static function intervals(iterable $texts, int $size): string {
    $ranges = [];
    foreach ($texts as $text) {
      $cidr = Cidr::parse(trim($text));
      if ($cidr !== NULL && strlen($cidr->network) === $size) {
        $ranges[] = [$cidr->network, $cidr->last()];
      }
    }
    usort($ranges, static fn (array $a, array $b): int => strcmp($a[0], $b[0]));
    $merged = [];
    foreach ($ranges as [$first, $last]) {
      $end = count($merged) - 1;
      if ($end < 0 || strcmp($first, $merged[$end][1]) > 0) {
        $merged[] = [$first, $last];
      }
      elseif (strcmp($last, $merged[$end][1]) > 0) {
        $merged[$end][1] = $last;
      }
    }
    return implode('', array_map(static fn (array $interval): string => implode('', $interval), $merged));
  }

  /**
   * Puts head, directory and sections behind one another.
   *
   * @param array<string, array{string, int}> $sections
   *   Bytes and index bits by name, in the order of the file.
   * @param int $decisions
   *   How many there are.
   * @param int $generation
   *   See encode().
   * @param int $now
   *   See encode().
   */
  private static function assemble(array $sections, int $decisions, int $generation, int $now): string {
    $at = 32 + 24 * count($sections) + 4;
    $size = $at;
    $directory = '';
    foreach ($sections as $name => [$bytes, $bits]) {
      $index = $bits === 0 ? 0 : 4 * ((1 << $bits) + 1);
      $rows = intdiv(strlen($bytes) - $index, self::SECTIONS[$name]);
      $directory .= $name . pack(
        'NNNnnN',
        $size,
        strlen($bytes),
        $rows,
        self::SECTIONS[$name],
        $bits,
        crc32($bytes),
      );
      $size += strlen($bytes);
    }
    $head = self::MAGIC . pack('nnNJNN', 1, count($sections), $size, $generation, $now, $decisions) . $directory;
    return $head . pack('N', crc32($head)) . implode('', array_column($sections, 0));
  }

}

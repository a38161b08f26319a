<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

use Drupal\parapet\Core\Net\Ip;

/**
 * Answers questions from a decisions.bin without reading more than it must.
 *
 * The format is docs/decisions-bin.md. An address costs the head, one entry of
 * the index and about sixteen rows: some hundred bytes in three or four reads.
 * The file is replaced by a rename, so one open file is one state.
 */
final class SnapshotReader {

  private const MAGIC = "\x89PRPT\r\n\x1a";
  private const HEAD = 32;
  private const ENTRY = 24;
  private const FIRST_READ = 512;
  private const MOST_SECTIONS = 64;
  private const NO_PARENT = 0xFFFFFFFF;
  /**
   * Fewer rows than this are read at once instead of searched one by one.
   */
  private const FEW_ROWS = 64;
  /**
   * Ranges that hold one another: each prefix length, several times each.
   */
  private const MOST_PARENTS = 4096;

  /**
   * How closely a scope points at one visitor; of a range it is the length.
   */
  private const SPECIFIC = ['session' => 400, 'user' => 300, 'ip' => 200, 'as' => -1, 'country' => -2];

  /**
   * A later state of the decisions has a higher number.
   */
  public readonly int $generation;

  /**
   * When the file was made, in seconds.
   */
  public readonly int $madeAt;

  /**
   * How many decisions are in it.
   */
  public readonly int $decisions;

  private string $directory;
  private int $sectionCount;

  /**
   * Sections that were asked for.
   *
   * @var array<string, array{at: int, length: int, rows: int, bytes: int, bits: int, sum: int}|null>
   */
  private array $sections = [];

  /**
   * Reads the head.
   *
   * @param resource $file
   *   An open file.
   *
   * @throws SnapshotException
   *   When the file is foreign, of another version, or damaged.
   */
  private function __construct(private $file) {
    stream_set_read_buffer($file, 0);
    $head = (string) fread($file, self::FIRST_READ);
    if (!str_starts_with($head, self::MAGIC) || strlen($head) < self::HEAD) {
      throw new SnapshotException('it does not begin as a file of decisions does');
    }
    /** @var array{version: int, count: int, size: int, generation: int, made: int, decisions: int} $fields */
    $fields = unpack('nversion/ncount/Nsize/Jgeneration/Nmade/Ndecisions', $head, 8);
    if ($fields['version'] !== 1) {
      throw new SnapshotException("it is of version {$fields['version']} and only version 1 is known here");
    }
    $end = self::HEAD + self::ENTRY * $fields['count'];
    $stat = fstat($file);
    if ($fields['count'] > self::MOST_SECTIONS || $stat === FALSE || $stat['size'] !== $fields['size']) {
      throw new SnapshotException('it is damaged: its size is another than it says');
    }
    if (strlen($head) < $end + 4) {
      $head = $this->read(0, $end + 4);
    }
    if (crc32(substr($head, 0, $end)) !== self::number($head, $end)) {
      throw new SnapshotException('it is damaged: the checksum of its head is wrong');
    }
    $this->directory = $head;
    $this->sectionCount = $fields['count'];
    $this->generation = $fields['generation'];
    $this->madeAt = $fields['made'];
    $this->decisions = $fields['decisions'];
  }

  /**
   * Closes the file.
   */
  public function __destruct() {
    if (is_resource($this->file)) {
      fclose($this->file);
    }
  }

  /**
   * Opens a file of decisions.
   *
   * @throws SnapshotException
   *   When it is not there, or no file of decisions, or damaged.
   */
  public static function open(string $path): self {
    // An empty path, or one with a zero in it, would be a mistake of PHP's own.
    $file = is_file($path) ? @fopen($path, 'rb') : FALSE;
    if ($file === FALSE) {
      throw new SnapshotException('it cannot be opened');
    }
    try {
      return new self($file);
    }
    catch (SnapshotException $problem) {
      if (is_resource($file)) {
        fclose($file);
      }
      throw $problem;
    }
  }

  /**
   * Returns the decision that applies to a visitor, or NULL.
   *
   * @param string $packed
   *   The address as bytes; empty when there is none.
   * @param int $now
   *   Seconds since the epoch.
   * @param array<string, string> $texts
   *   Values of other scopes: `['session' => '…']`.
   *
   * @throws SnapshotException
   *   When the file is damaged.
   */
  public function find(string $packed, int $now, array $texts = []): ?Decision {
    $best = NULL;
    $bestSpecific = 0;
    foreach ($this->candidates($packed, $texts) as [$specific, $row]) {
      if ($row['ends'] <= $now) {
        continue;
      }
      $decision = $this->decision($row);
      if ($best === NULL || $decision->isBefore($best, $specific, $bestSpecific)) {
        [$best, $bestSpecific] = [$decision, $specific];
      }
    }
    return $best === NULL || ($packed !== '' && $this->isAllowed($packed)) ? NULL : $best;
  }

  /**
   * Whether the address is on the allowlist.
   *
   * @throws SnapshotException
   *   When the file is damaged.
   */
  public function isAllowed(string $packed): bool {
    $name = strlen($packed) === 4 ? 'ALW4' : 'ALW6';
    $row = $this->lastNotAbove($name, $packed);
    return $row >= 0 && strcmp(substr($this->row($name, $row), strlen($packed)), $packed) >= 0;
  }

  /**
   * Returns decisions on addresses and ranges in the order of the file.
   *
   * @return list<Decision>
   *   At most so many.
   *
   * @throws SnapshotException
   *   When the file is damaged.
   */
  public function list(int $now, int $most): array {
    $found = [];
    foreach (['IPV4' => 4, 'IPV6' => 16, 'RNG4' => 4, 'RNG6' => 16] as $name => $size) {
      $rows = $this->section($name)['rows'] ?? 0;
      for ($row = 0; $row < $rows && count($found) < $most; $row++) {
        $bytes = $this->row($name, $row);
        $fields = str_starts_with($name, 'I')
          ? $this->addressRow($bytes, $size)
          : $this->rangeRow($bytes, $size);
        if ($fields['ends'] > $now) {
          $found[] = $this->decision($fields);
        }
      }
    }
    return $found;
  }

  /**
   * Throws when the checksum of any section is wrong.
   *
   * For whoever wants to know of a damaged disk; a request is not the time.
   *
   * @throws SnapshotException
   *   When the file is damaged.
   */
  public function verify(): void {
    for ($i = 0; $i < $this->sectionCount; $i++) {
      $name = substr($this->directory, self::HEAD + self::ENTRY * $i, 4);
      $section = $this->section($name);
      $bytes = $section === NULL || $section['length'] === 0 ? '' : $this->read($section['at'], $section['length']);
      if ($section === NULL || crc32($bytes) !== $section['sum']) {
        throw new SnapshotException("it is damaged: the checksum of $name is wrong");
      }
    }
  }

  /**
   * Returns the rows that match, each with how closely it points.
   *
   * @param string $packed
   *   An address, or nothing.
   * @param array<string, string> $texts
   *   Values of other scopes.
   *
   * @return list<array{int, array{scope: string, value: string, ends: int, record: int, class: int}}>
   *   Ended ones, too.
   */
  private function candidates(string $packed, array $texts): array {
    $found = [];
    $size = strlen($packed);
    if ($size > 0) {
      $name = $size === 4 ? 'IPV4' : 'IPV6';
      foreach ($this->rowsOf($name, $packed) as $bytes) {
        $found[] = [self::SPECIFIC['ip'], $this->addressRow($bytes, $size)];
      }
      $found = [...$found, ...$this->ranges($size === 4 ? 'RNG4' : 'RNG6', $packed)];
    }
    foreach ($texts as $scope => $value) {
      $key = "$scope\0$value";
      foreach ($this->rowsOf('TEXT', pack('N', crc32($key))) as $bytes) {
        /** @var array{ends: int, record: int, at: int, length: int, class: int} $row */
        $row = unpack('Nends/Nrecord/Nat/nlength/nclass', $bytes, 4);
        if ($this->string($row['at'], $row['length']) === $key) {
          $found[] = [self::SPECIFIC[$scope] ?? -3, ['scope' => $scope, 'value' => $value] + $row];
        }
      }
    }
    return $found;
  }

  /**
   * Returns the ranges that hold the address.
   *
   * @return list<array{int, array{scope: string, value: string, ends: int, record: int, class: int}}>
   *   Each with its length.
   */
  private function ranges(string $name, string $packed): array {
    $found = [];
    $size = strlen($packed);
    $row = $this->lastNotAbove($name, $packed);
    for ($steps = 0; $row >= 0 && $row !== self::NO_PARENT && $steps < self::MOST_PARENTS; $steps++) {
      $bytes = $this->row($name, $row);
      $length = ord($bytes[$size + 14]);
      if (self::sharesBits($bytes, $packed, min($length, $size * 8))) {
        $found[] = [$length, $this->rangeRow($bytes, $size)];
      }
      $row = self::number($bytes, $size + 8);
    }
    return $found;
  }

  /**
   * Reads a row of addresses.
   *
   * @return array{scope: string, value: string, ends: int, record: int, class: int}
   *   The fields.
   */
  private function addressRow(string $bytes, int $size): array {
    /** @var array{ends: int, record: int, class: int} $row */
    $row = unpack('Nends/Nrecord/nclass', $bytes, $size);
    return ['scope' => 'ip', 'value' => Ip::text(substr($bytes, 0, $size))] + $row;
  }

  /**
   * Reads a row of ranges.
   *
   * @return array{scope: string, value: string, ends: int, record: int, class: int}
   *   The fields.
   */
  private function rangeRow(string $bytes, int $size): array {
    /** @var array{ends: int, record: int, parent: int, class: int, length: int} $row */
    $row = unpack('Nends/Nrecord/Nparent/nclass/Clength', $bytes, $size);
    $value = Ip::text(substr($bytes, 0, $size)) . '/' . $row['length'];
    return ['scope' => 'range', 'value' => $value] + $row;
  }

  /**
   * Makes a decision of a row and its class.
   *
   * @param array{scope: string, value: string, ends: int, record: int, class: int} $row
   *   The fields of a row.
   */
  private function decision(array $row): Decision {
    /** @var array{strictness: int, simulated: int, d: int, b: int, w: int, does: int, because: int, who: int} $class */
    $class = unpack('Cstrictness/Csimulated/nd/nb/nw/Ndoes/Nbecause/Nwho', $this->row('CLAS', $row['class']));
    return new Decision(
      $row['scope'],
      $row['value'],
      $this->string($class['does'], $class['d']),
      $this->string($class['because'], $class['b']),
      $this->string($class['who'], $class['w']),
      $row['ends'],
      sprintf('%08x', $row['record']),
      $class['simulated'] === 1,
    );
  }

  /**
   * Whether two addresses have the same first bits.
   */
  private static function sharesBits(string $one, string $other, int $bits): bool {
    $whole = $bits >> 3;
    if (strncmp($one, $other, $whole) !== 0) {
      return FALSE;
    }
    $left = 8 - $bits % 8;
    return $left === 8 || ord($one[$whole]) >> $left === ord($other[$whole]) >> $left;
  }

  /**
   * Returns the rows that begin with a key.
   *
   * @return list<string>
   *   The bytes of each.
   */
  private function rowsOf(string $name, string $key): array {
    $section = $this->section($name);
    if ($section === NULL || $section['rows'] === 0) {
      return [];
    }
    [$low, $high] = $this->limits($section, $key);
    $size = strlen($key);
    $found = [];
    if ($high - $low > self::FEW_ROWS) {
      while ($low < $high) {
        $middle = ($low + $high) >> 1;
        if (strcmp(substr($this->row($name, $middle), 0, $size), $key) < 0) {
          $low = $middle + 1;
        }
        else {
          $high = $middle;
        }
      }
      for (; $low < $section['rows']; $low++) {
        $bytes = $this->row($name, $low);
        if (strncmp($bytes, $key, $size) !== 0) {
          break;
        }
        $found[] = $bytes;
      }
      return $found;
    }
    $rows = $this->rows($section, $low, $high);
    // The key is looked for in all rows at once; a find that is no row's
    // beginning is none.
    $bytes = $section['bytes'];
    for ($at = strpos($rows, $key); $at !== FALSE; $at = strpos($rows, $key, $at + 1)) {
      if ($at % $bytes === 0) {
        $found[] = substr($rows, $at, $bytes);
      }
    }
    return $found;
  }

  /**
   * Returns the last row whose key is not above; -1 when all are.
   */
  private function lastNotAbove(string $name, string $key): int {
    $section = $this->section($name);
    if ($section === NULL || $section['rows'] === 0) {
      return -1;
    }
    [$low, $high] = $this->limits($section, $key);
    $first = $low;
    $size = strlen($key);
    $bytes = $section['bytes'];
    $rows = $high - $low <= self::FEW_ROWS ? $this->rows($section, $low, $high) : NULL;
    while ($low < $high) {
      $middle = ($low + $high) >> 1;
      $row = $rows === NULL
        ? substr($this->row($name, $middle), 0, $size)
        : substr($rows, ($middle - $first) * $bytes, $size);
      if (strcmp($row, $key) > 0) {
        $high = $middle;
      }
      else {
        $low = $middle + 1;
      }
    }
    return $low - 1;
  }

  /**
   * Returns between which rows a key can be.
   *
   * @param array{at: int, length: int, rows: int, bytes: int, bits: int, sum: int} $section
   *   The section.
   * @param string $key
   *   What is looked for.
   *
   * @return array{int, int}
   *   The first row, and the one behind the last.
   */
  private function limits(array $section, string $key): array {
    if ($section['bits'] === 0) {
      return [0, $section['rows']];
    }
    $value = self::number($key, 0) >> (32 - $section['bits']);
    $limits = $this->read($section['at'] + 4 * $value, 8);
    $low = self::number($limits, 0);
    $high = self::number($limits, 4);
    if ($low > $high || $high > $section['rows']) {
      throw new SnapshotException('it is damaged: its index points outside');
    }
    return [$low, $high];
  }

  /**
   * Returns the bytes of a row.
   */
  private function row(string $name, int $row): string {
    $section = $this->section($name);
    if ($section === NULL || $row >= $section['rows']) {
      throw new SnapshotException('it is damaged: a row is missing');
    }
    return $this->rows($section, $row, $row + 1);
  }

  /**
   * Returns the bytes of several rows.
   *
   * @param array{at: int, length: int, rows: int, bytes: int, bits: int, sum: int} $section
   *   The section.
   * @param int $low
   *   The first row.
   * @param int $high
   *   The row behind the last.
   */
  private function rows(array $section, int $low, int $high): string {
    $start = $section['bits'] === 0 ? 0 : 4 * ((1 << $section['bits']) + 1);
    $length = ($high - $low) * $section['bytes'];
    return $length === 0 ? '' : $this->read($section['at'] + $start + $low * $section['bytes'], $length);
  }

  /**
   * Returns a text of the section STRS.
   */
  private function string(int $offset, int $length): string {
    $section = $this->section('STRS');
    if ($section === NULL || $offset + $length > $section['length']) {
      throw new SnapshotException('it is damaged: a text is missing');
    }
    return $length === 0 ? '' : $this->read($section['at'] + $offset, $length);
  }

  /**
   * Returns an entry of the directory; NULL when there is no such section.
   *
   * @return array{at: int, length: int, rows: int, bytes: int, bits: int, sum: int}|null
   *   The entry.
   */
  private function section(string $name): ?array {
    if (array_key_exists($name, $this->sections)) {
      return $this->sections[$name];
    }
    $found = NULL;
    for ($i = 0; $i < $this->sectionCount; $i++) {
      $at = self::HEAD + self::ENTRY * $i;
      if (substr_compare($this->directory, $name, $at, 4) === 0) {
        /** @var array{at: int, length: int, rows: int, bytes: int, bits: int, sum: int} $found */
        $found = unpack('Nat/Nlength/Nrows/nbytes/nbits/Nsum', $this->directory, $at + 4);
        $index = $found['bits'] === 0 ? 0 : 4 * ((1 << min(24, $found['bits'])) + 1);
        if ($found['bits'] > 24 || $found['bytes'] === 0 || $index + $found['rows'] * $found['bytes'] > $found['length']) {
          throw new SnapshotException("it is damaged: $name is longer than it says");
        }
        break;
      }
    }
    return $this->sections[$name] = $found;
  }

  /**
   * Returns the 32 bits at an offset.
   */
  private static function number(string $bytes, int $at): int {
    return ord($bytes[$at]) << 24 | ord($bytes[$at + 1]) << 16 | ord($bytes[$at + 2]) << 8 | ord($bytes[$at + 3]);
  }

  /**
   * Returns so many bytes of the file.
   */
  private function read(int $at, int $length): string {
    $bytes = fseek($this->file, $at) === 0 ? (string) fread($this->file, max(1, $length)) : '';
    if (strlen($bytes) !== $length) {
      throw new SnapshotException('it is damaged: it ends too early');
    }
    return $bytes;
  }

}

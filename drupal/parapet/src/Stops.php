<?php

declare(strict_types=1);

namespace Drupal\parapet;

/**
 * Which requests were stopped: a file for each day, for the reports.
 *
 * A stopped request must stay cheap, so it costs a line in a file and no query.
 * While nobody is stopped, what would have been is written down in the same way.
 */
final class Stops {

  /**
   * The cause of what was only watched.
   */
  public const OBSERVED = 'observed';

  private const MOST_BYTES = 2000000;
  private const KEPT_DAYS = 30;

  public function __construct(private readonly Site $site) {}

  /**
   * Writes one down; needs nothing of Drupal.
   */
  public static function add(string $cause, string $ip, string $record, string $method, string $rawTarget, int $now): void {
    $file = Site::folder() . '/stops-' . gmdate('Y-m-d', $now) . '.tsv';
    $size = @filesize($file);
    $fields = [(string) $now, $cause, $ip, $record, $method, substr($rawTarget, 0, 300)];
    $line = implode("\t", array_map(static fn (string $field): string => (string) preg_replace('/[\x00-\x1f\x7f]+/', ' ', $field), $fields));
    // Of a flood only the number is told.
    @file_put_contents($file, $size !== FALSE && $size > self::MOST_BYTES ? "+\t$cause\t\n" : "$line\n", FILE_APPEND);
  }

  /**
   * Returns how many were really stopped on each of the last days.
   *
   * @return array<string, int>
   *   By day, the oldest first.
   */
  public function days(int $count, int $now): array {
    $days = [];
    for ($i = $count - 1; $i >= 0; $i--) {
      $day = gmdate('Y-m-d', $now - $i * 86400);
      $text = (string) @file_get_contents($this->file($day));
      $days[$day] = substr_count($text, "\n") - substr_count($text, "\t" . self::OBSERVED . "\t");
    }
    return $days;
  }

  /**
   * Returns the last ones, the newest first.
   *
   * @param int $most
   *   How many.
   * @param int $now
   *   Seconds since the epoch.
   * @param string $about
   *   An address or a record, when it is about one only.
   *
   * @return list<array{at: int, cause: string, ip: string, record: string, method: string, target: string}>
   *   At most so many of today and yesterday.
   */
  public function last(int $most, int $now, string $about = ''): array {
    $found = [];
    foreach ([$now, $now - 86400] as $at) {
      $lines = explode("\n", trim((string) @file_get_contents($this->file(gmdate('Y-m-d', $at)))));
      foreach (array_reverse($lines) as $line) {
        $fields = explode("\t", $line);
        if (count($fields) === 6 && count($found) < $most && ($about === '' || in_array($about, [$fields[2], $fields[3]], TRUE))) {
          $found[] = [
            'at' => (int) $fields[0],
            'cause' => $fields[1],
            'ip' => $fields[2],
            'record' => $fields[3],
            'method' => $fields[4],
            'target' => $fields[5],
          ];
        }
      }
    }
    return $found;
  }

  /**
   * Forgets what is older than a month.
   */
  public function prune(int $now): void {
    $files = glob($this->site::folder() . '/stops-*.tsv');
    foreach ($files === FALSE ? [] : $files as $file) {
      if (substr($file, -14, 10) < gmdate('Y-m-d', $now - self::KEPT_DAYS * 86400)) {
        @unlink($file);
      }
    }
  }

  /**
   * Returns the file of a day.
   */
  private function file(string $day): string {
    return $this->site::folder() . "/stops-$day.tsv";
  }

}

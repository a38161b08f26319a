<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * Lengths of time as CrowdSec's local API writes them: `3h59m58.5s`.
 */
final class GoDuration {

  private const UNITS = ['h' => 3600.0, 'm' => 60.0, 's' => 1.0, 'ms' => 1e-3, 'us' => 1e-6, 'µs' => 1e-6, 'ns' => 1e-9];

  /**
   * Returns seconds, or NULL when the text is no length of time.
   */
  public static function seconds(string $text): ?float {
    $isNegative = str_starts_with($text, '-');
    $rest = ltrim($text, '+-');
    if (preg_match('/^(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+$/D', $rest) !== 1) {
      return $rest === '0' ? 0.0 : NULL;
    }
    preg_match_all('/(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)/', $rest, $parts, PREG_SET_ORDER);
    $seconds = 0.0;
    foreach ($parts as [, $number, $unit]) {
      $seconds += (float) $number * self::UNITS[$unit];
    }
    return $isNegative ? -$seconds : $seconds;
  }

}

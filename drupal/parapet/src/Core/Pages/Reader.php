<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Pages;

use Drupal\parapet\Core\Guard\Visit;

/**
 * Who reads an answer: a person in some language, or a program.
 */
final class Reader {

  private const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt'];
  private const MOST_RANGES = 32;

  private function __construct(
    public readonly string $language,
    /**
     * `html`, `json` or `text`.
     */
    public readonly string $format,
  ) {}

  /**
   * Returns how an answer to this request is to be written.
   */
  public static function of(Visit $visit): self {
    return new self(self::language($visit->header('accept-language')), self::format($visit));
  }

  /**
   * Returns the same reader, who is a person after all.
   */
  public function asPerson(): self {
    return new self($this->language, 'html');
  }

  /**
   * A page for what a person looks at, JSON for scripts, text for the rest.
   */
  private static function format(Visit $visit): string {
    $accept = $visit->header('accept');
    $destination = $visit->header('sec-fetch-dest');
    if ($destination !== '') {
      return match ($destination) {
        'document', 'iframe', 'frame' => 'html',
        'empty' => str_contains($accept, 'text/plain') ? 'text' : 'json',
        default => 'text',
      };
    }
    if ($visit->header('x-requested-with') !== '') {
      return 'json';
    }
    if (str_contains($accept, 'text/html') || str_contains($accept, 'application/xhtml+xml')) {
      return 'html';
    }
    return str_contains($accept, 'json') ? 'json' : 'text';
  }

  /**
   * Returns our language that the list likes best (RFC 9110 12.5.4).
   */
  private static function language(string $accept): string {
    $best = 'en';
    $bestQuality = 0.0;
    foreach (array_slice(explode(',', substr($accept, 0, 1000)), 0, self::MOST_RANGES) as $range) {
      $parts = explode(';', $range);
      $primary = explode('-', strtolower(trim($parts[0])))[0];
      $quality = self::quality(array_slice($parts, 1));
      if ($quality > $bestQuality && in_array($primary, self::LANGUAGES, TRUE)) {
        [$best, $bestQuality] = [$primary, $quality];
      }
    }
    return $best;
  }

  /**
   * Returns how much a language is liked, 0 to 1.
   *
   * @param list<string> $parameters
   *   What stands behind its name.
   */
  private static function quality(array $parameters): float {
    foreach ($parameters as $parameter) {
      if (preg_match('/^\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/Di', $parameter, $match) === 1) {
        return (float) $match[1];
      }
    }
    return 1.0;
  }

}

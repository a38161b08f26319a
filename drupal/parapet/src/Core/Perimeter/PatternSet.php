<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Perimeter;

/**
 * The patterns of the perimeter: which paths give an attacker away.
 *
 * They are written as preg_match() takes them. What could stall a server
 * (look-around, back-references, possessive and recursive parts) is refused, as
 * the engine refuses it, so that both find the same.
 */
final class PatternSet {

  /**
   * The twelve patterns that the Perimeter module ships.
   */
  public const DEFAULTS = [
    '/.*\.aspx/',
    '/.*\.asp/',
    '/.*\.jsp/',
    '/\/blog_edit\.php/',
    '/\/blogs\.php/',
    '/\/wp-admin.*/',
    '/\/wp-login.*/',
    '/\/my_blogs/',
    '/\/system\/.*\.php/',
    '/.*systopice.*/',
    '/.*login.json/',
    '/\/episerver.*/',
  ];

  /**
   * A path that is longer is cut: no server passes longer ones on by default.
   */
  private const LONGEST_PATH = 8192;
  /**
   * Steps of PHP's matcher for one pattern and one path.
   */
  private const MOST_STEPS = '100000';
  private const FLAGS = 'imsxuADSUX';
  private const CLOSING = ['(' => ')', '[' => ']', '{' => '}', '<' => '>'];
  /**
   * Letters and digits that may stand behind a backslash.
   */
  private const ESCAPES = 'aAbBdDEfnpPQrsStvwWxz0';

  /**
   * Patterns that can be used, as they were written.
   *
   * @var list<string>
   */
  private array $patterns = [];

  /**
   * What is wrong with the others.
   *
   * @var array<string, string>
   */
  private array $problems = [];

  /**
   * Takes the patterns that can be used.
   *
   * @param iterable<string> $written
   *   Patterns with their delimiters and flags; blank ones are no patterns.
   */
  public function __construct(iterable $written) {
    foreach ($written as $pattern) {
      $pattern = trim($pattern, "\r\n");
      if (trim($pattern) === '') {
        continue;
      }
      $problem = self::problemOf($pattern);
      if ($problem === NULL) {
        $this->patterns[] = $pattern;
      }
      else {
        $this->problems[$pattern] = $problem;
      }
    }
  }

  /**
   * Returns a set of patterns that were checked before.
   *
   * @param list<string> $patterns
   *   From patterns().
   */
  public static function checked(array $patterns): self {
    $set = new self([]);
    $set->patterns = $patterns;
    return $set;
  }

  /**
   * Returns the pattern that a path matches, as it was written, or NULL.
   *
   * @param string $rawTarget
   *   The path as requested, or the whole URL; see pathInfo().
   */
  public function patternFor(string $rawTarget): ?string {
    if ($this->patterns === []) {
      return NULL;
    }
    $path = substr(self::pathInfo($rawTarget), 0, self::LONGEST_PATH);
    $before = ini_set('pcre.backtrack_limit', self::MOST_STEPS);
    $found = NULL;
    foreach ($this->patterns as $pattern) {
      if (@preg_match($pattern, $path) === 1) {
        $found = $pattern;
        break;
      }
    }
    if ($before !== FALSE) {
      ini_set('pcre.backtrack_limit', $before);
    }
    return $found;
  }

  /**
   * Returns the patterns that can be used.
   *
   * @return list<string>
   *   As they were written.
   */
  public function patterns(): array {
    return $this->patterns;
  }

  /**
   * Returns what is wrong with the patterns that cannot be used.
   *
   * @return array<string, string>
   *   A sentence for each pattern.
   */
  public function problems(): array {
    return $this->problems;
  }

  /**
   * Returns what Drupal's getPathInfo() gives.
   *
   * Not decoded, without scheme and host, without what follows a `?`, and
   * without the front controller.
   */
  public static function pathInfo(string $rawTarget): string {
    $path = (string) preg_replace('~^https?://[^/?#]*~i', '', $rawTarget);
    $path = substr($path, 0, strcspn($path, '?#'));
    $path = (string) preg_replace('~^/index\.php(?=/|\z)~', '', $path);
    return $path === '' ? '/' : $path;
  }

  /**
   * Returns what is wrong with a pattern, or NULL.
   */
  public static function problemOf(string $pattern): ?string {
    $opening = $pattern[0] ?? '';
    if ($opening === '' || $opening > '~' || preg_match('/[\w\s\\\\]/', $opening) === 1) {
      return "The pattern '$pattern' does not start with a delimiter. Put it between slashes: '/"
        . str_replace('/', '\/', $pattern) . "/'.";
    }
    $closing = self::CLOSING[$opening] ?? $opening;
    $end = self::endOf($pattern, $opening, $closing);
    if ($end < 0) {
      return "The pattern '$pattern' has no closing '$closing'.";
    }
    $flags = substr($pattern, $end + 1);
    $known = strspn($flags, self::FLAGS);
    if ($known !== strlen($flags)) {
      return "The pattern '$pattern' has '{$flags[$known]}' behind its closing '$closing', which is no flag. A '$closing' inside is written '\\$closing'.";
    }
    $problem = self::problemOfBody(substr($pattern, 1, $end - 1), str_contains($flags, 'x'));
    if ($problem !== NULL) {
      return "The pattern '$pattern' cannot be used: $problem.";
    }
    if (@preg_match($pattern, '') === FALSE) {
      $message = preg_replace('/^preg_match\(\): /', '', error_get_last()['message'] ?? 'PHP refuses it');
      return "The pattern '$pattern' cannot be used: $message.";
    }
    return NULL;
  }

  /**
   * Returns where the closing delimiter stands, or -1.
   */
  private static function endOf(string $pattern, string $opening, string $closing): int {
    $depth = 1;
    for ($i = 1, $length = strlen($pattern); $i < $length; $i++) {
      if ($pattern[$i] === '\\') {
        $i++;
      }
      elseif ($pattern[$i] === $closing && --$depth === 0) {
        return $i;
      }
      elseif ($pattern[$i] === $opening && $opening !== $closing) {
        $depth++;
      }
    }
    return -1;
  }

  /**
   * Returns which part has no place in a pattern, or NULL.
   */
  private static function problemOfBody(string $body, bool $isSpaced): ?string {
    $isInClass = FALSE;
    $before = '';
    for ($i = 0, $length = strlen($body); $i < $length; $i++) {
      $char = $body[$i];
      if ($char === '\\') {
        $next = $body[++$i] ?? '';
        $isOctal = preg_match('/^[0-7]{2,3}/', substr($body, $i, 3)) === 1;
        if (ctype_alnum($next) && !$isOctal && !str_contains(self::ESCAPES, $next)) {
          return "it has '\\$next', which could stall the server or is not known to the engine";
        }
        $before = 'escape';
        continue;
      }
      if ($isInClass) {
        $isInClass = $char !== ']' || $before === 'open';
        $before = $before === 'open' && $char === '^' ? 'open' : ($isInClass ? '' : ']');
        continue;
      }
      if ($isSpaced && $char === '#') {
        $i += strcspn($body, "\n", $i);
        continue;
      }
      if ($char === '(' && preg_match('/^\((?:\*|\?(?!:|P?<\w+>|[imsU]*-?[imsU]*[:)]))/', substr($body, $i, 64)) === 1) {
        return 'it has look-around or another group that could stall the server';
      }
      if ($char === '+' && in_array($before, ['*', '+', '?', '}'], TRUE)) {
        return "it has '$before+', which the engine does not know";
      }
      if ($char === '[') {
        $isInClass = TRUE;
        $before = 'open';
        continue;
      }
      $before = $char;
    }
    if (preg_match_all('/\{(\d+)(?:,(\d*))?\}/', $body, $counts) > 0) {
      $most = max(0, ...array_map('intval', [...$counts[1], ...$counts[2]]));
      return $most > 1000 ? 'it repeats something more than 1000 times' : NULL;
    }
    return NULL;
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

/**
 * Routes of machines: which are never challenged, and which never banned.
 *
 * The same as the gateway's (docs/enforcement.md). A path that two readers could
 * understand in two ways is none of them.
 */
final class Routes {

  /**
   * Rank and whether it is only for reading, by kind of pattern and pattern.
   *
   * In the order in which they are looked at: whole paths, beginnings, what
   * stands behind the last slash, endings, and what may stand anywhere.
   *
   * @var array<string, array<string, array{string, bool}>>|null
   */
  private static ?array $table = NULL;

  /**
   * Returns `never`, `challenge-free`, or nothing for any other route.
   *
   * @param string $method
   *   The method.
   * @param string $rawTarget
   *   Path and query as sent.
   * @param string $basePath
   *   Where the site lives, `/shop`; empty at the root.
   */
  public static function rank(string $method, string $rawTarget, string $basePath = ''): string {
    $path = substr($rawTarget, 0, strcspn($rawTarget, '?'));
    $isOdd = preg_match('~//|/\.{1,2}(?:/|\z)|[;\\\\#\0]|%(?:00|23|25|2e|2f|3b|3f|5c)~i', $path) === 1;
    if (!str_starts_with($path, '/') || $isOdd) {
      return '';
    }
    if ($basePath !== '' && str_starts_with($path, "$basePath/")) {
      $path = substr($path, strlen($basePath));
    }
    $isRead = $method === 'GET' || $method === 'HEAD';
    $rank = self::match($path, $isRead);
    if ($rank === '' && preg_match('~^/[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}(?=/)~i', $path, $language) === 1) {
      $rank = self::match(substr($path, strlen($language[0])), $isRead);
    }
    return $rank;
  }

  /**
   * Returns the rank of the first pattern that the path fits.
   */
  private static function match(string $path, bool $isRead): string {
    $found = self::find($path);
    return $found === NULL || (!$isRead && $found[1]) ? '' : $found[0];
  }

  /**
   * Returns the first pattern that the path fits.
   *
   * @return array{string, bool}|null
   *   Its rank, and whether it is only for reading.
   */
  private static function find(string $path): ?array {
    $table = self::$table ??= self::table();
    $slash = (int) strrpos($path, '/');
    $name = substr($path, $slash + 1);
    if (isset($table['whole'][$path])) {
      return $table['whole'][$path];
    }
    foreach ($table['beginning'] as $beginning => $row) {
      if (str_starts_with($path, $beginning)) {
        return $row;
      }
    }
    $ending = (string) strrchr($name, '.');
    if (isset($table['name'][$name]) || isset($table['ending'][$ending])) {
      return $table['name'][$name] ?? $table['ending'][$ending];
    }
    foreach ($table['anywhere'] as $text => $row) {
      if (str_contains($path, $text)) {
        return $row;
      }
    }
    return NULL;
  }

  /**
   * Reads the table of routes.
   *
   * @return array<string, array<string, array{string, bool}>>
   *   See $table.
   */
  private static function table(): array {
    $table = ['whole' => [], 'beginning' => [], 'name' => [], 'ending' => [], 'anywhere' => []];
    /** @var list<array{kind: string, rank: string, methods: string, paths: list<string>}> $rows */
    $rows = require __DIR__ . '/generated/routes.php';
    foreach ($rows as ['rank' => $rank, 'methods' => $methods, 'paths' => $paths]) {
      $row = [$rank, $methods === 'read'];
      foreach ($paths as $path) {
        if (str_starts_with($path, '**')) {
          match (TRUE) {
            str_ends_with($path, '*') => $table['anywhere'][substr($path, 2, -1)] ??= $row,
            str_starts_with($path, '**.') => $table['ending'][substr($path, 2)] = $row,
            default => $table['name'][substr($path, 3)] = $row,
          };
          continue;
        }
        if (str_ends_with($path, '/*')) {
          $table['beginning'][substr($path, 0, -1)] ??= $row;
          $path = substr($path, 0, -2);
        }
        $table['whole'][$path] = $row;
      }
    }
    return $table;
  }

}

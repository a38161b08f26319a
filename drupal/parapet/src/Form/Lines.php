<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

/**
 * The lines of a text box.
 */
final class Lines {

  /**
   * Returns the lines that are not blank, without what surrounds them.
   *
   * @return list<string>
   *   In their order, each once.
   */
  public static function of(string $text): array {
    $lines = array_map('trim', explode("\n", $text));
    return array_values(array_unique(array_filter($lines, static fn (string $line): bool => $line !== '')));
  }

}

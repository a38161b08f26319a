<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Database\Connection;
use Drupal\parapet\Core\Flood\FloodInterface;

/**
 * Counts tries in the module's table of buckets.
 *
 * Core's flood service can say whether there are too many and not how many
 * there are, and its backends differ in how they count a request that comes
 * twice at once.
 */
final class DrupalFlood implements FloodInterface {

  public const TABLE = 'parapet_try';

  public function __construct(private readonly Connection $database) {}

  /**
   * {@inheritdoc}
   */
  public function add(string $name, string $key, int $window, int $now): int {
    $this->database->insert(self::TABLE)->fields(['name' => $name, 'address' => $key, 'at' => $now, 'ends' => $now + $window])->execute();
    return (int) $this->database->select(self::TABLE, 't')
      ->condition('name', $name)
      ->condition('address', $key)
      ->condition('at', $now - $window, '>')
      ->countQuery()
      ->execute()
      ?->fetchField();
  }

  /**
   * {@inheritdoc}
   */
  public function clear(string $name, string $key): void {
    $this->database->delete(self::TABLE)->condition('name', $name)->condition('address', $key)->execute();
  }

  /**
   * Forgets what has left every window.
   */
  public function prune(int $now): void {
    $this->database->delete(self::TABLE)->condition('ends', $now, '<')->execute();
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Database\Connection;
use Drupal\Core\Database\Database;
use Drupal\Core\Database\DatabaseException;
use Drupal\Core\Database\Schema;

/**
 * The module's tables, and where they are.
 *
 * SQLite reads the schema of the whole database in each request that asks it
 * anything, pages from the cache included: these tables alone would cost more
 * than all else that the module does there. So a site on SQLite has them in a
 * file of their own beside its database, which is opened when they are needed
 * and made when it is not there. With other databases they are where all tables
 * are.
 */
final class Tables {

  private const KEY = 'parapet';

  /**
   * Whether the tables are in a file of their own.
   */
  public static function areApart(): bool {
    return self::file() !== '';
  }

  /**
   * Returns the connection to the tables.
   */
  public static function connection(): Connection {
    $file = self::file();
    if ($file === '') {
      return Database::getConnection('default', 'default');
    }
    if (Database::getConnectionInfo(self::KEY) !== NULL) {
      return Database::getConnection('default', self::KEY);
    }
    Database::addConnectionInfo(self::KEY, 'default', ['database' => $file, 'prefix' => ''] + self::info());
    $isNew = !is_file($file) || filesize($file) === 0;
    $connection = Database::getConnection('default', self::KEY);
    if ($isNew) {
      self::create($connection->schema());
      // As the site's own: Drush may run as somebody else than the web server.
      @chmod($file, (int) fileperms((string) self::info()['database']) & 0777);
    }
    return $connection;
  }

  /**
   * Takes the file of their own away.
   */
  public static function remove(): void {
    $file = self::file();
    if ($file === '') {
      return;
    }
    Database::removeConnection(self::KEY);
    foreach (['', '-wal', '-shm'] as $end) {
      @unlink($file . $end);
    }
  }

  /**
   * Returns the tables as hook_schema() does.
   *
   * @return array<string, array>
   *   By name.
   */
  public static function definitions(): array {
    $text = static fn (int $length): array => ['type' => 'varchar', 'length' => $length, 'not null' => TRUE, 'default' => ''];
    $number = ['type' => 'int', 'size' => 'big', 'not null' => TRUE, 'default' => 0];
    return [
      'parapet_decision' => [
        'description' => 'What was decided on whom.',
        'fields' => [
          'record' => $text(8) + ['description' => 'Shown to people.'],
          'scope' => $text(32) + ['description' => 'Kind of value: ip, range.'],
          'value' => $text(255) + ['description' => 'On whom.'],
          'remediation' => $text(32) + ['description' => 'What is done: ban, captcha.'],
          'scenario' => $text(255) + ['description' => 'Why.'],
          'origin' => $text(64) + ['description' => 'Who said so.'],
          'created' => $number + ['description' => 'When, in seconds.'],
          'ends' => $number + ['description' => 'Until when, in seconds.'],
          'lifted' => ['type' => 'int', 'size' => 'tiny', 'not null' => TRUE, 'default' => 0, 'description' => 'Whether somebody lifted it.'],
          'message' => ['type' => 'text', 'not null' => TRUE, 'description' => 'What led to it.'],
          'who' => $text(100) + ['description' => 'The person who made it; empty for the module.'],
          'lifted_by' => $text(100) + ['description' => 'The person who lifted it.'],
          'refusal' => $text(500) + ['description' => 'Why the engine does not have it.'],
        ],
        'primary key' => ['record'],
        'indexes' => ['ends' => ['ends']],
      ],
      'parapet_outbox' => [
        'description' => 'What people decided here, until the engine has it.',
        'fields' => [
          'id' => ['type' => 'serial', 'not null' => TRUE, 'description' => 'Its place in the order.'],
          'verb' => $text(8) + ['description' => 'add or lift.'],
          'target' => $text(64) + ['description' => 'A record, an address or a range.'],
          'who' => $text(100) + ['description' => 'The person who wants it.'],
          'created' => $number + ['description' => 'When, in seconds.'],
        ],
        'primary key' => ['id'],
      ],
      'parapet_bucket' => [
        'description' => 'What is counted: buckets of scenarios, and tries at codes.',
        'fields' => [
          'id' => $text(64) + ['description' => 'Hash of what is counted, and of whom.'],
          'level' => ['type' => 'float', 'size' => 'big', 'not null' => TRUE, 'default' => 0, 'description' => 'How full a bucket is, or how many tries there were.'],
          'at' => ['type' => 'float', 'size' => 'big', 'not null' => TRUE, 'default' => 0, 'description' => 'When it was poured, or until when the code is good.'],
        ],
        'primary key' => ['id'],
      ],
    ];
  }

  /**
   * Makes the tables; another process may be doing the same.
   */
  private static function create(Schema $schema): void {
    foreach (self::definitions() as $name => $definition) {
      try {
        $schema->createTable($name, $definition);
      }
      catch (DatabaseException $problem) {
        if (!$schema->tableExists($name)) {
          throw $problem;
        }
      }
    }
  }

  /**
   * Returns the file of their own; empty where they have none.
   */
  private static function file(): string {
    $info = self::info();
    // Not there: a database in memory.
    $main = ($info['driver'] ?? '') === 'sqlite' ? realpath((string) $info['database']) : FALSE;
    // Tests of Drupal have a prefix each, and with SQLite a file of that name.
    return $main === FALSE ? '' : "$main-" . ($info['prefix'] ?? '') . self::KEY;
  }

  /**
   * Returns how the site's own database is reached: what settings.php says.
   */
  private static function info(): array {
    return Database::getConnectionInfo()['default'] ?? [];
  }

}

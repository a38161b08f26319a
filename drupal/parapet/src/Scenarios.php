<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Database\Connection;
use Drupal\parapet\Core\Flood\LeakyBucket;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Signals\Signal;

/**
 * Pours signals into buckets where no engine does it.
 */
final class Scenarios {

  public const TABLE = 'parapet_bucket';
  /**
   * A bucket that was not poured for so long is empty, whatever leaks.
   */
  private const FORGOTTEN_SECONDS = 86400;

  public function __construct(
    private readonly Connection $database,
    private readonly Decisions $decisions,
    private readonly ConfigFactoryInterface $config,
  ) {}

  /**
   * Pours signals; decides on whoever makes a bucket overflow.
   *
   * @param list<Signal> $signals
   *   In the order in which things happened.
   */
  public function pour(array $signals): void {
    if ($this->config->get('parapet.settings')->get('mode') !== 'standalone') {
      return;
    }
    foreach ($signals as $signal) {
      foreach (Scenario::all() as $scenario) {
        if ($scenario->signal === $signal->type && $signal->ip !== '' && $signal->attribute('trusted') !== TRUE) {
          $this->pourOne($scenario, $signal->ip);
        }
      }
    }
  }

  /**
   * Forgets buckets that are empty by now.
   */
  public function prune(int $now): void {
    $this->database->delete(self::TABLE)->condition('at', $now - self::FORGOTTEN_SECONDS, '<')->execute();
  }

  /**
   * Pours once.
   */
  private function pourOne(Scenario $scenario, string $ip): void {
    $packed = Ip::pack($ip);
    if ($packed === NULL) {
      return;
    }
    $id = hash('sha256', "$scenario->name\n" . Ip::clientKey($packed));
    $kept = $this->database->select(self::TABLE, 'b')
      ->fields('b', ['level', 'at'])
      ->condition('id', $id)
      ->execute()
      ?->fetchAssoc();
    $bucket = is_array($kept) ? new LeakyBucket((float) $kept['level'], (float) $kept['at']) : new LeakyBucket();
    $bucket = $bucket->pour((float) $scenario->leakSeconds, microtime(TRUE));
    if ($bucket->overflows((float) $scenario->capacity)) {
      $this->database->delete(self::TABLE)->condition('id', $id)->execute();
      $this->decisions->decide($ip, $scenario->remediation, $scenario->name, $scenario->seconds, "$ip $scenario->did more than $scenario->capacity times ($scenario->name)");
      return;
    }
    $this->database->merge(self::TABLE)
      ->key('id', $id)
      ->fields(['level' => $bucket->level, 'at' => $bucket->at])
      ->execute();
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Database\IntegrityConstraintViolationException;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Signals\Signal;

/**
 * Pours signals into buckets, and decides when one overflows.
 *
 * The module's own scenarios only where no engine judges. Those of other modules
 * always: no engine knows them.
 */
final class Scenarios {

  public const TABLE = 'parapet_bucket';
  /**
   * A bucket that was not poured for so long is empty, whatever leaks.
   */
  private const FORGOTTEN_SECONDS = 86400;

  public function __construct(
    private readonly Decisions $decisions,
    private readonly ConfigFactoryInterface $config,
    private readonly SecurityScenarioManager $others,
  ) {}

  /**
   * Pours signals; decides on whoever makes a bucket overflow.
   *
   * @param list<Signal> $signals
   *   In the order in which things happened.
   */
  public function pour(array $signals): void {
    $signals = array_filter($signals, static fn (Signal $signal): bool => $signal->ip !== '' && $signal->attribute('trusted') !== TRUE);
    $settings = $this->settings();
    $own = $this->config->get('parapet.settings')->get('mode') === 'standalone' ? Scenario::all() : [];
    $others = $signals === [] ? [] : $this->others->all();
    foreach ($signals as $signal) {
      $meant = array_filter($own, static fn (Scenario $one): bool => $one->signal === $signal->type);
      foreach ($others as $other) {
        if ($other->isAbout($signal)) {
          $meant[] = $other->scenario();
        }
      }
      foreach ($meant as $scenario) {
        $scenario = $scenario->with($settings[$scenario->name] ?? []);
        if ($scenario !== NULL) {
          $this->pourOne($scenario, $signal->ip);
        }
      }
    }
  }

  /**
   * Returns every scenario as it comes, without what the owner has set.
   *
   * @return array<string, \Drupal\parapet\Core\Flood\Scenario>
   *   By name; the module's own first.
   */
  public function all(): array {
    $all = [];
    foreach ([...Scenario::all(), ...array_map(static fn (SecurityScenarioInterface $one): Scenario => $one->scenario(), array_values($this->others->all()))] as $scenario) {
      $all[$scenario->name] ??= $scenario;
    }
    return $all;
  }

  /**
   * Returns what the owner has set.
   *
   * @return array<string, array<string, mixed>>
   *   By the name of the scenario.
   */
  public function settings(): array {
    $settings = [];
    foreach ((array) $this->config->get('parapet.settings')->get('scenarios') as $set) {
      if (is_array($set) && is_string($set['name'] ?? NULL)) {
        $settings[$set['name']] = $set;
      }
    }
    return $settings;
  }

  /**
   * Forgets buckets that are empty by now.
   */
  public function prune(int $now): void {
    Tables::connection()->delete(self::TABLE)->condition('at', $now - self::FORGOTTEN_SECONDS, '<')->execute();
  }

  /**
   * Pours once.
   *
   * The database pours (see LeakyBucket), so that two requests at once pour
   * twice; and of those who see it overflow, the one that empties it decides.
   */
  private function pourOne(Scenario $scenario, string $ip): void {
    $packed = Ip::pack($ip);
    if ($packed === NULL) {
      return;
    }
    $id = hash('sha256', "$scenario->name\n" . Ip::clientKey($packed));
    if (!$this->pourInto($id, $scenario)) {
      try {
        Tables::connection()->insert(self::TABLE)->fields(['id' => $id, 'level' => 1.0, 'at' => microtime(TRUE)])->execute();
      }
      catch (IntegrityConstraintViolationException) {
        // Somebody else has just made it.
        $this->pourInto($id, $scenario);
      }
    }
    $emptied = (int) Tables::connection()->delete(self::TABLE)->condition('id', $id)->condition('level', $scenario->capacity, '>')->execute();
    if ($emptied > 0) {
      $this->decisions->decide($ip, $scenario->remediation, $scenario->name, $scenario->seconds, "$ip: $scenario->did, more than $scenario->capacity times ($scenario->name)");
    }
  }

  /**
   * Pours into a bucket that is there; returns whether it is.
   */
  private function pourInto(string $id, Scenario $scenario): bool {
    $now = microtime(TRUE);
    $left = '[level] - (:now1 - [at]) / :leak1';
    $isForward = ':now2 > [at]';
    // The level first: MySQL reads what it has set already.
    return (bool) Tables::connection()->update(self::TABLE)
      ->expression('level', "CASE WHEN $isForward THEN CASE WHEN $left > 0 THEN " . strtr($left, ['1' => '3']) . ' ELSE 0 END ELSE [level] END + 1', [
        ':now1' => $now,
        ':now2' => $now,
        ':now3' => $now,
        ':leak1' => (float) $scenario->leakSeconds,
        ':leak3' => (float) $scenario->leakSeconds,
      ])
      ->expression('at', 'CASE WHEN :now4 > [at] THEN :now5 ELSE [at] END', [':now4' => $now, ':now5' => $now])
      ->condition('id', $id)
      ->execute();
  }

}

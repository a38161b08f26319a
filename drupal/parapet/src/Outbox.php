<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Lock\LockBackendInterface;
use Drupal\Core\Logger\LoggerChannelFactoryInterface;
use Drupal\Core\Site\Settings as DrupalSettings;
use Drupal\parapet\Core\Engine\BusyException;
use Drupal\parapet\Core\Engine\DecisionSender;
use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;

/**
 * What people decided here, until the engine has it.
 *
 * A message is written in the same transaction as the decision, sent after the
 * answer to the request, and thrown away only when the engine has answered it.
 * They are sent in the order in which they were written.
 */
final class Outbox {

  public const TABLE = 'parapet_outbox';
  private const LOCK = 'parapet.outbox';
  private const ADD = 'add';
  private const LIFT = 'lift';
  /**
   * How long sending may hold the process that has just answered somebody.
   */
  private const SECONDS = 4.0;

  private bool $isRegistered = FALSE;

  public function __construct(
    private readonly Site $site,
    private readonly ConfigFactoryInterface $config,
    private readonly LockBackendInterface $lock,
    private readonly LoggerChannelFactoryInterface $loggers,
  ) {}

  /**
   * Whether there is an engine that takes decisions.
   */
  public function isWanted(): bool {
    return $this->url() !== '';
  }

  /**
   * Keeps for the engine that a decision was made here.
   */
  public function added(string $record, string $who): void {
    $this->put(self::ADD, $record, $who);
  }

  /**
   * Keeps for the engine that something is lifted.
   *
   * @param string $valueOrRecord
   *   An address, a range, or eight hex digits.
   * @param string $who
   *   Who wants it.
   */
  public function lifted(string $valueOrRecord, string $who): void {
    $this->put(self::LIFT, $valueOrRecord, $who);
  }

  /**
   * Returns what the engine has not answered yet.
   *
   * @return array<string, int>
   *   Since when, in seconds, by record, address or range.
   */
  public function waiting(): array {
    return array_map('intval', Tables::connection()->select(self::TABLE, 'o')
      ->fields('o', ['target', 'created'])
      ->orderBy('id', 'DESC')
      ->range(0, 1000)
      ->execute()
      ?->fetchAllKeyed() ?? []);
  }

  /**
   * Counts what the engine has not answered yet.
   */
  public function count(): int {
    return (int) Tables::connection()->select(self::TABLE)->countQuery()->execute()?->fetchField();
  }

  /**
   * Sends what waits, as far as the engine answers.
   *
   * After half of the time it ends, so that other things can be asked, and when
   * the engine wants no more for a moment; the rest waits for the next turn.
   *
   * @param float $until
   *   When to give up, in seconds since the epoch.
   *
   * @return bool
   *   Whether the engine was asked anything, and answered.
   *
   * @throws \Drupal\parapet\Core\Engine\HttpException
   *   When it does not. What waits stays.
   */
  public function send(float $until): bool {
    // Asked first: whoever uninstalls the module in the request that decided has
    // no table any more when this runs.
    $first = $this->isWanted() ? $this->next() : NULL;
    if ($first === NULL || !$this->lock->acquire(self::LOCK, 30.0)) {
      return FALSE;
    }
    $isAnswered = FALSE;
    try {
      $token = DrupalSettings::get('parapet_api_token');
      if (!is_string($token) || $token === '') {
        throw new HttpException("settings.php has no \$settings['parapet_api_token'] for the engine");
      }
      $sender = new DecisionSender(new HttpClient($this->url(), 2.0, self::SECONDS, until: $until), $token);
      $message = $first;
      $half = (microtime(TRUE) + $until) / 2;
      while ($message !== NULL && ($message === $first || microtime(TRUE) < $half)) {
        $refusal = $this->sendOne($sender, $message);
        $isAnswered = $isAnswered || $refusal !== NULL;
        if ((string) $refusal !== '') {
          $this->loggers->get('parapet')->warning('The engine refused what was decided here (@target): @problem.', [
            '@target' => $message['target'],
            '@problem' => $refusal,
          ]);
        }
        Tables::connection()->delete(self::TABLE)->condition('id', $message['id'])->execute();
        $message = $this->next();
      }
      return $isAnswered;
    }
    catch (BusyException) {
      return TRUE;
    }
    finally {
      $this->lock->release(self::LOCK);
    }
  }

  /**
   * Sends after the answer; what goes wrong is tried again by the exchange.
   */
  public function flush(): void {
    try {
      $this->send(microtime(TRUE) + self::SECONDS);
    }
    catch (HttpException $exception) {
      $this->loggers->get('parapet')->warning('The engine: @problem. What was decided here waits for it.', ['@problem' => $exception->getMessage()]);
    }
  }

  /**
   * Sends one message.
   *
   * @param \Drupal\parapet\Core\Engine\DecisionSender $sender
   *   The way to the engine.
   * @param array{id: string, verb: string, target: string, who: string} $message
   *   A row of the table.
   *
   * @return string|null
   *   Why it was refused, or nothing; NULL when it needed no sending.
   */
  private function sendOne(DecisionSender $sender, array $message): ?string {
    if ($message['verb'] === self::LIFT) {
      return $sender->lift($message['target'], $message['who']);
    }
    $record = $message['target'];
    $row = Tables::connection()->select(Decisions::TABLE, 'd')->fields('d')->condition('record', $record)->execute()?->fetchAssoc();
    $now = time();
    // What has ended meanwhile needs no telling.
    if (!is_array($row) || (int) $row['ends'] <= $now) {
      return NULL;
    }
    $refusal = $sender->add(DecisionSender::idOf($record, $this->site->secret()), Decisions::decision($row), $message['who'], $now);
    Tables::connection()->update(Decisions::TABLE)->fields(['refusal' => $refusal])->condition('record', $record)->execute();
    return $refusal;
  }

  /**
   * Returns the oldest message; NULL when none waits.
   *
   * @return array{id: string, verb: string, target: string, who: string}|null
   *   A row of the table.
   *
   * @phpstan-impure
   */
  private function next(): ?array {
    $row = Tables::connection()->select(self::TABLE, 'o')
      ->fields('o', ['id', 'verb', 'target', 'who'])
      ->orderBy('id')
      ->range(0, 1)
      ->execute()
      ?->fetchAssoc();
    if (!is_array($row)) {
      return NULL;
    }
    return [
      'id' => (string) $row['id'],
      'verb' => (string) $row['verb'],
      'target' => (string) $row['target'],
      'who' => (string) $row['who'],
    ];
  }

  /**
   * Writes a message down, and sends it when the request is over.
   */
  private function put(string $verb, string $target, string $who): void {
    if (!$this->isWanted()) {
      return;
    }
    Tables::connection()->insert(self::TABLE)->fields([
      'verb' => $verb,
      'target' => mb_substr($target, 0, 64),
      'who' => mb_substr($who, 0, 100),
      'created' => time(),
    ])->execute();
    if (!$this->isRegistered) {
      $this->isRegistered = TRUE;
      drupal_register_shutdown_function([$this, 'flush']);
    }
  }

  /**
   * Returns where the engine's API is; empty without one.
   */
  private function url(): string {
    return (string) $this->config->get('parapet.settings')->get('engine.api_url');
  }

}

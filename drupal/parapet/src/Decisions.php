<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Database\Query\SelectInterface;
use Drupal\Core\Logger\LoggerChannelFactoryInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Decisions\SnapshotWriter;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Event\DecisionEvent;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Contracts\EventDispatcher\EventDispatcherInterface;

/**
 * Decisions that were made here, or pulled from an engine.
 *
 * They are kept in a table, ended ones for a month for the reports. What is in
 * force is written into decisions.bin, from which requests are answered.
 */
final class Decisions {

  public const TABLE = 'parapet_decision';
  private const KEPT_SECONDS = 2592000;
  /**
   * Until an engine elsewhere has surely been asked what is in force.
   */
  private const PULLED_SECONDS = 86400;

  public function __construct(
    private readonly Site $site,
    private readonly EventDispatcherInterface $events,
    private readonly ConfigFactoryInterface $config,
    private readonly LoggerChannelFactoryInterface $loggers,
    private readonly ContainerInterface $container,
    private readonly Outbox $outbox,
    private readonly AccountInterface $account,
  ) {}

  /**
   * Decides on an address by itself, unless something speaks against it.
   *
   * @param string $ip
   *   The address.
   * @param string $remediation
   *   `ban`, `captcha` and so on.
   * @param string $scenario
   *   Why, in the name of a scenario.
   * @param int $seconds
   *   How long; 0 for as long as the settings say.
   * @param string $message
   *   What led to it, in a sentence.
   *
   * @return string|null
   *   The record; NULL when nothing was decided.
   */
  public function decide(string $ip, string $remediation, string $scenario, int $seconds, string $message): ?string {
    $packed = Ip::pack($ip);
    $config = $this->config->get('parapet.settings');
    if ($packed === NULL || CidrSet::fromTexts($this->site->allowlist())->contains($packed)) {
      return NULL;
    }
    if (!Ip::isPublic($packed)) {
      $this->loggers->get('parapet')->warning('@ip would have been banned (@message), but it is a private address: is there a proxy that settings.php does not name?', [
        '@ip' => $ip,
        '@message' => $message,
      ]);
      return NULL;
    }
    if ($this->isInForce($ip, $remediation)) {
      return NULL;
    }
    $ends = $this->now() + ($seconds > 0 ? $seconds : (int) $config->get('ban_seconds'));
    return $this->add(new Decision('ip', Ip::text($packed), $remediation, $scenario, 'module', $ends, self::newRecord()), $message);
  }

  /**
   * Blocks an address or a range because a person says so.
   *
   * @param string $value
   *   Address or range.
   * @param string $remediation
   *   `ban`, `captcha`, `throttle`.
   * @param int $seconds
   *   How long.
   * @param string $reason
   *   For people to read.
   *
   * @return string|null
   *   The record; NULL when the value is no address and no range.
   */
  public function block(string $value, string $remediation, int $seconds, string $reason): ?string {
    $cidr = Cidr::parse(trim($value));
    if ($cidr === NULL) {
      return NULL;
    }
    $scope = $cidr->isAddress() ? 'ip' : 'range';
    $ends = min(Decision::FOR_EVER, $this->now() + $seconds);
    $reason = $reason === '' ? 'by hand' : $reason;
    return $this->add(new Decision($scope, $cidr->text(), $remediation, $reason, 'operator', $ends, self::newRecord()), $reason);
  }

  /**
   * Bans many at once because a person says so.
   *
   * Other modules are not told of it: what is blocked so comes from them.
   *
   * @param array<string, int> $ends
   *   Until when, by address or range as \Drupal\parapet\Core\Net\Cidr writes it.
   * @param string $reason
   *   For people to read.
   *
   * @return int
   *   How many were not banned yet.
   */
  public function blockAll(array $ends, string $reason): int {
    $blocked = [];
    $transaction = Tables::connection()->startTransaction();
    foreach ($this->notBanned($ends) as $value => $until) {
      $decision = new Decision(str_contains($value, '/') ? 'range' : 'ip', $value, 'ban', $reason, 'operator', $until, self::newRecord());
      $this->insert($decision, $reason, $this->who());
      $this->outbox->added($decision->record, $this->who());
      $blocked[] = $decision;
    }
    unset($transaction);
    if ($blocked !== []) {
      $this->publish();
    }
    foreach ($blocked as $decision) {
      $this->events->dispatch(new DecisionEvent($decision, $reason), DecisionEvent::APPLIED);
    }
    $this->loggers->get('parapet')->notice('Bans that were made at once: @count (@reason).', ['@count' => count($blocked), '@reason' => $reason]);
    return count($blocked);
  }

  /**
   * Returns those on whom no ban is in force that lasts as long.
   *
   * @param array<string, int> $ends
   *   Until when, by address or range.
   *
   * @return array<string, int>
   *   Some of these.
   */
  public function notBanned(array $ends): array {
    $rows = $this->inForce()->condition('remediation', 'ban')->execute()?->fetchAll(\PDO::FETCH_ASSOC) ?? [];
    foreach ($rows as $row) {
      if (($ends[$row['value']] ?? PHP_INT_MAX) <= (int) $row['ends']) {
        unset($ends[$row['value']]);
      }
    }
    return $ends;
  }

  /**
   * Returns what a person decided for a reason, and is in force.
   *
   * @return list<string>
   *   The records.
   */
  public function decidedFor(string $reason): array {
    return array_values($this->decidedForQuery($reason)->execute()?->fetchCol() ?? []);
  }

  /**
   * Lifts what a person decided for a reason; other modules are not told.
   *
   * @return int
   *   How many decisions were lifted.
   */
  public function liftAll(string $reason): int {
    $lifted = $this->end($this->decidedForQuery($reason), NULL);
    $this->loggers->get('parapet')->notice('Bans that were lifted at once: @count (@reason).', ['@count' => count($lifted), '@reason' => $reason]);
    return count($lifted);
  }

  /**
   * Lifts what is in force on an address or range, or under a record.
   *
   * Where an engine takes decisions from here, what it decided itself as well.
   *
   * @return list<string>
   *   The records that were lifted.
   */
  public function lift(string $valueOrRecord): array {
    $cidr = Cidr::parse(trim($valueOrRecord));
    $foreign = $cidr === NULL || !$this->outbox->isWanted() ? NULL : (new EngineDecisions($this->config))->about($cidr->text(), $this->now());
    if ($foreign !== NULL && $foreign->value === $cidr->text() && $this->row($foreign->record) === NULL) {
      // Written down as history: who did it is asked later on.
      $this->insert($foreign, '', '');
    }
    $text = $cidr?->text() ?? strtolower(trim($valueOrRecord));
    $lifted = [];
    foreach ($this->end($this->inForce()->condition($cidr === NULL ? 'record' : 'value', $text), $text) as $decision) {
      $lifted[] = $decision->record;
      $this->mirror($decision, FALSE);
      $this->loggers->get('parapet')->notice('@value may come in again (record @record).', [
        '@value' => $decision->value,
        '@record' => $decision->record,
      ]);
    }
    return $lifted;
  }

  /**
   * Returns what was decided here, the newest first.
   *
   * @param bool $isInForce
   *   What has not ended, or else what has.
   * @param int $most
   *   How many.
   * @param int $skip
   *   How many newer ones are left out.
   *
   * @return list<array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}>
   *   Rows of the table.
   */
  public function rows(bool $isInForce, int $most, int $skip = 0): array {
    return $this->read($this->query()->condition('ends', $this->now(), $isInForce ? '>' : '<=')->range($skip, $most));
  }

  /**
   * Returns what was decided here on somebody, in force and ended.
   *
   * @param string $valueOrRecord
   *   An address, with the ranges around it that are in force; a range; a record.
   * @param int $most
   *   How many.
   *
   * @return list<array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}>
   *   Rows of the table, the newest first.
   */
  public function about(string $valueOrRecord, int $most): array {
    $text = strtolower(trim($valueOrRecord));
    $records = [$text, $this->decisionFor($text)->record ?? ''];
    $query = $this->query();
    $either = $query->orConditionGroup()
      ->condition('value', Cidr::parse($text)?->text() ?? $text)
      ->condition('record', $records, 'IN');
    return $this->read($query->condition($either)->range(0, $most));
  }

  /**
   * Returns how many decisions there were in the last month.
   *
   * @return list<array{scenario: string, origin: string, count: int}>
   *   Of each scenario and origin, in no order.
   */
  public function countByScenario(): array {
    $query = Tables::connection()->select(self::TABLE, 'd')->fields('d', ['scenario', 'origin']);
    $query->addExpression('COUNT(*)', 'number');
    $rows = $query->condition('created', $this->now() - self::KEPT_SECONDS, '>')
      ->groupBy('scenario')
      ->groupBy('origin')
      ->execute()
      ?->fetchAll(\PDO::FETCH_ASSOC) ?? [];
    return array_map(static fn (array $row): array => [
      'scenario' => (string) $row['scenario'],
      'origin' => (string) $row['origin'],
      'count' => (int) $row['number'],
    ], array_values($rows));
  }

  /**
   * Returns how much is in force now by decisions of this site.
   */
  public function countInForce(): int {
    return (int) Tables::connection()->select(self::TABLE, 'd')
      ->condition('ends', $this->now(), '>')
      ->countQuery()
      ->execute()
      ?->fetchField();
  }

  /**
   * Returns one row; NULL when there is none.
   *
   * @return array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}|null
   *   A row of the table.
   */
  public function row(string $record): ?array {
    return $this->read($this->query()->condition('record', $record))[0] ?? NULL;
  }

  /**
   * Returns what applies to an address now, wherever it was decided.
   */
  public function decisionFor(string $ip): ?Decision {
    $packed = Ip::pack($ip);
    $best = NULL;
    $config = $this->config->get('parapet.settings');
    $files = [Site::ownDecisions(), $config->get('mode') === 'file' ? (string) $config->get('engine.decisions_file') : ''];
    foreach (array_filter($files, static fn (string $file): bool => $file !== '') as $file) {
      if ($packed === NULL) {
        break;
      }
      try {
        $found = SnapshotReader::open($file)->find($packed, $this->now());
      }
      catch (SnapshotException) {
        continue;
      }
      if ($found !== NULL && ($best === NULL || $found->isBefore($best, 0, 0))) {
        $best = $found;
      }
    }
    return $best;
  }

  /**
   * Writes what is in force into decisions.bin; returns whether it could.
   *
   * @param array<Decision>|null $pulled
   *   What an engine elsewhere has in force; NULL to keep what was pulled last.
   */
  public function publish(?array $pulled = NULL): bool {
    $now = $this->now();
    $pulledFile = Site::pulledDecisions();
    if ($pulled !== NULL) {
      SnapshotWriter::replace($pulledFile, SnapshotWriter::encode($pulled, [], $now, $now));
    }
    if (!$this->site->writeGuard()) {
      $this->loggers->get('parapet')->error('@folder cannot be written: nobody is stopped. Name another folder in settings.php: $settings[\'parapet_directory\'].', [
        '@folder' => Site::folder(),
      ]);
      return FALSE;
    }
    $decisions = array_map(self::decision(...), Tables::connection()->select(self::TABLE, 'd')
      ->fields('d')
      ->condition('ends', $now, '>')
      ->execute()
      ?->fetchAll(\PDO::FETCH_ASSOC) ?? []);
    if ($this->config->get('parapet.settings')->get('mode') === 'remote') {
      try {
        $known = $this->knownRecords();
        $pulled = SnapshotReader::open($pulledFile)->list($now, 500000);
        $decisions = [...$decisions, ...array_filter($pulled, static fn (Decision $decision): bool => !isset($known[$decision->record]))];
      }
      catch (SnapshotException) {
        // Nothing was pulled yet.
      }
    }
    return SnapshotWriter::replace(Site::ownDecisions(), SnapshotWriter::encode($decisions, $this->site->allowlist(), (int) (microtime(TRUE) * 1000), $now));
  }

  /**
   * Forgets what ended a month ago.
   */
  public function prune(): void {
    Tables::connection()->delete(self::TABLE)->condition('ends', $this->now() - self::KEPT_SECONDS, '<')->execute();
  }

  /**
   * Writes a decision down and puts it into force.
   */
  private function add(Decision $decision, string $message): ?string {
    $event = new DecisionEvent($decision, $message);
    if ($decision->origin !== 'operator') {
      $this->events->dispatch($event, DecisionEvent::PRE);
    }
    if ($event->isPropagationStopped()) {
      return NULL;
    }
    $isOperator = $decision->origin === 'operator';
    // Both or neither: nothing that holds here stays untold.
    $transaction = Tables::connection()->startTransaction();
    $this->insert($decision, $message, $isOperator ? $this->who() : '');
    if ($isOperator) {
      $this->outbox->added($decision->record, $this->who());
    }
    unset($transaction);
    $this->publish();
    $this->mirror($decision, TRUE);
    $this->loggers->get('parapet')->notice('@remediation for @value: @message (record @record).', [
      '@remediation' => $decision->remediation,
      '@value' => $decision->value,
      '@message' => $message,
      '@record' => $decision->record,
    ]);
    $this->events->dispatch(new DecisionEvent($decision, $message), DecisionEvent::APPLIED);
    return $decision->record;
  }

  /**
   * Ends what was asked for, and tells the engine.
   *
   * @param \Drupal\Core\Database\Query\SelectInterface $query
   *   Asks for rows that are in force.
   * @param string|null $target
   *   What a person wants to be lifted, an address, a range or a record; NULL
   *   for each row by itself.
   *
   * @return list<\Drupal\parapet\Core\Decisions\Decision>
   *   What was ended.
   */
  private function end(SelectInterface $query, ?string $target): array {
    $transaction = Tables::connection()->startTransaction();
    $rows = $query->execute()?->fetchAll(\PDO::FETCH_ASSOC) ?? [];
    foreach ($rows as $row) {
      Tables::connection()->update(self::TABLE)
        ->fields(['ends' => $this->now(), 'lifted' => 1, 'lifted_by' => $this->who()])
        ->condition('record', $row['record'])
        ->execute();
    }
    // What only this module decided by itself the engine has never heard of.
    $isTold = $target !== NULL && (Cidr::parse($target) !== NULL || $rows === [] || $rows[0]['origin'] === 'operator');
    foreach ($target === NULL ? array_column($rows, 'record') : ($isTold ? [$target] : []) as $told) {
      $this->outbox->lifted($told, $this->who());
    }
    unset($transaction);
    $ended = array_map(self::decision(...), array_values($rows));
    foreach ($ended as $decision) {
      $this->events->dispatch(new DecisionEvent($decision), DecisionEvent::LIFTED);
    }
    if ($ended !== []) {
      $this->publish();
    }
    return $ended;
  }

  /**
   * Asks for rows of what is in force.
   */
  private function inForce(): SelectInterface {
    return Tables::connection()->select(self::TABLE, 'd')->fields('d')->condition('ends', $this->now(), '>');
  }

  /**
   * Asks for rows of what a person decided for a reason, and is in force.
   */
  private function decidedForQuery(string $reason): SelectInterface {
    return $this->inForce()->condition('scenario', $reason)->condition('origin', 'operator');
  }

  /**
   * Asks for rows of the table, the newest first.
   */
  private function query(): SelectInterface {
    return Tables::connection()->select(self::TABLE, 'd')->fields('d')->orderBy('created', 'DESC')->orderBy('record');
  }

  /**
   * Returns the rows that were asked for.
   *
   * @return list<array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}>
   *   With numbers where numbers are meant.
   */
  private function read(SelectInterface $query): array {
    $rows = [];
    foreach ($query->execute()?->fetchAll(\PDO::FETCH_ASSOC) ?? [] as $row) {
      foreach (['created', 'ends', 'lifted'] as $number) {
        $row[$number] = (int) $row[$number];
      }
      $rows[] = $row;
    }
    return $rows;
  }

  /**
   * Writes a decision into the table.
   */
  private function insert(Decision $decision, string $message, string $who): void {
    Tables::connection()->insert(self::TABLE)->fields([
      'record' => $decision->record,
      'scope' => $decision->scope,
      'value' => $decision->value,
      'remediation' => $decision->remediation,
      'scenario' => mb_substr($decision->scenario, 0, 255),
      'origin' => $decision->origin,
      'created' => $this->now(),
      'ends' => $decision->ends,
      'lifted' => 0,
      'message' => mb_substr($message === '' ? $decision->scenario : $message, 0, 1000),
      'who' => $who,
      'lifted_by' => '',
      'refusal' => '',
    ])->execute();
  }

  /**
   * Returns the records of which this site knows better than an engine.
   *
   * @return array<string, string>
   *   By themselves: what is in force by this site, and what was just lifted.
   */
  private function knownRecords(): array {
    $either = Tables::connection()->condition('OR')
      ->condition('ends', $this->now(), '>')
      ->condition('lifted', 1);
    $query = Tables::connection()->select(self::TABLE, 'd')
      ->fields('d', ['record'])
      ->condition('ends', $this->now() - self::PULLED_SECONDS, '>')
      ->condition($either);
    return $query->execute()?->fetchAllKeyed(0, 0) ?? [];
  }

  /**
   * Returns who is deciding, for people to read.
   */
  private function who(): string {
    if ($this->account->isAuthenticated()) {
      return $this->account->getAccountName();
    }
    return PHP_SAPI === 'cli' ? 'drush' : '';
  }

  /**
   * Tells Ban and Advanced Ban, where the owner wants it.
   */
  private function mirror(Decision $decision, bool $isBanned): void {
    if ($decision->scope !== 'ip' || $decision->remediation !== 'ban') {
      return;
    }
    foreach (['ban', 'advban'] as $module) {
      if (!$this->config->get('parapet.settings')->get("mirror.$module") || !$this->container->has("$module.ip_manager")) {
        continue;
      }
      $manager = $this->container->get("$module.ip_manager");
      $call = [$manager, $isBanned ? 'banIp' : 'unbanIp'];
      if (is_callable($call)) {
        $call($decision->value);
      }
    }
  }

  /**
   * Whether the same is in force on an address already.
   */
  private function isInForce(string $ip, string $remediation): bool {
    return (bool) $this->inForce()
      ->condition('value', $ip)
      ->condition('remediation', $remediation)
      ->range(0, 1)
      ->execute()
      ?->fetchField();
  }

  /**
   * Makes a decision of a row.
   *
   * @param array<string, mixed> $row
   *   A row of the table.
   */
  public static function decision(array $row): Decision {
    return new Decision(
      (string) $row['scope'],
      (string) $row['value'],
      (string) $row['remediation'],
      (string) $row['scenario'],
      (string) $row['origin'],
      (int) $row['ends'],
      (string) $row['record'],
    );
  }

  /**
   * Returns eight hex digits that nobody has yet.
   */
  private static function newRecord(): string {
    return bin2hex(random_bytes(4));
  }

  /**
   * Returns the time in seconds; a process may live for hours.
   */
  private function now(): int {
    return time();
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

use Drupal\parapet\Core\Decisions\Decision;

/**
 * Pulls decisions from a local API, Parapet's or CrowdSec's.
 *
 * The first pull brings everything, the next ones what changed. What is in
 * force is kept in a file, so that a request needs none of it: it is answered
 * from the decisions.bin that is made of it.
 */
final class DecisionStream {

  private const PATH = '/v1/decisions/stream';
  /**
   * A list that is longer is cut; the memory of a PHP process is small.
   */
  private const MOST_DECISIONS = 200000;
  private const SCOPES = ['ip' => 'ip', 'range' => 'range', 'country' => 'country', 'as' => 'as'];

  private ?int $clockAhead = NULL;

  public function __construct(
    private readonly HttpClient $client,
    private readonly string $key,
    /**
     * Where what is in force is kept.
     */
    private readonly string $file,
  ) {}

  /**
   * Asks for what changed and returns everything that is in force.
   *
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return array<string, Decision>
   *   By what tells them apart.
   *
   * @throws HttpException
   *   When there is no answer, or one that cannot be understood. What is in
   *   force stays so.
   */
  public function pull(int $now): array {
    $this->clockAhead = NULL;
    $known = $this->known();
    $isFirst = $known === NULL;
    $answer = $this->client->send('GET', self::PATH . '?startup=' . ($isFirst ? 'true' : 'false'), [
      'X-Api-Key' => $this->key,
      'Accept' => 'application/json',
    ]);
    if ($answer->status !== 200) {
      throw new HttpException($answer->status === 401 || $answer->status === 403
        ? 'the engine does not know the key of this site: make one with "parapet bouncers add"'
        : "the engine answered $answer->status");
    }
    $at = strtotime((string) $answer->header('Date'));
    $this->clockAhead = $at === FALSE ? NULL : time() - $at;
    $changes = json_decode($answer->body, TRUE);
    if (!is_array($changes)) {
      throw new HttpException('the engine did not answer in JSON');
    }
    $decisions = array_filter($known ?? [], static fn (Decision $decision): bool => $decision->ends > $now);
    foreach ($this->rows($changes['deleted'] ?? NULL) as $row) {
      unset($decisions[$this->keyOf($row)]);
    }
    foreach ($this->rows($changes['new'] ?? NULL) as $row) {
      $decision = $this->read($row, $now);
      if ($decision !== NULL && count($decisions) < self::MOST_DECISIONS) {
        $key = $this->keyOf($row);
        $other = $decisions[$key] ?? NULL;
        $decisions[$key] = $other === NULL || $decision->ends > $other->ends ? $decision : $other;
      }
    }
    $this->keep($decisions);
    return $decisions;
  }

  /**
   * Returns by how many seconds this machine's clock is ahead of the engine's.
   *
   * @return int|null
   *   As the last pull has shown; NULL when the engine did not say its time.
   */
  public function clockAhead(): ?int {
    return $this->clockAhead;
  }

  /**
   * Forgets what is known: the next pull brings everything.
   */
  public function reset(): void {
    @unlink($this->file);
  }

  /**
   * Returns what was in force at the last pull; NULL before the first.
   *
   * @return array<string, Decision>|null
   *   By what tells them apart.
   */
  private function known(): ?array {
    $text = @file_get_contents($this->file);
    $known = $text === FALSE ? FALSE : @unserialize($text, ['allowed_classes' => [Decision::class]]);
    if (!is_array($known)) {
      return NULL;
    }
    $decisions = [];
    foreach ($known as $key => $one) {
      if ($one instanceof Decision) {
        $decisions[(string) $key] = $one;
      }
    }
    return $decisions;
  }

  /**
   * Writes down what is in force.
   *
   * @param array<string, Decision> $decisions
   *   All of it.
   */
  private function keep(array $decisions): void {
    $temporary = $this->file . '.' . getmypid() . '.tmp';
    if (@file_put_contents($temporary, serialize($decisions)) !== FALSE) {
      @rename($temporary, $this->file);
    }
  }

  /**
   * Returns the rows of a list from outside.
   *
   * @return list<array<string, mixed>>
   *   What is no row is left out.
   */
  private function rows(mixed $list): array {
    $rows = [];
    foreach (is_array($list) ? $list : [] as $row) {
      if (is_array($row)) {
        /** @var array<string, mixed> $row */
        $rows[] = $row;
      }
    }
    return $rows;
  }

  /**
   * Returns what tells one decision from another: its id or what it says.
   *
   * @param array<string, mixed> $row
   *   As it came.
   */
  private function keyOf(array $row): string {
    return implode(' ', [
      strtolower($this->text($row, 'scope')),
      $this->text($row, 'value'),
      strtolower($this->text($row, 'type')),
    ]);
  }

  /**
   * Reads a decision; NULL when it is none that applies to anybody.
   *
   * @param array<string, mixed> $row
   *   As it came.
   * @param int $now
   *   Seconds since the epoch.
   */
  private function read(array $row, int $now): ?Decision {
    $seconds = GoDuration::seconds($this->text($row, 'duration'));
    $value = $this->text($row, 'value');
    $remediation = strtolower($this->text($row, 'type'));
    if ($seconds === NULL || $seconds <= 0 || $value === '' || $remediation === '') {
      return NULL;
    }
    $scope = strtolower($this->text($row, 'scope'));
    $id = $this->text($row, 'uuid');
    $record = preg_match('/^[0-9a-f]{8}/', $id) === 1 ? substr($id, 0, 8) : sprintf('%08x', crc32($this->keyOf($row)));
    return new Decision(
      self::SCOPES[$scope] ?? $scope,
      $value,
      $remediation,
      $this->text($row, 'scenario'),
      $this->text($row, 'origin'),
      min(Decision::FOR_EVER - 1, $now + (int) ceil($seconds)),
      $record,
      ($row['simulated'] ?? FALSE) === TRUE,
    );
  }

  /**
   * Returns a text of a row; empty when it is none.
   *
   * @param array<string, mixed> $row
   *   As it came.
   * @param string $name
   *   The key.
   */
  private function text(array $row, string $name): string {
    $value = $row[$name] ?? '';
    return is_string($value) ? $value : '';
  }

}

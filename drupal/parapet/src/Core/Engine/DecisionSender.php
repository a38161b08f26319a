<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Net\Cidr;

/**
 * Tells an engine what people decided here, over its API (docs/api.md).
 *
 * Both messages may be sent again: a decision has an id of its own, and what is
 * lifted twice is lifted. So whoever got no answer keeps the message.
 */
final class DecisionSender {

  private const PATH = '/api/v1/decisions';
  /**
   * The engine decides for a year at most.
   */
  private const LONGEST_SECONDS = 31536000;
  /**
   * Answers that will not be another one the next time.
   */
  private const REFUSED = [400, 404, 409, 413, 415, 422];

  public function __construct(
    private readonly HttpClient $client,
    private readonly string $token,
  ) {}

  /**
   * Returns the id under which the engine keeps a decision of this site.
   *
   * Its first eight digits are the record that people see, here and there.
   */
  public static function idOf(string $record, string $secret): string {
    $hash = hash_hmac('sha256', "decision\n$record", $secret);
    return "$record-" . substr($hash, 0, 4) . '-4' . substr($hash, 4, 3) . '-8' . substr($hash, 7, 3) . '-' . substr($hash, 10, 12);
  }

  /**
   * Makes a decision at the engine.
   *
   * @param string $id
   *   Of idOf().
   * @param \Drupal\parapet\Core\Decisions\Decision $decision
   *   What was decided here.
   * @param string $who
   *   Who did, for the audit log.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return string
   *   Why the engine refuses for good; empty when it has done it.
   *
   * @throws HttpException
   *   When there was no answer, or none that lasts: send it again later. A
   *   BusyException when the engine takes more in a moment.
   */
  public function add(string $id, Decision $decision, string $who, int $now): string {
    $seconds = min(self::LONGEST_SECONDS, $decision->ends - $now);
    return $this->send('POST', self::PATH, $this->named($who) + [
      'id' => $id,
      'scope' => $decision->scope,
      'value' => $decision->value,
      'remediation' => $decision->remediation,
      'duration' => "{$seconds}s",
      'reason' => mb_substr($decision->scenario, 0, 500),
    ]);
  }

  /**
   * Lifts what the engine has in force on a value, or under a record.
   *
   * @param string $valueOrRecord
   *   An address, a range, or eight hex digits.
   * @param string $who
   *   Who wants it, for the audit log.
   *
   * @return string
   *   As for add().
   *
   * @throws HttpException
   *   As for add().
   */
  public function lift(string $valueOrRecord, string $who): string {
    $name = Cidr::parse($valueOrRecord) === NULL ? 'recordId' : 'value';
    $query = http_build_query([$name => $valueOrRecord] + $this->named($who), '', '&', PHP_QUERY_RFC3986);
    return $this->send('DELETE', self::PATH . "?$query");
  }

  /**
   * Says who wants it, where somebody does.
   *
   * @return array<string, string>
   *   A parameter.
   */
  private function named(string $who): array {
    $name = mb_substr(trim((string) preg_replace('/\p{Cc}+/u', ' ', mb_scrub($who, 'UTF-8'))), 0, 100);
    return $name === '' ? [] : ['by' => $name];
  }

  /**
   * Sends a message and reads the answer.
   *
   * @param string $method
   *   The method.
   * @param string $path
   *   Path and query.
   * @param array<string, string> $body
   *   What is sent; nothing when it is empty.
   */
  private function send(string $method, string $path, array $body = []): string {
    $headers = ['Authorization' => "Bearer $this->token", 'Accept' => 'application/json'];
    $text = NULL;
    if ($body !== []) {
      $headers['Content-Type'] = 'application/json';
      $text = json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
    }
    $answer = $this->client->send($method, $path, $headers, $text);
    if ($answer->status === 200 || $answer->status === 201) {
      return '';
    }
    if ($answer->status === 429) {
      throw new BusyException('the engine wants no more for a moment');
    }
    if (!in_array($answer->status, self::REFUSED, TRUE)) {
      throw new HttpException($answer->status === 401 || $answer->status === 403
        ? 'the engine does not take decisions from this site: make a token with "parapet tokens add NAME --scope signals:write decisions:write"'
        : "the engine answered $answer->status");
    }
    $told = json_decode($answer->body, TRUE);
    $detail = is_array($told) && is_string($told['detail'] ?? NULL) ? $told['detail'] : '';
    return $detail === '' ? "the engine answered $answer->status" : mb_substr($detail, 0, 500);
  }

}

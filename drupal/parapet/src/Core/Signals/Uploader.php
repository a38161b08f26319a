<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Signals;

use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;

/**
 * Brings the spool to an engine that is elsewhere, over HTTPS.
 */
final class Uploader {

  private const PATH = '/api/v1/signals';
  private const MOST_RECORDS = 1000;
  private const MOST_BYTES = 1000000;

  public function __construct(
    private readonly HttpClient $client,
    private readonly string $token,
    private readonly Spool $spool,
  ) {}

  /**
   * Sends what waits, until it is done or somebody says stop.
   *
   * @param int $mostBatches
   *   How many requests are made at most.
   *
   * @return int
   *   How many records the engine has taken.
   *
   * @throws HttpException
   *   When it does not answer, or refuses the token. What waits stays.
   */
  public function upload(int $mostBatches = 10): int {
    $accepted = 0;
    $files = $this->spool->files();
    for ($batches = 0; $files !== [] && $batches < $mostBatches; $batches++) {
      [$taken, $body] = $this->batch($files);
      $accepted += $this->post($body);
      array_map('unlink', array_slice($files, 0, $taken));
      $files = array_slice($files, $taken);
    }
    $this->spool->sweep();
    return $accepted;
  }

  /**
   * Asks the engine whether it would take signals, and sends none.
   *
   * @throws HttpException
   *   When it does not answer, or refuses the token.
   */
  public function tryOut(): void {
    $this->post('[]');
  }

  /**
   * Sends a body; returns how many records of it the engine has taken.
   */
  private function post(string $body): int {
    $answer = $this->client->send('POST', self::PATH, [
      'Authorization' => "Bearer $this->token",
      'Content-Type' => 'application/x-ndjson',
      'Accept' => 'application/json',
    ], $body);
    if (!in_array($answer->status, [202, 400, 413, 415, 422], TRUE)) {
      throw new HttpException($answer->status === 401 || $answer->status === 403
        ? 'the engine does not take signals from this site: make a token with "parapet tokens add NAME --scope signals:write"'
        : "the engine answered $answer->status");
    }
    $told = json_decode($answer->body, TRUE);
    return is_array($told) && is_int($told['accepted'] ?? NULL) ? $told['accepted'] : 0;
  }

  /**
   * Puts files together as long as they fit; the first always does.
   *
   * @param non-empty-list<string> $files
   *   The oldest first.
   *
   * @return array{int, string}
   *   How many files, and what is in them.
   */
  private function batch(array $files): array {
    $body = '';
    $records = 0;
    foreach ($files as $i => $file) {
      $text = (string) @file_get_contents($file);
      $records += substr_count($text, "\n");
      if ($i > 0 && ($records > self::MOST_RECORDS || strlen($body) + strlen($text) > self::MOST_BYTES)) {
        return [$i, $body];
      }
      $body .= $text;
    }
    return [count($files), $body];
  }

}

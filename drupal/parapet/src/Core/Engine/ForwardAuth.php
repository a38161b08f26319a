<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

use Drupal\parapet\Core\Guard\Visit;

/**
 * Asks Parapet about one request, over the socket of forward-auth.
 *
 * Only for what matters (sign-in, registration, checkout, comments): a question
 * costs more than all the rest. When nobody answers in time, it passes.
 */
final class ForwardAuth {

  private const PASSED_ON = ['user-agent', 'cookie', 'accept', 'accept-language', 'sec-fetch-dest'];
  /**
   * Of an answer that goes to the visitor, what is not copied.
   */
  private const NOT_COPIED = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'date', 'server'];

  public function __construct(
    private readonly HttpClient $client,
    private readonly Breaker $breaker,
  ) {}

  /**
   * Returns what the engine says, or NULL when it does not.
   *
   * @param Visit $visit
   *   The request.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function ask(Visit $visit, int $now): ?EngineAnswer {
    if (!$this->breaker->isClosed($now)) {
      return NULL;
    }
    $headers = [
      'Host' => $visit->host,
      'X-Forwarded-For' => $visit->ip,
      'X-Forwarded-Host' => $visit->host,
      'X-Forwarded-Method' => $visit->method,
      'X-Forwarded-Uri' => $visit->rawTarget,
      'X-Forwarded-Proto' => $visit->isHttps ? 'https' : 'http',
    ];
    foreach (self::PASSED_ON as $name) {
      $value = $visit->header($name);
      if ($value !== '') {
        $headers[$name] = $value;
      }
    }
    try {
      $answer = $this->client->send('GET', '/ask', $headers);
    }
    catch (HttpException) {
      $this->breaker->failed($now);
      return NULL;
    }
    $this->breaker->succeeded($now);
    return $this->read($answer);
  }

  /**
   * Reads the answer; one that is not Parapet's says nothing.
   */
  private function read(HttpAnswer $answer): ?EngineAnswer {
    $isPassed = $answer->status === 204;
    if (!$isPassed && $answer->header('x-parapet-cause') === NULL) {
      return NULL;
    }
    $headers = [];
    foreach ($answer->headers as $name => $values) {
      if (!in_array($name, self::NOT_COPIED, TRUE) && !str_starts_with($name, 'x-parapet-')) {
        $headers[$name] = $values;
      }
    }
    return new EngineAnswer(
      $isPassed,
      $answer->status,
      $headers,
      $answer->body,
      $answer->header('x-parapet-record') ?? '',
      $answer->header('x-parapet-step-up') ?? '',
    );
  }

}

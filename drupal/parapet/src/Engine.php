<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Lock\LockBackendInterface;
use Drupal\Core\Logger\LoggerChannelFactoryInterface;
use Drupal\Core\Site\Settings as DrupalSettings;
use Drupal\Core\State\StateInterface;
use Drupal\parapet\Core\Engine\Breaker;
use Drupal\parapet\Core\Engine\DecisionStream;
use Drupal\parapet\Core\Engine\EngineAnswer;
use Drupal\parapet\Core\Engine\ForwardAuth;
use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Signals\Uploader;

/**
 * The engine, wherever it is.
 */
final class Engine {

  private const PULLED = 'parapet.pulled';
  private const STATUS = 'parapet.engine';
  /**
   * How long a turn may take by itself, and in a process that answers visitors.
   */
  private const SECONDS = 20.0;
  private const VISIT_SECONDS = 4.0;
  /**
   * An engine that fails is asked half as often each time, to this limit.
   */
  private const LONGEST_PAUSE = 900;
  /**
   * Answers that bring everything can be long.
   */
  private const MOST_BYTES = 67108864;

  private ?int $clockAhead = NULL;

  public function __construct(
    private readonly Site $site,
    private readonly ConfigFactoryInterface $config,
    private readonly StateInterface $state,
    private readonly LockBackendInterface $lock,
    private readonly LoggerChannelFactoryInterface $loggers,
    private readonly Outbox $outbox,
  ) {}

  /**
   * Whether it is time to ask for changes.
   *
   * @param int $now
   *   Seconds since the epoch.
   * @param bool $isVisit
   *   Whether a visitor has just been answered. Where PHP cannot end an answer
   *   before it goes on, it never is: that is left to cron.
   */
  public function isDue(int $now, bool $isVisit = FALSE): bool {
    if ($isVisit && !function_exists('fastcgi_finish_request') && !function_exists('litespeed_finish_request')) {
      return FALSE;
    }
    $config = $this->config->get('parapet.settings');
    $isWanted = ($config->get('mode') === 'remote' && $config->get('engine.url') !== '') || $config->get('engine.api_url') !== '';
    $seconds = (int) $config->get('engine.pull_seconds');
    $pause = $isVisit ? max($seconds, min(self::LONGEST_PAUSE, $seconds << min(8, $this->status()['failures']))) : $seconds;
    return $isWanted && $now - $this->pulledAt() >= $pause;
  }

  /**
   * Sends what waits and asks for changes; after the response, or by cron.
   *
   * @param Decisions $decisions
   *   Where what was pulled goes.
   * @param int $now
   *   Seconds since the epoch.
   * @param bool $isVisit
   *   Whether a process is held that could answer visitors: then it is short.
   * @param bool $isTry
   *   Whether the engine is asked even when nothing waits for it.
   *
   * @return string
   *   What went wrong, or nothing.
   */
  public function exchange(Decisions $decisions, int $now, bool $isVisit = FALSE, bool $isTry = FALSE): string {
    $seconds = $isVisit ? self::VISIT_SECONDS : self::SECONDS;
    $until = microtime(TRUE) + $seconds;
    if (!$this->lock->acquire('parapet.engine', $seconds * 2)) {
      return '';
    }
    // Before asking: an engine that does not answer is not asked all the time.
    $this->state->set(self::PULLED, $now);
    $problems = [];
    $isAnswered = FALSE;
    $this->clockAhead = NULL;
    // One that fails keeps none of the others from being done. What was lifted
    // here is told before it is asked what is in force.
    foreach ([fn () => $this->outbox->send($until), fn () => $this->pull($decisions, $now, $until), fn () => $this->upload($until, $isTry)] as $step) {
      try {
        $isAnswered = $step() || $isAnswered;
      }
      catch (HttpException $exception) {
        $problems[] = $exception->getMessage();
      }
    }
    $problem = implode('; ', array_unique($problems));
    if ($problem !== '') {
      $this->loggers->get('parapet')->warning('The engine: @problem. What is in force stays so.', ['@problem' => $problem]);
    }
    $last = $this->status();
    $this->state->set(self::STATUS, [
      'at' => $now,
      'answered' => $problem === '' && $isAnswered ? $now : $last['answered'],
      'problem' => $problem,
      'failures' => $problem === '' ? 0 : $last['failures'] + 1,
      'ahead' => $this->clockAhead,
    ]);
    $this->lock->release('parapet.engine');
    return $problem;
  }

  /**
   * Returns when its turn was last, what came of it, and what went wrong.
   *
   * @return array{at: int, answered: int, problem: string, failures: int, ahead: int|null}
   *   At 0 when it never was; when the engine last answered, 0 when it never
   *   did, which is before the last turn when nothing waited in that; how often
   *   in a row it failed; by how many seconds this machine's clock is ahead of
   *   the engine's, when that is known.
   */
  public function status(): array {
    $status = $this->state->get(self::STATUS);
    return [
      'at' => is_array($status) && is_int($status['at'] ?? NULL) ? $status['at'] : 0,
      'answered' => is_array($status) && is_int($status['answered'] ?? NULL) ? $status['answered'] : 0,
      'problem' => is_array($status) && is_string($status['problem'] ?? NULL) ? $status['problem'] : '',
      'failures' => is_array($status) && is_int($status['failures'] ?? NULL) ? $status['failures'] : 0,
      'ahead' => is_array($status) && is_int($status['ahead'] ?? NULL) ? $status['ahead'] : NULL,
    ];
  }

  /**
   * Asks about one request that matters; NULL when nobody answers in time.
   */
  public function ask(Visit $visit, int $now): ?EngineAnswer {
    $config = $this->config->get('parapet.settings');
    $socket = (string) $config->get('engine.ask');
    if ($socket === '') {
      return NULL;
    }
    $seconds = (int) $config->get('engine.ask_milliseconds') / 1000;
    try {
      $client = new HttpClient($socket, min(0.01, $seconds), $seconds);
    }
    catch (HttpException) {
      return NULL;
    }
    return (new ForwardAuth($client, new Breaker(Site::sharedState(), 'ask')))->ask($visit, $now);
  }

  /**
   * Takes over what is in force elsewhere, where it is pulled.
   *
   * @return bool
   *   Whether the engine was asked, and answered.
   */
  private function pull(Decisions $decisions, int $now, float $until): bool {
    $config = $this->config->get('parapet.settings');
    $url = (string) $config->get('engine.url');
    if ($config->get('mode') !== 'remote' || $url === '') {
      return FALSE;
    }
    $key = DrupalSettings::get('parapet_bouncer_key');
    $client = new HttpClient($url, 2.0, self::SECONDS, self::MOST_BYTES, [], $until);
    $stream = new DecisionStream($client, is_string($key) ? $key : '', Site::folder() . '/stream');
    $decisions->publish($stream->pull($now));
    $this->clockAhead = $stream->clockAhead();
    return TRUE;
  }

  /**
   * Sends the signals that wait.
   *
   * @return bool
   *   Whether the engine was asked, and answered.
   */
  private function upload(float $until, bool $isTry): bool {
    $url = (string) $this->config->get('parapet.settings')->get('engine.api_url');
    if ($url === '') {
      return FALSE;
    }
    $token = DrupalSettings::get('parapet_api_token');
    if (!is_string($token) || $token === '') {
      throw new HttpException("settings.php has no \$settings['parapet_api_token'] for the engine");
    }
    $uploader = new Uploader(new HttpClient($url, 2.0, self::SECONDS, until: $until), $token, $this->site->spool());
    $isWaiting = $this->site->spool()->files() !== [];
    if ($isTry && !$isWaiting) {
      $uploader->tryOut();
    }
    $uploader->upload();
    return $isTry || $isWaiting;
  }

  /**
   * Returns when changes were last asked for.
   */
  private function pulledAt(): int {
    $at = $this->state->get(self::PULLED);
    return is_int($at) ? $at : 0;
  }

}

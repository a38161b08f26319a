<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Signals;

/**
 * One fact that the application knows and no log tells (docs/signals.md).
 */
final class Signal {

  private const TYPE = '/^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*){1,3}$/D';
  private const KEY = '/^[a-z][a-z0-9_]{0,39}$/D';
  private const MOST_ATTRIBUTES = 48;
  private const LONGEST_TEXT = 8192;
  private const LONGEST_LIST = 32;
  private const LONGEST_ENTRY = 256;
  private const MOST_BYTES = 32768;
  /**
   * Names that the engine's parsers have taken.
   */
  private const TAKEN = ['message', 'program', 'timestamp', 'logsource'];

  /**
   * What is told beside type, time and address.
   *
   * @var array<string, string|int|float|bool|list<string>>
   */
  private array $attributes = [];

  private function __construct(
    public readonly string $type,
    public readonly string $id,
    private float $time,
    public readonly string $ip,
    private string $user = '',
    private string $session = '',
    private string $site = '',
  ) {}

  /**
   * Returns a new signal.
   *
   * @param string $type
   *   Two to four words with dots between them, such as `login.failed`.
   * @param string $ip
   *   The visitor's address; empty where there is none.
   *
   * @throws \InvalidArgumentException
   *   When the type is none.
   */
  public static function of(string $type, string $ip = ''): self {
    if (strlen($type) > 64 || preg_match(self::TYPE, $type) !== 1) {
      throw new \InvalidArgumentException("'$type' is no type of signal: write two to four lower-case words with dots between them.");
    }
    return new self($type, bin2hex(random_bytes(16)), microtime(TRUE), $ip);
  }

  /**
   * Tells one thing more; a value that does not fit is cut or left out.
   */
  public function with(string $name, mixed $value): self {
    $isKey = preg_match(self::KEY, $name) === 1 && !in_array($name, self::TAKEN, TRUE);
    $kept = self::fitting($value);
    if ($isKey && $kept !== NULL && (isset($this->attributes[$name]) || count($this->attributes) < self::MOST_ATTRIBUTES)) {
      $this->attributes[$name] = $kept;
    }
    return $this;
  }

  /**
   * Says which account it is about, by a keyed hash.
   */
  public function user(string $hash): self {
    $this->user = $hash;
    return $this;
  }

  /**
   * Says which session it is about, by a keyed hash.
   */
  public function session(string $hash): self {
    $this->session = $hash;
    return $this;
  }

  /**
   * Says at which site it happened.
   */
  public function site(string $host): self {
    $this->site = preg_match('/^\S{1,255}$/D', $host) === 1 ? $host : '';
    return $this;
  }

  /**
   * Says when it happened, in seconds since the epoch.
   */
  public function at(float $time): self {
    $this->time = $time;
    return $this;
  }

  /**
   * Returns what was told under a name, or NULL.
   *
   * @return string|int|float|bool|list<string>|null
   *   As it is sent.
   */
  public function attribute(string $name): string|int|float|bool|array|null {
    return $this->attributes[$name] ?? NULL;
  }

  /**
   * Returns the record as one line of JSON.
   *
   * A record that would be too long loses its longest texts.
   */
  public function json(): string {
    $line = $this->encode($this->attributes);
    $attributes = $this->attributes;
    while (strlen($line) > self::MOST_BYTES && $attributes !== []) {
      $sizes = array_map(static fn (mixed $value): int => strlen((string) json_encode($value, self::FLAGS)), $attributes);
      arsort($sizes);
      unset($attributes[array_key_first($sizes)]);
      $line = $this->encode($attributes);
    }
    return $line;
  }

  private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION;

  /**
   * Writes the record with these attributes.
   *
   * @param array<string, string|int|float|bool|list<string>> $attributes
   *   What is told.
   */
  private function encode(array $attributes): string {
    $seconds = (int) floor($this->time);
    $record = [
      'id' => $this->id,
      'time' => gmdate('Y-m-d\TH:i:s', $seconds) . sprintf('.%03dZ', (int) (($this->time - $seconds) * 1000)),
      'type' => $this->type,
      'site' => $this->site,
      'ip' => $this->ip,
      'user' => $this->user,
      'session' => $this->session,
    ];
    $record = array_filter($record, static fn (string $value): bool => $value !== '');
    if ($attributes !== []) {
      $record['attributes'] = $attributes;
    }
    return (string) json_encode($record, self::FLAGS);
  }

  /**
   * Returns a value as an attribute may have it, or NULL.
   *
   * @return string|int|float|bool|list<string>|null
   *   NULL when it does not fit.
   */
  private static function fitting(mixed $value): string|int|float|bool|array|null {
    if (is_string($value)) {
      return self::cut($value, self::LONGEST_TEXT);
    }
    if (is_float($value)) {
      return is_finite($value) ? $value : NULL;
    }
    if (is_array($value)) {
      $texts = array_filter(array_values($value), 'is_string');
      $texts = array_map(
        static fn (string $text): string => self::cut(strtr($text, ',', ' '), self::LONGEST_ENTRY),
        $texts,
      );
      return array_slice(array_values($texts), 0, self::LONGEST_LIST);
    }
    return is_int($value) || is_bool($value) ? $value : NULL;
  }

  /**
   * Cuts a text to so many characters of UTF-16, as the engine counts them.
   */
  private static function cut(string $text, int $most): string {
    return strlen($text) <= $most ? $text : mb_strcut(mb_scrub($text, 'UTF-8'), 0, $most, 'UTF-8');
  }

}

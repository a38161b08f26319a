<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

use Drupal\parapet\Core\Net\Ip;

/**
 * A request, as far as the guard looks at it.
 */
final class Visit {

  public function __construct(
    /**
     * The visitor's address.
     */
    public readonly string $ip,
    /**
     * The same as bytes.
     */
    public readonly string $packed,
    public readonly string $method,
    /**
     * Path and query as sent.
     */
    public readonly string $rawTarget,
    public readonly string $host,
    public readonly bool $isHttps,
    /**
     * By name in lower case; a header that came twice is joined.
     *
     * @var array<string, string>
     */
    private readonly array $headers,
    /**
     * What was posted, for answers to the check.
     *
     * @var array<array-key, mixed>
     */
    public readonly array $posted = [],
  ) {}

  /**
   * Returns the visit of PHP's own variables.
   *
   * @param array<array-key, mixed> $server
   *   `$_SERVER`.
   * @param string $packed
   *   Who asks.
   * @param array<array-key, mixed> $posted
   *   `$_POST`.
   */
  public static function fromServer(array $server, string $packed, array $posted = []): self {
    $headers = [];
    foreach ($server as $name => $value) {
      if (is_string($value) && str_starts_with((string) $name, 'HTTP_')) {
        $headers[strtolower(strtr(substr((string) $name, 5), '_', '-'))] = $value;
      }
    }
    $text = static fn (string $name): string => is_string($server[$name] ?? NULL) ? $server[$name] : '';
    return new self(
      Ip::text($packed),
      $packed,
      $text('REQUEST_METHOD') !== '' ? $text('REQUEST_METHOD') : 'GET',
      $text('REQUEST_URI') !== '' ? $text('REQUEST_URI') : '/',
      $text('HTTP_HOST'),
      !in_array(strtolower($text('HTTPS')), ['', 'off'], TRUE),
      $headers,
      $posted,
    );
  }

  /**
   * Returns a header; empty when it did not come.
   */
  public function header(string $name): string {
    return $this->headers[$name] ?? '';
  }

  /**
   * Returns the values of a cookie, as sent, at most four.
   *
   * A visitor can be given a second cookie of the same name by a neighbouring
   * host, so that more than the first is looked at.
   *
   * @return list<string>
   *   Cut after 400 characters.
   */
  public function cookies(string $name): array {
    $raw = $this->header('cookie');
    if (!str_contains($raw, $name . '=')) {
      return [];
    }
    preg_match_all('/(?:^|[;,\s])' . preg_quote($name, '/') . '=([^;,\s]{0,400})/', $raw, $found);
    return array_slice($found[1], 0, 4);
  }

  /**
   * Returns the hex SHA-256 of the session cookie; empty without one.
   */
  public function sessionHash(): string {
    $raw = $this->header('cookie');
    $found = str_contains($raw, 'SESS')
      ? preg_match('/(?:^|[;,\s])S?SESS[\da-f]{16,64}=([\w%,-]{16,256})/', $raw, $match)
      : 0;
    return $found === 1 ? hash('sha256', $match[1]) : '';
  }

}

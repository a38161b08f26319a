<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

/**
 * What the guard needs to know before Drupal is asked for anything.
 *
 * The module writes it into a small file whenever its configuration changes: a
 * page that comes from the cache must not cost a query.
 */
final class Settings {

  public const FILE = 'guard.json';

  public function __construct(
    /**
     * Files of decisions; the strictest of all has its way.
     *
     * @var list<string>
     */
    public readonly array $snapshots = [],
    /**
     * FALSE only tells what would be done.
     */
    public readonly bool $isEnforcing = TRUE,
    public readonly string $siteName = '',
    /**
     * The name that cookies are bound to.
     */
    public readonly string $site = '',
    /**
     * 64 hex digits; without it there is no bypass and no check.
     */
    public readonly string $secret = '',
    /**
     * Whether the secret is the gateway's.
     */
    public readonly bool $isSharedSecret = FALSE,
    public readonly int $trustEpoch = -1,
    public readonly string $contact = '',
    /**
     * Patterns of the perimeter that were checked.
     *
     * @var list<string>
     */
    public readonly array $patterns = [],
    /**
     * Addresses and ranges that are never stopped.
     *
     * @var list<string>
     */
    public readonly array $allowlist = [],
    /**
     * For auto_prepend_file, where Drupal does not say who the visitor is.
     *
     * @var list<string>
     */
    public readonly array $proxies = [],
  ) {}

  /**
   * Reads the file; NULL when it is not there or not whole.
   */
  public static function read(string $folder): ?self {
    $text = @file_get_contents("$folder/" . self::FILE);
    $kept = $text === FALSE ? NULL : json_decode($text, TRUE);
    if (!is_array($kept)) {
      return NULL;
    }
    $text = static fn (string $name): string => is_string($kept[$name] ?? NULL) ? $kept[$name] : '';
    $list = static fn (string $name): array => is_array($kept[$name] ?? NULL)
      ? array_values(array_filter($kept[$name], 'is_string'))
      : [];
    return new self(
      $list('snapshots'),
      ($kept['isEnforcing'] ?? TRUE) === TRUE,
      $text('siteName'),
      $text('site'),
      $text('secret'),
      ($kept['isSharedSecret'] ?? FALSE) === TRUE,
      is_int($kept['trustEpoch'] ?? NULL) ? $kept['trustEpoch'] : -1,
      $text('contact'),
      $list('patterns'),
      $list('allowlist'),
      $list('proxies'),
    );
  }

  /**
   * Writes the file; returns whether that went well.
   */
  public function write(string $folder): bool {
    if (!is_dir($folder) && !@mkdir($folder, 0770, TRUE) && !is_dir($folder)) {
      return FALSE;
    }
    $temporary = sprintf('%s/%s.%d.tmp', $folder, self::FILE, getmypid());
    $text = json_encode(get_object_vars($this), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
    if (@file_put_contents($temporary, $text) === FALSE) {
      return FALSE;
    }
    // The secret is in it.
    @chmod($temporary, 0640);
    return @rename($temporary, "$folder/" . self::FILE);
  }

  /**
   * Returns the secret as bytes; empty when there is none.
   */
  public function secretBytes(): string {
    return preg_match('/^[0-9a-f]{64}$/D', $this->secret) === 1 ? (string) hex2bin($this->secret) : '';
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Flood;

/**
 * What a site without an engine acts on, beside the perimeter.
 */
final class Scenario {

  public function __construct(
    public readonly string $name,
    /**
     * The type of signal that is poured.
     */
    public readonly string $signal,
    public readonly int $capacity,
    public readonly int $leakSeconds,
    /**
     * What happens to the address: `ban` or `captcha`.
     */
    public readonly string $remediation,
    public readonly int $seconds,
    /**
     * What the address did, for people.
     */
    public readonly string $did,
  ) {}

  /**
   * Returns the scenario as the owner has set it; NULL when it is switched off.
   *
   * @param array<array-key, mixed> $set
   *   Of the settings: name, enabled, capacity, leak_seconds and seconds. What
   *   is missing stays as it is.
   */
  public function with(array $set): ?self {
    if (($set['enabled'] ?? TRUE) !== TRUE) {
      return NULL;
    }
    $number = static fn (string $name, int $least, int $own): int => is_int($set[$name] ?? NULL) ? max($least, $set[$name]) : $own;
    return new self(
      $this->name,
      $this->signal,
      $number('capacity', 0, $this->capacity),
      $number('leak_seconds', 1, $this->leakSeconds),
      $this->remediation,
      $number('seconds', 60, $this->seconds),
      $this->did,
    );
  }

  /**
   * Returns the scenarios of the module.
   *
   * Their names are those that the CrowdSec module has, where it has them.
   *
   * @return list<self>
   *   In no order.
   */
  public static function all(): array {
    return [
      new self('drupal/auth-bruteforce', 'login.failed', 5, 60, 'ban', 14400, 'failed to sign in'),
      new self('drupal/4xx-scan', 'page.missing', 20, 10, 'ban', 14400, 'asked for missing pages'),
      new self('parapet/drupal-reset-probing', 'password.reset-unknown', 5, 300, 'ban', 14400, 'asked for passwords of accounts that are not there'),
      new self('parapet/drupal-form-bots', 'form.rejected', 5, 300, 'ban', 14400, 'sent forms as programs do'),
      new self('parapet/drupal-broken-posts', 'post.broken', 10, 30, 'ban', 14400, 'sent forms that cannot be ours'),
      new self('parapet/drupal-denied', 'access.denied', 30, 10, 'captcha', 3600, 'asked for pages that need a permission'),
    ];
  }

}

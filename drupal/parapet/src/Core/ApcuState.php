<?php

declare(strict_types=1);

namespace Drupal\parapet\Core;

/**
 * State in APCu, which all processes of a pool share.
 */
final class ApcuState implements StateInterface {

  public function __construct(private readonly string $prefix) {}

  /**
   * Whether APCu can be used.
   */
  public static function isAvailable(): bool {
    return function_exists('apcu_enabled') && apcu_enabled();
  }

  /**
   * {@inheritdoc}
   */
  public function get(string $name, int $now): ?string {
    $value = apcu_fetch("parapet.$this->prefix.$name");
    return is_string($value) ? $value : NULL;
  }

  /**
   * {@inheritdoc}
   */
  public function set(string $name, string $value, int $seconds, int $now): void {
    apcu_store("parapet.$this->prefix.$name", $value, $seconds);
  }

  /**
   * {@inheritdoc}
   */
  public function add(string $name, string $value, int $seconds, int $now): bool {
    return apcu_add("parapet.$this->prefix.$name", $value, $seconds) === TRUE;
  }

}

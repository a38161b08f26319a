<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Signals;

/**
 * Names, e-mail addresses and sessions as the engine may know them.
 *
 * Which account it is, only the site can tell.
 */
final class KeyedHash {

  public function __construct(private readonly string $key) {}

  /**
   * Returns 32 hex digits, the same for the same name.
   */
  public function of(string $name): string {
    return substr(hash_hmac('sha256', mb_strtolower(trim($name), 'UTF-8'), $this->key), 0, 32);
  }

}

<?php

declare(strict_types=1);

namespace Drupal\advban;

use Drupal\Core\Database\Connection;
use Drupal\Core\Database\StatementInterface;

/**
 * Keeps bans: of a range the first and the last address, in decimal.
 */
final class AdvbanIpManager {

  public function __construct(private readonly Connection $database) {}

  /**
   * Bans an address or a range; for ever, or until a time in seconds.
   */
  public function banIp(string $ip, string $ip_end = '', int $expiry_date = 0): void {
    $fields = $ip_end === '' ? ['ip' => $ip] : ['ip' => sprintf('%u', ip2long($ip)), 'ip_end' => sprintf('%u', ip2long($ip_end))];
    $this->database->insert('advban_ip')->fields($fields + ['expiry_date' => $expiry_date])->execute();
  }

  /**
   * Returns all rows.
   */
  public function findAll(): ?StatementInterface {
    return $this->database->query('SELECT * FROM {advban_ip}');
  }

}

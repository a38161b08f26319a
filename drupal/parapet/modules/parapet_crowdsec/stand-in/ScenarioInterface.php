<?php

declare(strict_types=1);

namespace Drupal\crowdsec;

/**
 * What modules call when they have seen an attacker.
 */
interface ScenarioInterface {

  /**
   * Returns what it is about.
   */
  public function label(): string;

  /**
   * Tells of an address.
   *
   * @param string $ip
   *   The address.
   * @param int $status
   *   How the request was answered.
   * @param string|null $targetUser
   *   The account that it was about.
   */
  public function addSignal(string $ip, int $status, ?string $targetUser = NULL): void;

}

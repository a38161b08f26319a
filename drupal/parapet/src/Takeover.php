<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Perimeter\PatternSet;

/**
 * Takes over what other modules were set to, once, when this one is installed.
 */
final class Takeover {

  /**
   * The CrowdSec module's own ways to find somebody, by its name for each.
   */
  private const CROWDSEC = ['flood' => 'drupal/auth-bruteforce', 'whisper' => 'drupal/4xx-scan', 'core-ban' => 'drupal/core-ban'];
  private const LEAST = ['capacity' => 0, 'leak_seconds' => 1, 'seconds' => 60];
  private const MOST = ['capacity' => 100000, 'leak_seconds' => 86400, 'seconds' => 315360000];

  public function __construct(private readonly ConfigFactoryInterface $config) {}

  /**
   * Patterns, allowlist, threshold and window of the Perimeter module.
   */
  public function perimeter(): void {
    $perimeter = $this->config->get('perimeter.settings');
    if ($perimeter->isNew()) {
      return;
    }
    $settings = $this->config->getEditable('parapet.settings');
    $patterns = new PatternSet(array_filter((array) $perimeter->get('not_found_exception_patterns'), 'is_string'));
    if ($patterns->patterns() !== []) {
      $settings->set('perimeter.patterns', $patterns->patterns());
    }
    foreach ($patterns->problems() as $problem) {
      \Drupal::logger('parapet')->warning('A pattern of Perimeter was not taken over: @problem', ['@problem' => $problem]);
    }
    $allowlist = array_map('trim', array_filter((array) $perimeter->get('whitelisted_ips'), 'is_string'));
    $settings
      ->set('allowlist', array_values(array_filter($allowlist, static fn (string $ip): bool => Cidr::parse($ip) !== NULL)))
      ->set('perimeter.flood_threshold', min(1000, max(0, (int) $perimeter->get('flood_threshold'))))
      ->set('perimeter.flood_window', max(1, (int) ($perimeter->get('flood_window') ?? 3600)))
      ->save();
  }

  /**
   * Whether, how often and for how long the CrowdSec module bans.
   *
   * Its subscriptions are an engine's: they come with its decisions.
   */
  public function crowdSec(): void {
    $plugins = $this->config->get('crowdsec.settings')->get('plugins');
    $scenarios = [];
    foreach (is_array($plugins) ? $plugins : [] as $id => $kept) {
      $name = self::CROWDSEC[$id] ?? $this->crowdSecName((string) $id);
      if ($name !== '' && is_array($kept)) {
        $scenarios[] = ['name' => $name, 'enabled' => (bool) ($kept['enable'] ?? TRUE)]
          + $this->numbers(['capacity' => $kept['bucket_capacity'] ?? NULL, 'leak_seconds' => $kept['leak_speed'] ?? NULL, 'seconds' => $kept['ban_duration'] ?? NULL]);
      }
    }
    if ($scenarios !== []) {
      $this->config->getEditable('parapet.settings')->set('scenarios', $scenarios)->save();
    }
  }

  /**
   * Returns the scenario of a plugin of another module; empty when unknown.
   */
  private function crowdSecName(string $id): string {
    $manager = \Drupal::hasService('plugin.manager.crowdsec_scenario') ? \Drupal::service('plugin.manager.crowdsec_scenario') : NULL;
    $definition = is_object($manager) && method_exists($manager, 'getDefinition') ? $manager->getDefinition($id, FALSE) : NULL;
    $name = is_array($definition) ? $definition['scenario'] ?? '' : '';
    return is_string($name) ? $name : '';
  }

  /**
   * Returns the numbers that are there, within what the settings allow.
   *
   * @param array<string, mixed> $kept
   *   By the setting's name.
   *
   * @return array<string, int>
   *   The same, without those that were none.
   */
  private function numbers(array $kept): array {
    $numbers = [];
    foreach ($kept as $name => $number) {
      if (is_numeric($number)) {
        $numbers[$name] = min(self::MOST[$name], max(self::LEAST[$name], (int) $number));
      }
    }
    return $numbers;
  }

}

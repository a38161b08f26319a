<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec\Hook;

use Drupal\Component\Plugin\Discovery\DiscoveryInterface;
use Drupal\Core\Hook\Attribute\Hook;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet_crowdsec\Relay;
use Drupal\parapet_crowdsec\ReportedScenario;

/**
 * Makes a scenario of Parapet of each one for the CrowdSec module.
 */
final class CrowdSecHooks {

  public function __construct(private readonly DiscoveryInterface $scenarios) {}

  /**
   * Implements hook_parapet_scenario_info_alter().
   *
   * A scenario that is buffered counts as that module would; one that is not
   * comes from somebody who has judged already, or who reports each failed
   * login: a few are let pass until the owner says otherwise.
   *
   * @param array<string, array<string, mixed>> $definitions
   *   By id.
   */
  #[Hook('parapet_scenario_info_alter')]
  public function scenarioInfoAlter(array &$definitions): void {
    $own = array_map(static fn (Scenario $scenario): string => $scenario->name, Scenario::all());
    foreach ($this->scenarios->getDefinitions() as $id => $definition) {
      $definition = (array) $definition;
      $scenario = $definition['scenario'] ?? '';
      // Parapet finds out by itself what its own scenarios are about.
      if (!is_string($scenario) || $scenario === '' || in_array($scenario, $own, TRUE)) {
        continue;
      }
      $isBuffered = ($definition['buffer'] ?? FALSE) === TRUE;
      $definitions["crowdsec:$id"] = [
        'id' => "crowdsec:$id",
        'class' => ReportedScenario::class,
        'provider' => 'parapet_crowdsec',
        'label' => $definition['label'] ?? $scenario,
        'signal' => Relay::SIGNAL,
        'scenario' => $scenario,
        'capacity' => $isBuffered ? 10 : 5,
        'leak' => $isBuffered ? 10 : 60,
        'remediation' => 'ban',
        'duration' => 3600,
      ];
    }
  }

}

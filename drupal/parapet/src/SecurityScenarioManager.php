<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Cache\CacheBackendInterface;
use Drupal\Core\Extension\ModuleHandlerInterface;
use Drupal\Core\Plugin\DefaultPluginManager;
use Drupal\parapet\Attribute\SecurityScenario;

/**
 * Finds the scenarios of other modules.
 */
final class SecurityScenarioManager extends DefaultPluginManager {

  /**
   * Looks below src/Plugin/SecurityScenario of each module.
   *
   * @param \Traversable<string, string> $namespaces
   *   Where modules have their classes.
   * @param \Drupal\Core\Cache\CacheBackendInterface $cache
   *   Keeps what was found.
   * @param \Drupal\Core\Extension\ModuleHandlerInterface $modules
   *   Lets modules change it: hook_parapet_scenario_info_alter().
   */
  public function __construct(\Traversable $namespaces, CacheBackendInterface $cache, ModuleHandlerInterface $modules) {
    parent::__construct('Plugin/SecurityScenario', $namespaces, $modules, SecurityScenarioInterface::class, SecurityScenario::class);
    $this->alterInfo('parapet_scenario_info');
    $this->setCacheBackend($cache, 'parapet_scenarios');
  }

  /**
   * Returns all of them.
   *
   * @return array<string, \Drupal\parapet\SecurityScenarioInterface>
   *   By id.
   */
  public function all(): array {
    $all = [];
    foreach (array_keys($this->getDefinitions()) as $id) {
      $plugin = $this->createInstance((string) $id);
      if ($plugin instanceof SecurityScenarioInterface) {
        $all[(string) $id] = $plugin;
      }
    }
    return $all;
  }

}

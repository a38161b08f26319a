<?php

declare(strict_types=1);

namespace Drupal\crowdsec;

use Drupal\Component\Plugin\FallbackPluginManagerInterface;
use Drupal\Core\Cache\CacheBackendInterface;
use Drupal\Core\Extension\ModuleHandlerInterface;
use Drupal\Core\Plugin\DefaultPluginManager;
use Drupal\crowdsec\Attribute\Scenario;

/**
 * Finds the scenarios that modules bring along for the CrowdSec module.
 */
final class ScenarioPluginManager extends DefaultPluginManager implements FallbackPluginManagerInterface {

  /**
   * Looks where that module looks.
   *
   * @param \Traversable<string, string> $namespaces
   *   Where modules have their classes.
   * @param \Drupal\Core\Cache\CacheBackendInterface $cache
   *   Keeps what was found.
   * @param \Drupal\Core\Extension\ModuleHandlerInterface $modules
   *   Lets modules change it.
   */
  public function __construct(\Traversable $namespaces, CacheBackendInterface $cache, ModuleHandlerInterface $modules) {
    parent::__construct('Plugin/CrowdsecScenario', $namespaces, $modules, ScenarioInterface::class, Scenario::class);
    $this->alterInfo('crowdsec_scenario_info');
    $this->setCacheBackend($cache, 'parapet_crowdsec_scenarios');
  }

  /**
   * Returns the scenario with this id.
   */
  public static function getPlugin(string $id): ScenarioInterface {
    $plugin = \Drupal::service('plugin.manager.crowdsec_scenario')->createInstance($id);
    if (!$plugin instanceof ScenarioInterface) {
      throw new \LogicException("$id is no scenario");
    }
    return $plugin;
  }

  /**
   * {@inheritdoc}
   */
  public function getFallbackPluginId($plugin_id, array $configuration = []): string {
    return 'whisper';
  }

}

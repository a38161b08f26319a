<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec;

use Drupal\Core\DependencyInjection\ContainerBuilder;
use Drupal\Core\DependencyInjection\ServiceProviderBase;
use Symfony\Component\DependencyInjection\Reference;

/**
 * Stands in for the CrowdSec module where it is not installed.
 *
 * Modules ask whether that module exists and then use four of its classes
 * (folder stand-in). Where it is installed, they use the real ones and nothing
 * is done here.
 */
final class ParapetCrowdsecServiceProvider extends ServiceProviderBase {

  private const MANAGER = 'Drupal\crowdsec\ScenarioPluginManager';

  /**
   * {@inheritdoc}
   */
  public function register(ContainerBuilder $container): void {
    $modules = (array) $container->getParameter('container.modules');
    $file = $modules['parapet_crowdsec']['pathname'] ?? '';
    if (isset($modules['crowdsec']) || !is_string($file) || $file === '') {
      return;
    }
    $namespaces = (array) $container->getParameter('container.namespaces');
    $namespaces['Drupal\crowdsec'] = dirname($file) . '/stand-in';
    $container->setParameter('container.namespaces', $namespaces);
    $container->register('plugin.manager.crowdsec_scenario', self::MANAGER)->setPublic(TRUE)->setArguments([
      new Reference('container.namespaces'),
      new Reference('cache.discovery'),
      new Reference('module_handler'),
    ]);
  }

  /**
   * {@inheritdoc}
   */
  public function alter(ContainerBuilder $container): void {
    if ($container->hasDefinition('plugin.manager.crowdsec_scenario') && $container->getDefinition('plugin.manager.crowdsec_scenario')->getClass() === self::MANAGER && !isset(((array) $container->getParameter('container.modules'))['crowdsec'])) {
      $container->getDefinition('module_handler')->setClass(StandInModuleHandler::class);
    }
  }

}

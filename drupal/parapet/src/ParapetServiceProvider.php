<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\DependencyInjection\ContainerBuilder;
use Drupal\Core\DependencyInjection\ServiceModifierInterface;

/**
 * Takes out of the container what belongs to modules that are not there.
 *
 * A page from the cache reads the whole container, and unpacks the list of all
 * who listen to events.
 */
final class ParapetServiceProvider implements ServiceModifierInterface {

  private const NEEDED = ['parapet.commerce_subscriber' => 'commerce_order', 'parapet.file_subscriber' => 'file'];

  /**
   * {@inheritdoc}
   */
  public function alter(ContainerBuilder $container): void {
    $modules = (array) $container->getParameter('container.modules');
    foreach (self::NEEDED as $service => $module) {
      if (!isset($modules[$module])) {
        $container->removeDefinition($service);
      }
    }
  }

}

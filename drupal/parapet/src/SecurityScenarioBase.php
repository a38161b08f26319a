<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Component\Plugin\PluginBase;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Core\Signals\Signal;

/**
 * A scenario that is what its attribute says; most need no more.
 */
abstract class SecurityScenarioBase extends PluginBase implements SecurityScenarioInterface {

  private const REMEDIATIONS = ['ban', 'captcha', 'throttle', 'tarpit', 'step-up'];

  /**
   * {@inheritdoc}
   */
  public function scenario(): Scenario {
    $kept = (array) $this->pluginDefinition;
    $text = static fn (string $name): string => is_scalar($kept[$name] ?? NULL) || ($kept[$name] ?? NULL) instanceof \Stringable ? (string) $kept[$name] : '';
    $number = static fn (string $name, int $least): int => is_int($kept[$name] ?? NULL) ? max($least, $kept[$name]) : $least;
    return new Scenario(
      $text('scenario') !== '' ? $text('scenario') : $this->getPluginId(),
      $text('signal'),
      $number('capacity', 0),
      $number('leak', 1),
      in_array($text('remediation'), self::REMEDIATIONS, TRUE) ? $text('remediation') : 'captcha',
      $number('duration', 60),
      $text('label'),
    );
  }

  /**
   * {@inheritdoc}
   */
  public function isAbout(Signal $signal): bool {
    return $signal->type === ((array) $this->pluginDefinition)['signal'];
  }

}

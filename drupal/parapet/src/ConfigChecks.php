<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Symfony\Component\Validator\Context\ExecutionContextInterface;

/**
 * What the schema of the settings asks of values, as the forms do.
 */
final class ConfigChecks {

  /**
   * Refuses a pattern that PHP would refuse, or that could stall the site.
   */
  public static function pattern(mixed $value, ExecutionContextInterface $context): void {
    foreach ((new PatternSet([is_string($value) ? $value : '']))->problems() as $problem) {
      $context->addViolation($problem);
    }
  }

  /**
   * Refuses what is neither an address nor a range.
   */
  public static function range(mixed $value, ExecutionContextInterface $context): void {
    if (!is_string($value) || Cidr::parse($value) === NULL) {
      $context->addViolation('This is neither an address nor a range.');
    }
  }

  /**
   * Refuses what no request can be sent to; nothing at all is fine.
   */
  public static function engine(mixed $value, ExecutionContextInterface $context): void {
    if (!is_string($value) || $value === '') {
      return;
    }
    try {
      new HttpClient($value, 1.0, 1.0);
    }
    catch (HttpException $problem) {
      $context->addViolation($problem->getMessage() . '.');
    }
  }

}

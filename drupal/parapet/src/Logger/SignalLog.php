<?php

declare(strict_types=1);

namespace Drupal\parapet\Logger;

use Drupal\Core\Logger\RfcLoggerTrait;
use Drupal\Core\Logger\RfcLogLevel;
use Psr\Log\LoggerInterface;

/**
 * Tells of what modules log: the template of a message, without its values.
 *
 * Commerce tells of cards that were refused nowhere but here.
 */
final class SignalLog implements LoggerInterface {

  use RfcLoggerTrait;

  /**
   * What signals of their own tell better, and what this module says itself.
   */
  private const TOLD = ['page not found', 'access denied', 'parapet'];
  private const PAYMENTS = 'commerce_payment';

  private bool $isBusy = FALSE;

  /**
   * {@inheritdoc}
   *
   * @param mixed $level
   *   A level of RFC 5424.
   * @param string|\Stringable $message
   *   The template.
   * @param array<string, mixed> $context
   *   What belongs to it.
   */
  public function log($level, string|\Stringable $message, array $context = []): void {
    $channel = is_string($context['channel'] ?? NULL) ? $context['channel'] : '';
    // Not injected: what records signals has a log itself.
    if ($this->isBusy || in_array($channel, self::TOLD, TRUE) || !\Drupal::hasService('parapet.signals')) {
      return;
    }
    $this->isBusy = TRUE;
    try {
      $signals = \Drupal::service('parapet.signals');
      if (!$signals->isHeard()) {
        return;
      }
      $severity = is_int($level) ? $level : RfcLogLevel::NOTICE;
      $signal = $channel === self::PAYMENTS && $severity <= RfcLogLevel::WARNING
        ? $signals->signal($severity === RfcLogLevel::WARNING ? 'payment.declined' : 'payment.failed')
        : $signals->signal('log.entry');
      $exception = $context['exception'] ?? NULL;
      $signals->record($signal
        ->with('channel', $channel)
        ->with('severity', $severity)
        ->with('template', (string) $message)
        ->with('reason', $exception instanceof \Throwable ? $exception::class : NULL));
    }
    catch (\Throwable) {
      // A log must never be what fails; and there may be no database yet.
    }
    finally {
      $this->isBusy = FALSE;
    }
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\parapet\Core\Signals\Signal;

/**
 * Takes facts that other modules know.
 *
 * @code
 * \Drupal::service('parapet.signals')->record(
 *   $recorder->signal('payment.declined')->with('gateway', 'stripe')
 * );
 * @endcode
 */
interface SignalRecorderInterface {

  /**
   * Returns a signal about the visitor of the current request.
   *
   * @param string $type
   *   Two to four lower-case words with dots between them.
   *
   * @throws \InvalidArgumentException
   *   When the type is none.
   */
  public function signal(string $type): Signal;

  /**
   * Records a signal; it is sent after the response.
   */
  public function record(Signal $signal): void;

}

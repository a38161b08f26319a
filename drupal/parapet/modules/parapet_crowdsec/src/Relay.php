<?php

declare(strict_types=1);

namespace Drupal\parapet_crowdsec;

use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Symfony\Component\HttpFoundation\RequestStack;

/**
 * Makes a signal of what a module tells the CrowdSec module.
 */
final class Relay {

  public const SIGNAL = 'scenario.reported';

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly AccountInterface $account,
    private readonly RequestStack $requests,
  ) {}

  /**
   * Tells of an address.
   *
   * @param string $ip
   *   The address; what is none is not told.
   * @param string $scenario
   *   Its name at CrowdSec.
   * @param int|null $status
   *   How the request was answered.
   * @param string $name
   *   The account that it was about; empty without one.
   */
  public function tell(string $ip, string $scenario, ?int $status = NULL, string $name = ''): void {
    $packed = Ip::pack($ip);
    if ($packed === NULL) {
      return;
    }
    $request = $this->requests->getCurrentRequest();
    $isTheirs = $request !== NULL && Ip::pack((string) $request->getClientIp()) === $packed;
    $signal = $isTheirs ? $this->signals->signal(self::SIGNAL) : Signal::of(self::SIGNAL, Ip::text($packed))->site((string) $request?->getHost());
    $signal->with('scenario', $scenario)
      ->with('status', $status)
      ->with('trusted', $isTheirs && $this->account->hasPermission('bypass parapet') ? TRUE : NULL);
    if ($name !== '') {
      $signal->user($this->site->names()->of($name));
    }
    $this->signals->record($signal);
  }

}

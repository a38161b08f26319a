<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Extension\ModuleHandlerInterface;
use Drupal\parapet\Core\Signals\Sender;
use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet\Event\SignalEvent;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Contracts\EventDispatcher\EventDispatcherInterface;

/**
 * Collects signals during a request and sends them after the response.
 */
final class Signals implements SignalRecorderInterface {

  /**
   * One request tells no more: an import that saves thousands is no attack.
   */
  private const MOST = 100;

  /**
   * What is to be sent.
   *
   * @var list<Signal>
   */
  private array $waiting = [];

  private bool $isRegistered = FALSE;

  public function __construct(
    private readonly Site $site,
    private readonly ConfigFactoryInterface $config,
    private readonly EventDispatcherInterface $events,
    private readonly Scenarios $scenarios,
    private readonly RequestStack $requests,
    private readonly ModuleHandlerInterface $modules,
  ) {}

  /**
   * {@inheritdoc}
   */
  public function signal(string $type): Signal {
    $request = $this->requests->getCurrentRequest();
    $isVisitor = $request !== NULL && PHP_SAPI !== 'cli';
    $signal = Signal::of($type, $isVisitor ? (string) $request->getClientIp() : '');
    if ($request !== NULL) {
      $signal->site($request->getHost());
    }
    if ($isVisitor) {
      $signal->with('path', $request->getRequestUri())
        ->with('method', $request->getMethod())
        ->with('user_agent', (string) $request->headers->get('User-Agent'));
      if ($request->hasSession() && $request->getSession()->isStarted()) {
        $signal->session($this->site->names()->of($request->getSession()->getId()));
      }
    }
    return $signal;
  }

  /**
   * {@inheritdoc}
   */
  public function record(Signal $signal): void {
    $this->modules->alter('parapet_signal', $signal);
    $event = new SignalEvent($signal);
    $this->events->dispatch($event, SignalEvent::RECORD);
    if ($event->isPropagationStopped() || count($this->waiting) >= self::MOST) {
      return;
    }
    $this->waiting[] = $signal;
    if (!$this->isRegistered) {
      // Not only kernel.terminate: a page from the cache has none.
      $this->isRegistered = TRUE;
      drupal_register_shutdown_function([$this, 'flush']);
    }
  }

  /**
   * Sends what was collected; the response is out by then.
   */
  public function flush(): void {
    $signals = $this->waiting;
    $this->waiting = [];
    // What ends after this tells anew.
    $this->isRegistered = FALSE;
    $config = $this->config->get('parapet.settings');
    // Without settings the module is just being uninstalled.
    if ($signals === [] || $config->isNew()) {
      return;
    }
    $this->scenarios->pour($signals);
    if ($this->isHeard()) {
      (new Sender((string) $config->get('engine.signals_address'), $this->site->spool()))->send($signals);
    }
  }

  /**
   * Whether there is an engine that takes signals.
   */
  public function isHeard(): bool {
    $config = $this->config->get('parapet.settings');
    return !$config->isNew() && ($config->get('mode') !== 'standalone'
      || $config->get('engine.signals_address') !== ''
      || $config->get('engine.api_url') !== '');
  }

}

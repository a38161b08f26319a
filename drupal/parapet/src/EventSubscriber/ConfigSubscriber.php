<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\Core\Config\ConfigCrudEvent;
use Drupal\Core\Config\ConfigEvents;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Decisions;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;

/**
 * Writes the guard's settings anew, and tells of changes that matter.
 */
final class ConfigSubscriber implements EventSubscriberInterface {

  private const WATCHED = '/^(?:core\.extension|user\.role\..+|user\.settings|system\.(?:site|file|performance)|filter\.format\..+|parapet\.settings)$/';

  public function __construct(
    private readonly Site $site,
    private readonly Decisions $decisions,
    private readonly SignalRecorderInterface $signals,
    private readonly AccountInterface $account,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    return [ConfigEvents::SAVE => 'onSave', ConfigEvents::DELETE => 'onDelete'];
  }

  /**
   * A configuration was saved.
   */
  public function onSave(ConfigCrudEvent $event): void {
    $name = $event->getConfig()->getName();
    if ($name === 'parapet.settings') {
      $this->decisions->publish();
    }
    elseif ($name === 'system.site') {
      $this->site->writeGuard();
    }
    $this->tell($name);
    if (str_starts_with($name, 'user.role.')) {
      $before = (array) $event->getConfig()->getOriginal('permissions');
      $added = array_diff(array_filter((array) $event->getConfig()->get('permissions'), 'is_string'), $before);
      if ($added !== []) {
        $this->signals->record($this->signals->signal('permission.changed')
          ->with('roles', [substr($name, 10)])
          ->with('permissions', array_values($added))
          ->user($this->actor()));
      }
    }
  }

  /**
   * A configuration was deleted.
   */
  public function onDelete(ConfigCrudEvent $event): void {
    $this->tell($event->getConfig()->getName());
  }

  /**
   * Tells of a change that an intruder would make.
   */
  private function tell(string $name): void {
    if (preg_match(self::WATCHED, $name) === 1) {
      $this->signals->record($this->signals->signal('config.changed')->with('name', $name)->user($this->actor()));
    }
  }

  /**
   * Returns who does it, as a hash; empty for nobody.
   */
  private function actor(): string {
    return $this->account->isAuthenticated() ? $this->site->names()->of($this->account->getAccountName()) : '';
  }

}

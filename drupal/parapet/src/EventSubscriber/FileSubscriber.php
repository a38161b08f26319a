<?php

declare(strict_types=1);

namespace Drupal\parapet\EventSubscriber;

use Drupal\file\Validation\FileValidationEvent;
use Drupal\parapet\SignalRecorderInterface;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;

/**
 * Tells of files that the site did not take.
 */
final class FileSubscriber implements EventSubscriberInterface {

  /**
   * Behind everybody who may refuse one.
   */
  private const LAST = -1000;

  public function __construct(private readonly SignalRecorderInterface $signals) {}

  /**
   * {@inheritdoc}
   */
  public static function getSubscribedEvents(): array {
    // The File module may not be installed; then nobody sends this.
    return [FileValidationEvent::class => ['onValidation', self::LAST]];
  }

  /**
   * A file was looked at.
   */
  public function onValidation(FileValidationEvent $event): void {
    if (count($event->violations) === 0) {
      return;
    }
    $constraint = $event->violations[0]?->getConstraint();
    $this->signals->record($this->signals->signal('file.rejected')
      ->with('extension', strtolower(pathinfo((string) $event->file->getFilename(), PATHINFO_EXTENSION)))
      ->with('mime', (string) $event->file->getMimeType())
      ->with('bytes', (int) $event->file->getSize())
      ->with('reason', $constraint === NULL ? NULL : (new \ReflectionClass($constraint))->getShortName()));
  }

}

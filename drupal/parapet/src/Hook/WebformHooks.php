<?php

declare(strict_types=1);

namespace Drupal\parapet\Hook;

use Drupal\Core\Hook\Attribute\Hook;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\webform\WebformSubmissionInterface;

/**
 * Tells the texts that are sent with Webform, where it is there.
 */
final class WebformHooks {

  /**
   * Elements in which people write texts; a line may be their name.
   */
  private const TEXTS = ['textarea', 'text_format'];
  /**
   * Lines that are part of a text.
   */
  private const LINES = ['subject', 'title'];

  public function __construct(private readonly SignalRecorderInterface $signals) {}

  /**
   * Implements hook_ENTITY_TYPE_insert() for submissions.
   */
  #[Hook('webform_submission_insert')]
  public function submissionInsert(WebformSubmissionInterface $submission): void {
    if ($submission->isDraft()) {
      return;
    }
    $data = $submission->getData();
    $texts = [];
    foreach ($submission->getWebform()->getElementsInitializedFlattenedAndHasValue() as $name => $element) {
      if (in_array($element['#type'] ?? '', self::TEXTS, TRUE) || in_array($name, self::LINES, TRUE)) {
        // A field with several values, or with a format, holds a list.
        $values = [$data[$name] ?? ''];
        array_walk_recursive($values, static function (mixed $value, int|string $key) use (&$texts): void {
          $texts[] = is_string($value) && $key !== 'format' ? $value : '';
        });
      }
    }
    $text = trim(implode("\n", $texts));
    if ($text !== '') {
      $this->signals->record($this->signals->signal('text.submitted')
        ->with('form', 'webform_' . $submission->getWebform()->id())
        ->with('text', $text)
        ->with('language', $submission->language()->getId()));
    }
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\StringTranslation\StringTranslationTrait;
use Drupal\Core\StringTranslation\TranslatableMarkup;

/**
 * What is done and why, in words for the people of the site.
 */
final class Words {

  use StringTranslationTrait;

  /**
   * Returns what a remediation, or the cause of a stopped request, comes to.
   */
  public function remediation(string $name): TranslatableMarkup|string {
    return match ($name) {
      'ban' => $this->t('Blocked'),
      'captcha' => $this->t('Has to pass the check'),
      'throttle', 'tarpit', 'slowed' => $this->t('Slowed down'),
      'step-up' => $this->t('Confirms by a mailed code'),
      default => $name,
    };
  }

  /**
   * Returns a class of reasons, as \Drupal\parapet\Core\Pages\Reason has them.
   */
  public function reason(string $class): TranslatableMarkup {
    return match ($class) {
      'sign-in' => $this->t('Failed to sign in'),
      'probing' => $this->t('Searched for weak spots'),
      'attack' => $this->t('Attacked the site'),
      'spam' => $this->t('Sent spam'),
      'flood' => $this->t('Too many requests'),
      'crawling' => $this->t('Read very many pages'),
      'list' => $this->t('On a list of attackers'),
      'operator' => $this->t('Decided by a person'),
      default => $this->t('Other reasons'),
    };
  }

}

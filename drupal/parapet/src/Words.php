<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\StringTranslation\StringTranslationTrait;
use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\parapet\Core\Flood\Scenario;

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
      Stops::OBSERVED => $this->t('Let through, as nobody is stopped'),
      default => $name,
    };
  }

  /**
   * Returns what a scenario is about.
   */
  public function scenario(Scenario $scenario): TranslatableMarkup|string {
    return match ($scenario->name) {
      'drupal/auth-bruteforce' => $this->t('Fails to sign in'),
      'drupal/4xx-scan' => $this->t('Asks for missing pages'),
      'parapet/drupal-reset-probing' => $this->t('Asks for passwords of accounts that are not there'),
      'parapet/drupal-form-bots' => $this->t('Sends forms as programs do'),
      'parapet/drupal-broken-posts' => $this->t('Sends forms that cannot be of this site'),
      'parapet/drupal-denied' => $this->t('Asks for pages that need a permission'),
      default => $scenario->did,
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

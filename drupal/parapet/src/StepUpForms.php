<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Form\FormStateInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\Core\StringTranslation\StringTranslationTrait;
use Drupal\parapet\Core\StepUp\OneTimeCode;
use Drupal\user\Entity\User;
use Symfony\Component\HttpFoundation\RequestStack;

/**
 * Where a mailed code is asked for: logins, registrations, comments, checkout.
 *
 * A login goes on at a page of its own, since a password cannot be kept in a
 * form. Other forms ask for the code themselves, so that nothing that was
 * written is lost. Forms from the page cache know nothing of it: what is needed
 * is seen when they are sent.
 */
final class StepUpForms {

  use StringTranslationTrait;

  public const FIELD = 'parapet_code';
  private const ASKED = '/^(?:user_register_form|comment_(?!admin|type|\w*delete)\w+_form|commerce_checkout_flow_\w+)$/D';
  /**
   * Where forms have the address of somebody without an account.
   */
  private const MAILS = [['mail'], ['author', 'mail'], ['contact_information', 'email']];

  public function __construct(
    private readonly StepUp $stepUp,
    private readonly AccountInterface $account,
    private readonly RequestStack $requests,
  ) {}

  /**
   * Adds to a form what asks for a code.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param string $formId
   *   Its id.
   */
  public function alter(array &$form, string $formId): void {
    $validate = is_array($form['#validate'] ?? NULL) ? $form['#validate'] : [];
    if ($formId === 'user_login_form') {
      $form['#validate'] = [...$validate, [self::class, 'validateLogin']];
      return;
    }
    if (preg_match(self::ASKED, $formId) !== 1 || $this->requests->getCurrentRequest()?->getMethod() !== 'POST' || !$this->stepUp->isNeeded()) {
      return;
    }
    $form[self::FIELD] = self::field((string) $this->t('Code from the e-mail')) + [
      '#description' => $this->t('Leave it empty to get a new one.'),
      '#weight' => 99,
    ];
    $form['#validate'] = [...$validate, [self::class, 'validateCode']];
  }

  /**
   * Returns the field in which a code is typed.
   *
   * @param string $title
   *   Its name.
   *
   * @return array<string, mixed>
   *   A form element.
   */
  public static function field(string $title): array {
    return [
      '#type' => 'textfield',
      '#title' => $title,
      '#size' => 12,
      '#maxlength' => 20,
      // Phones offer what has just come in; a code is no number to count with.
      '#attributes' => ['autocomplete' => 'one-time-code', 'inputmode' => 'numeric', 'spellcheck' => 'false'],
    ];
  }

  /**
   * Sends whoever signs in to the page that asks for the code.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function validateLogin(array &$form, FormStateInterface $formState): void {
    \Drupal::service('parapet.step_up_forms')->holdLogin($formState);
  }

  /**
   * Asks for the code of another form.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function validateCode(array &$form, FormStateInterface $formState): void {
    \Drupal::service('parapet.step_up_forms')->checkCode($formState);
  }

  /**
   * Leads on to the page; the login waits in the session.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function leadOn(array &$form, FormStateInterface $formState): void {
    // Core would follow a destination first.
    $formState->setIgnoreDestination();
    $formState->setRedirect('parapet.step_up');
  }

  /**
   * Keeps a login whose password was right until the code is there.
   */
  public function holdLogin(FormStateInterface $formState): void {
    $account = User::load((int) $formState->get('uid'));
    if ($formState->hasAnyErrors() || $account === NULL || !$this->stepUp->isNeeded() || $this->stepUp->isElsewhere($account)) {
      return;
    }
    switch ($this->stepUp->send((string) $account->getEmail(), $account)) {
      case StepUp::SENT:
        $request = $this->requests->getCurrentRequest();
        $destination = $request?->request->get('destination') ?? $request?->query->get('destination');
        $this->stepUp->hold((int) $account->id(), is_string($destination) ? $destination : '');
        $formState->setSubmitHandlers([[self::class, 'leadOn']]);
        break;

      case StepUp::LIMITED:
        $formState->setErrorByName('name', (string) $this->tooMany());
        break;
    }
  }

  /**
   * Takes the code of a form, or sends one.
   */
  public function checkCode(FormStateInterface $formState): void {
    $button = $formState->getTriggeringElement();
    $isPreview = in_array('preview', (array) ($button['#parents'] ?? []), TRUE);
    if ($formState->hasAnyErrors() || $isPreview || isset($button['#limit_validation_errors']) && $button['#limit_validation_errors'] !== FALSE) {
      return;
    }
    $rawCode = $formState->getValue(self::FIELD);
    if (is_string($rawCode) && trim($rawCode) !== '' && $this->stepUp->awaitedFrom() !== '') {
      if (!$this->stepUp->check($rawCode)) {
        $formState->setErrorByName(self::FIELD, (string) $this->wrong());
      }
      return;
    }
    $account = $this->account->isAuthenticated() ? User::load($this->account->id()) : NULL;
    $mail = $account === NULL ? $this->mailOf($formState) : (string) $account->getEmail();
    switch ($this->stepUp->send($mail, $account)) {
      case StepUp::SENT:
        $formState->setErrorByName(self::FIELD, (string) $this->t('Please confirm that it is you. A code was sent to @mail: enter it here and send the form again. Nothing that you wrote is lost.', [
          '@mail' => OneTimeCode::masked($mail),
        ]));
        break;

      case StepUp::LIMITED:
        $formState->setErrorByName(self::FIELD, (string) $this->tooMany());
        break;
    }
  }

  /**
   * Returns what is said to somebody who asks for codes again and again.
   */
  public function tooMany(): \Stringable {
    return $this->t('Too many codes were sent. Please wait a quarter of an hour and try again.');
  }

  /**
   * Returns what is said of a code that is none.
   */
  public function wrong(): \Stringable {
    return $this->t('This is not the code, or it is older than ten minutes. Look for the last e-mail, or ask for a new code.');
  }

  /**
   * Returns the address that somebody without an account has given.
   */
  private function mailOf(FormStateInterface $formState): string {
    foreach (self::MAILS as $place) {
      $mail = $formState->getValue($place);
      if (is_string($mail) && $mail !== '') {
        return $mail;
      }
    }
    return '';
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Hook;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Form\FormStateInterface;
use Drupal\Core\Hook\Attribute\Hook;
use Drupal\Core\Session\AccountInterface;
use Drupal\Core\StringTranslation\StringTranslationTrait;
use Drupal\parapet\PerimeterWatch;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drupal\parapet\StepUpForms;
use Symfony\Component\HttpFoundation\RequestStack;

/**
 * What forms tell: who signs in, and who is a program.
 */
final class FormHooks {

  use StringTranslationTrait;

  private const TRAP = 'parapet_homepage';
  private const RENDERED = 'parapet_rendered';

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly PerimeterWatch $perimeter,
    private readonly ConfigFactoryInterface $config,
    private readonly AccountInterface $account,
    private readonly RequestStack $requests,
    private readonly StepUpForms $stepUp,
  ) {}

  /**
   * Implements hook_form_alter().
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   * @param string $formId
   *   Its id.
   */
  #[Hook('form_alter')]
  public function formAlter(array &$form, FormStateInterface $formState, string $formId): void {
    $validate = is_array($form['#validate'] ?? NULL) ? $form['#validate'] : [];
    if ($formId === 'user_login_form' || $formId === 'user_login_block') {
      $form['#validate'] = [...$validate, [self::class, 'validateLogin']];
    }
    elseif ($formId === 'user_pass') {
      $form['#validate'] = [...$validate, [self::class, 'validateReset']];
    }
    $this->stepUp->alter($form, $formId);
    if (!$this->isGuarded($formId) || $this->account->hasPermission('bypass parapet')) {
      return;
    }
    $form[self::TRAP] = [
      '#type' => 'textfield',
      '#title' => $this->t('Leave this field empty'),
      '#attributes' => ['autocomplete' => 'off', 'tabindex' => '-1'],
      '#wrapper_attributes' => ['class' => ['visually-hidden'], 'aria-hidden' => 'true'],
      '#maxlength' => 200,
      '#weight' => 50,
      '#access' => (bool) $this->config->get('parapet.settings')->get('forms.honeypot'),
    ];
    $form[self::RENDERED] = [
      '#type' => 'hidden',
      '#default_value' => $this->stamp((int) (microtime(TRUE) * 1000)),
    ];
    $form['#validate'] = [...(is_array($form['#validate'] ?? NULL) ? $form['#validate'] : $validate), [self::class, 'validateTrap']];
  }

  /**
   * Tells of a login that failed.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function validateLogin(array &$form, FormStateInterface $formState): void {
    if ((bool) $formState->get('uid')) {
      return;
    }
    $name = $formState->getValue('name');
    \Drupal::service(self::class)->loginFailed(is_string($name) ? $name : '');
  }

  /**
   * Tells of a password that was asked for.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function validateReset(array &$form, FormStateInterface $formState): void {
    $name = $formState->getValue('name');
    \Drupal::service(self::class)->resetAsked(is_string($name) ? $name : '', is_object($formState->getValue('account')));
  }

  /**
   * Refuses what a program has filled in.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public static function validateTrap(array &$form, FormStateInterface $formState): void {
    \Drupal::service(self::class)->checkTrap($form, $formState);
  }

  /**
   * Somebody could not sign in, by whatever way.
   */
  public function loginFailed(string $name, string $route = 'user.login'): void {
    $account = $name === '' ? FALSE : user_load_by_name($name);
    $signal = $this->signals->signal('login.failed')
      ->with('account_exists', $account !== FALSE)
      ->with('account_blocked', $account !== FALSE && $account->isBlocked())
      ->with('route', $route);
    if ($account !== FALSE) {
      $signal->with('roles', $account->getRoles());
    }
    if ($name !== '') {
      $signal->user($this->site->names()->of($name));
    }
    $this->signals->record($signal);
  }

  /**
   * A password was asked for.
   */
  public function resetAsked(string $name, bool $isKnown): void {
    $signal = $this->signals->signal($isKnown ? 'password.reset' : 'password.reset-unknown')->with('route', 'user.pass');
    if ($name !== '') {
      $signal->user($this->site->names()->of($name));
    }
    $this->signals->record($signal);
  }

  /**
   * Looks at the hidden field and the time it took.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public function checkTrap(array &$form, FormStateInterface $formState): void {
    // Buttons of a form, such as those that add a file, are no sending of it.
    if ($formState->isRebuilding() || $formState->getTriggeringElement() !== NULL && ($formState->getTriggeringElement()['#submit'] ?? []) !== [] && isset($formState->getTriggeringElement()['#ajax'])) {
      return;
    }
    $formId = is_string($form['#form_id'] ?? NULL) ? $form['#form_id'] : '';
    $rawTrap = $formState->getValue(self::TRAP);
    $rawStamp = $formState->getUserInput()[self::RENDERED] ?? '';
    $rendered = is_string($rawStamp) ? $this->readStamp($rawStamp) : NULL;
    $took = $rendered === NULL ? NULL : (int) (microtime(TRUE) * 1000) - $rendered;
    $least = (int) $this->config->get('parapet.settings')->get('forms.least_seconds') * 1000;
    $reason = match (TRUE) {
      is_string($rawTrap) && $rawTrap !== '' => 'honeypot',
      $took === NULL => 'token',
      $took < $least => 'too-fast',
      default => NULL,
    };
    if ($reason === NULL) {
      if (!$formState->hasAnyErrors()) {
        $this->signals->record($this->signals->signal('form.submitted')->with('form', $formId)->with('fill_ms', $took));
        $this->tellText($formId, $formState);
      }
      return;
    }
    $this->signals->record($this->signals->signal('form.rejected')->with('form', $formId)->with('reason', $reason)->with('fill_ms', $took));
    $ip = $this->requests->getCurrentRequest()?->getClientIp();
    if ($reason === 'honeypot' && $ip !== NULL) {
      $this->perimeter->trapped($ip, $formId);
    }
    if ($reason === 'token') {
      // Who has kept the page for longer than the site its secret need not type
      // everything again.
      $fresh = $this->stamp((int) (microtime(TRUE) * 1000));
      $form[self::RENDERED]['#value'] = $fresh;
      $formState->setUserInput([self::RENDERED => $fresh] + $formState->getUserInput());
    }
    $formState->setErrorByName('', match ($reason) {
      'too-fast' => (string) $this->t('That was very fast. Please wait a few seconds and send the form again.'),
      'token' => (string) $this->t('The form could not be accepted. Please send it again.'),
      default => (string) $this->t('The form could not be accepted. Please reload the page and send it again.'),
    });
  }

  /**
   * Tells the text of a contact message, which no hook does: none is kept.
   */
  private function tellText(string $formId, FormStateInterface $formState): void {
    if (!str_starts_with($formId, 'contact_message_')) {
      return;
    }
    $texts = [];
    foreach (['subject', 'message'] as $name) {
      $value = $formState->getValue([$name, 0, 'value']);
      $texts[] = is_string($value) ? $value : '';
    }
    $this->signals->record($this->signals->signal('text.submitted')->with('form', 'contact')->with('text', trim(implode("\n", $texts))));
  }

  /**
   * Whether a form is one of those that programs fill in.
   */
  private function isGuarded(string $formId): bool {
    foreach ((array) $this->config->get('parapet.settings')->get('forms.form_ids') as $known) {
      if (is_string($known) && ($known === $formId || (str_ends_with($known, '*') && str_starts_with($formId, substr($known, 0, -1))))) {
        // What only looks like a form of visitors.
        return !str_ends_with($formId, '_delete_form') && !str_starts_with($formId, 'comment_admin') && !str_starts_with($formId, 'comment_type');
      }
    }
    return FALSE;
  }

  /**
   * Returns a time that nobody can make up.
   */
  private function stamp(int $ms): string {
    return $ms . '.' . substr(hash_hmac('sha256', "form\n$ms", $this->site->ownSecret()), 0, 22);
  }

  /**
   * Returns the time of a stamp; NULL when it is not ours.
   *
   * It may be old: a page with a form can lie in the page cache for months. So
   * it has a secret that stays when others are set.
   */
  private function readStamp(string $rawStamp): ?int {
    $ms = (int) $rawStamp;
    return hash_equals($this->stamp($ms), $rawStamp) ? $ms : NULL;
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\FormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\Core\Url;
use Drupal\parapet\Core\StepUp\OneTimeCode;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drupal\parapet\StepUp;
use Drupal\parapet\StepUpForms;
use Drupal\user\Entity\User;
use Drupal\user\UserInterface;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Component\HttpFoundation\RedirectResponse;

/**
 * Asks for the code that ends a login.
 */
final class StepUpForm extends FormBase {

  public function __construct(
    protected StepUp $stepUp,
    protected StepUpForms $forms,
    protected SignalRecorderInterface $signals,
    protected Site $site,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self(
      $container->get('parapet.step_up'),
      $container->get('parapet.step_up_forms'),
      $container->get('parapet.signals'),
      $container->get('parapet.site'),
    );
  }

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_step_up';
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state): array|RedirectResponse {
    $form['#cache'] = ['max-age' => 0];
    if ($this->account() === NULL) {
      return $this->redirect('user.login');
    }
    $form['lead'] = [
      '#type' => 'html_tag',
      '#tag' => 'p',
      '#value' => $this->t('Something about this login is unusual for your account. For your safety a code was sent to @mail. It is good for ten minutes.', [
        '@mail' => OneTimeCode::masked($this->stepUp->awaitedFrom()),
      ]),
    ];
    $form['code'] = StepUpForms::field((string) $this->t('Code from the e-mail')) + ['#required' => TRUE];
    $form['actions'] = [
      '#type' => 'actions',
      'submit' => ['#type' => 'submit', '#value' => $this->t('Log in')],
      'again' => [
        '#type' => 'submit',
        '#value' => $this->t('Send a new code'),
        '#limit_validation_errors' => [],
        // The browser would ask for the code first.
        '#attributes' => ['formnovalidate' => 'formnovalidate'],
        '#submit' => ['::sendAgain'],
        '#button_type' => 'secondary',
      ],
    ];
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function validateForm(array &$form, FormStateInterface $form_state): void {
    $account = $this->account();
    $isAgain = ($form_state->getTriggeringElement()['#submit'] ?? []) !== [];
    if ($account === NULL || $isAgain || $form_state->hasAnyErrors()) {
      return;
    }
    if (!$this->stepUp->check((string) $form_state->getValue('code'))) {
      $form_state->setErrorByName('code', (string) $this->forms->wrong());
      $this->signals->record($this->signals->signal('login.failed')
        ->with('account_exists', TRUE)
        ->with('reason', 'code')
        ->with('roles', $account->getRoles())
        ->user($this->site->names()->of((string) $account->getAccountName())));
    }
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $account = $this->account();
    if ($account === NULL) {
      $form_state->setRedirect('user.login');
      return;
    }
    $destination = $this->stepUp->release();
    user_login_finalize($account);
    // Core gives a session to the login, and whoever has confirmed need not again.
    $this->stepUp->confirm();
    $form_state->setRedirectUrl($destination === ''
      ? Url::fromRoute('entity.user.canonical', ['user' => $account->id()])
      : Url::fromUserInput('/' . ltrim($destination, '/\\')));
  }

  /**
   * Sends another code.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $form_state
   *   Its state.
   */
  public function sendAgain(array &$form, FormStateInterface $form_state): void {
    $account = $this->account();
    if ($account === NULL) {
      return;
    }
    if ($this->stepUp->send((string) $account->getEmail(), $account) === StepUp::SENT) {
      $this->messenger()->addStatus((string) $this->t('A new code was sent. The one before is no longer good.'));
    }
    else {
      $this->messenger()->addError((string) $this->forms->tooMany());
    }
  }

  /**
   * Returns whose login waits; NULL when none does.
   */
  private function account(): ?UserInterface {
    $account = $this->stepUp->held() === 0 ? NULL : User::load($this->stepUp->held());
    return $account !== NULL && $account->isActive() ? $account : NULL;
  }

}

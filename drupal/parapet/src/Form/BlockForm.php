<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\FormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Decisions;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * Blocks an address or a range by hand.
 */
final class BlockForm extends FormBase {

  public function __construct(protected Decisions $decisions) {}

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self($container->get('parapet.decisions'));
  }

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_block';
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state): array {
    $form['value'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Address or range'),
      '#placeholder' => '203.0.113.9',
      '#required' => TRUE,
      '#maxlength' => 64,
    ];
    $form['remediation'] = [
      '#type' => 'radios',
      '#title' => $this->t('What is done'),
      '#options' => [
        'ban' => $this->t('Stop every request'),
        'captcha' => $this->t('Ask for a check of the browser first'),
        'throttle' => $this->t('Serve more slowly'),
        'step-up' => $this->t('Ask for a mailed code when somebody signs in, registers, comments or buys'),
      ],
      '#default_value' => 'ban',
    ];
    $form['hours'] = [
      '#type' => 'number',
      '#title' => $this->t('For how long'),
      '#field_suffix' => $this->t('hours'),
      '#min' => 1,
      '#max' => 87600,
      '#default_value' => 24,
      '#required' => TRUE,
    ];
    $form['reason'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Why'),
      '#description' => $this->t('For those who look at the reports.'),
      '#maxlength' => 200,
    ];
    $form['actions'] = ['#type' => 'actions', 'submit' => ['#type' => 'submit', '#value' => $this->t('Block'), '#button_type' => 'primary']];
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function validateForm(array &$form, FormStateInterface $form_state): void {
    $cidr = Cidr::parse(trim((string) $form_state->getValue('value')));
    $own = Ip::pack((string) $this->getRequest()->getClientIp());
    $problem = match (TRUE) {
      $cidr === NULL => $this->t('This is neither an address nor a range.'),
      $cidr->isTooWide() => $this->t('This range is too wide.'),
      $own !== NULL && $cidr->contains($own) => $this->t('This would stop yourself: your address is @ip.', ['@ip' => Ip::text($own)]),
      default => NULL,
    };
    if ($problem !== NULL) {
      $form_state->setErrorByName('value', (string) $problem);
    }
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $record = $this->decisions->block(
      (string) $form_state->getValue('value'),
      (string) $form_state->getValue('remediation'),
      (int) $form_state->getValue('hours') * 3600,
      trim((string) $form_state->getValue('reason')),
    );
    $this->messenger()->addStatus((string) $this->t('@value is blocked (record @record).', [
      '@value' => trim((string) $form_state->getValue('value')),
      '@record' => (string) $record,
    ]));
    $form_state->setRedirect('parapet.report');
  }

}

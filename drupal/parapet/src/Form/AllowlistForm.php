<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\ConfigFormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\Core\Net\CidrSet;

/**
 * Who is never stopped.
 */
final class AllowlistForm extends ConfigFormBase {

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_allowlist';
  }

  /**
   * {@inheritdoc}
   */
  protected function getEditableConfigNames(): array {
    return ['parapet.settings'];
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state): array {
    $form['allowlist'] = [
      '#type' => 'textarea',
      '#rows' => 12,
      '#title' => $this->t('Addresses and ranges that are never stopped'),
      '#description' => $this->t('One a line: <code>192.0.2.10</code>, <code>198.51.100.0/24</code>, <code>2001:db8:1::/48</code>. Your own address is @ip.', ['@ip' => (string) $this->getRequest()->getClientIp()]),
      '#default_value' => implode("\n", (array) $this->config('parapet.settings')->get('allowlist')),
    ];
    return parent::buildForm($form, $form_state);
  }

  /**
   * {@inheritdoc}
   */
  public function validateForm(array &$form, FormStateInterface $form_state): void {
    parent::validateForm($form, $form_state);
    foreach (CidrSet::fromTexts(Lines::of((string) $form_state->getValue('allowlist')))->refused() as $text) {
      $form_state->setErrorByName('allowlist', (string) $this->t('@text is neither an address nor a range.', ['@text' => $text]));
    }
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $this->config('parapet.settings')->set('allowlist', Lines::of((string) $form_state->getValue('allowlist')))->save();
    parent::submitForm($form, $form_state);
  }

}

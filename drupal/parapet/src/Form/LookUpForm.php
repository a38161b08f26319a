<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\FormBase;
use Drupal\Core\Form\FormStateInterface;

/**
 * Asks what is known of one visitor; the report answers.
 */
final class LookUpForm extends FormBase {

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_look_up';
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state): array {
    $form['#attributes'] = ['class' => ['parapet-look-up']];
    $form['who'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Was somebody stopped by mistake?'),
      '#description' => $this->t('An address, a range, or the record on the page that they see: eight letters and digits.'),
      '#description_display' => 'before',
      '#placeholder' => '203.0.113.9',
      '#default_value' => (string) $this->getRequest()->query->get('who'),
      '#maxlength' => 64,
    ];
    $form['actions'] = ['#type' => 'actions', 'submit' => ['#type' => 'submit', '#value' => $this->t('Look up')]];
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $form_state->setRedirect('parapet.report', [], ['query' => array_filter(['who' => trim((string) $form_state->getValue('who'))])]);
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\ConfigFormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\Core\Perimeter\PatternSet;

/**
 * Which missing paths get a visitor banned, with a place to try them.
 */
final class PerimeterForm extends ConfigFormBase {

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_perimeter';
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
    $config = $this->config('parapet.settings');
    $form['enabled'] = [
      '#type' => 'checkbox',
      '#title' => $this->t('Ban who asks for missing pages that are like one of these patterns'),
      '#default_value' => $config->get('perimeter.enabled'),
    ];
    $form['patterns'] = [
      '#type' => 'textarea',
      '#rows' => 14,
      '#title' => $this->t('Patterns'),
      '#description' => $this->t('One regular expression a line, as PHP takes them: <code>/\/wp-login.*/</code>, <code>#^/typo3/#i</code>. Only the path is looked at, and only when the answer is 404: a page that exists bans nobody.'),
      '#default_value' => implode("\n", (array) $config->get('perimeter.patterns')),
    ];
    $form['flood_threshold'] = [
      '#type' => 'number',
      '#title' => $this->t('How many such requests are let pass'),
      '#description' => $this->t('0 bans on the first, 2 on the third.'),
      '#min' => 0,
      '#max' => 1000,
      '#default_value' => $config->get('perimeter.flood_threshold'),
      '#required' => TRUE,
    ];
    $form['flood_window'] = [
      '#type' => 'number',
      '#title' => $this->t('After how long a request is forgotten'),
      '#field_suffix' => $this->t('seconds'),
      '#min' => 1,
      '#max' => 31536000,
      '#default_value' => $config->get('perimeter.flood_window'),
      '#required' => TRUE,
    ];
    $form['try'] = ['#type' => 'details', '#title' => $this->t('Try the patterns'), '#open' => TRUE];
    $form['try']['path'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Path or address'),
      '#placeholder' => '/wp-login.php',
      '#maxlength' => 2000,
    ];
    $form['try']['test'] = [
      '#type' => 'submit',
      '#value' => $this->t('Which pattern is it like?'),
      '#submit' => ['::tryPath'],
      '#name' => 'test',
    ];
    $answer = $form_state->get('answer');
    if (is_string($answer)) {
      $form['try']['answer'] = [
        '#type' => 'html_tag',
        '#tag' => 'p',
        '#attributes' => ['role' => 'status', 'id' => 'parapet-answer'],
        '#value' => $answer,
      ];
    }
    return parent::buildForm($form, $form_state);
  }

  /**
   * {@inheritdoc}
   */
  public function validateForm(array &$form, FormStateInterface $form_state): void {
    parent::validateForm($form, $form_state);
    $set = new PatternSet(Lines::of((string) $form_state->getValue('patterns')));
    foreach ($set->problems() as $problem) {
      $form_state->setErrorByName('patterns', $problem);
    }
  }

  /**
   * Says which pattern matches, with the patterns as they stand in the form.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public function tryPath(array &$form, FormStateInterface $formState): void {
    $path = (string) $formState->getValue('path');
    $path = $path !== '' && $path[0] !== '/' && !str_contains($path, '://') ? "/$path" : $path;
    $pattern = (new PatternSet(Lines::of((string) $formState->getValue('patterns'))))->patternFor($path);
    $formState->set('answer', (string) ($pattern === NULL
      ? $this->t('@path is like none of them.', ['@path' => PatternSet::pathInfo($path)])
      : $this->t('@path is like @pattern.', ['@path' => PatternSet::pathInfo($path), '@pattern' => $pattern])));
    $formState->setRebuild();
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $this->config('parapet.settings')
      ->set('perimeter', [
        'enabled' => (bool) $form_state->getValue('enabled'),
        'patterns' => Lines::of((string) $form_state->getValue('patterns')),
        'flood_threshold' => (int) $form_state->getValue('flood_threshold'),
        'flood_window' => (int) $form_state->getValue('flood_window'),
      ])
      ->save();
    parent::submitForm($form, $form_state);
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet_eca;

use Drupal\Core\Form\FormStateInterface;

/**
 * Plugins whose first setting is an address.
 */
trait AddressTrait {

  /**
   * Returns the settings that are texts: name, title and default.
   *
   * @return array<string, array{\Stringable, string}>
   *   By name.
   */
  abstract protected function texts(): array;

  /**
   * {@inheritdoc}
   */
  public function defaultConfiguration(): array {
    return array_map(static fn (array $text): string => $text[1], $this->texts()) + parent::defaultConfiguration();
  }

  /**
   * {@inheritdoc}
   */
  public function buildConfigurationForm(array $form, FormStateInterface $form_state): array {
    foreach ($this->texts() as $name => [$title]) {
      $form[$name] = [
        '#type' => 'textfield',
        '#title' => $title,
        '#default_value' => $this->configuration[$name],
        '#eca_token_replacement' => TRUE,
      ];
    }
    return parent::buildConfigurationForm($form, $form_state);
  }

  /**
   * {@inheritdoc}
   */
  public function submitConfigurationForm(array &$form, FormStateInterface $form_state): void {
    foreach (array_keys($this->texts()) as $name) {
      $this->configuration[$name] = (string) $form_state->getValue($name);
    }
    parent::submitConfigurationForm($form, $form_state);
  }

  /**
   * Returns a setting with its tokens filled in.
   */
  protected function text(string $name): string {
    return trim((string) $this->tokenService->replaceClear((string) $this->configuration[$name]));
  }

  /**
   * Returns the address that is meant; the visitor's where none is named.
   */
  protected function address(): string {
    $named = $this->text('address');
    return $named !== '' ? $named : (string) \Drupal::request()->getClientIp();
  }

}

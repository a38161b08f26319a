<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Config\TypedConfigManagerInterface;
use Drupal\Core\Form\ConfigFormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Scenarios;
use Drupal\parapet\Words;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * How much is let pass until something is done, and for how long.
 */
final class ScenariosForm extends ConfigFormBase {

  public function __construct(
    ConfigFactoryInterface $config,
    TypedConfigManagerInterface $typedConfig,
    private readonly Scenarios $scenarios,
    private readonly Words $words,
  ) {
    parent::__construct($config, $typedConfig);
  }

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self(
      $container->get('config.factory'),
      $container->get('config.typed'),
      $container->get('parapet.scenarios'),
      $container->get('parapet.words'),
    );
  }

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_scenarios';
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
    $isJudgedElsewhere = $this->config('parapet.settings')->get('mode') !== 'standalone';
    $form['about'] = [
      '#type' => 'html_tag',
      '#tag' => 'p',
      '#value' => ($isJudgedElsewhere
        ? $this->t("The engine judges by scenarios of its own. Only those that other modules bring along are judged here.")
        : $this->t('Each counts what one address does. With 5 times and 60 seconds, the sixth time within a minute is one too many, and once a minute is never.'))
        . ' ' . $this->t('An hour has 3600, a day 86400.'),
    ];
    $header = [
      'enabled' => $this->t('On'),
      'about' => $this->t('An address …'),
      'capacity' => $this->t('Let pass (times)'),
      'leak_seconds' => $this->t('One is forgiven after (seconds)'),
      'then' => $this->t('Then'),
      'seconds' => $this->t('For (seconds)'),
    ];
    $form['scenarios'] = [
      '#type' => 'table',
      '#header' => array_values($header),
      // On a phone each row is a list, and says itself what its cells are.
      '#attributes' => ['class' => ['parapet-report']],
      '#attached' => ['library' => ['parapet/report']],
    ];
    $set = $this->scenarios->settings();
    foreach (array_values($this->scenarios->all()) as $row => $scenario) {
      $cells = $this->row($scenario, $set[$scenario->name] ?? []);
      foreach ($cells as $name => $cell) {
        $cells[$name] = $cell + ['#wrapper_attributes' => ['data-label' => $header[$name]]];
      }
      $form['scenarios'][$row] = $cells;
    }
    return parent::buildForm($form, $form_state);
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $all = $this->scenarios->all();
    // What was set for a module that is not there now waits for its return.
    $kept = array_diff_key($this->scenarios->settings(), $all);
    foreach (array_values($all) as $row => $scenario) {
      $given = (array) $form_state->getValue(['scenarios', $row]);
      $isOn = (bool) $given['enabled'];
      $numbers = [
        'capacity' => (int) $given['capacity'],
        'leak_seconds' => (int) $given['leak_seconds'],
        'seconds' => (int) $given['seconds'],
      ];
      // What is as it comes is not written down: a better default will count.
      if (!$isOn || $numbers !== self::numbers($scenario)) {
        $kept[$scenario->name] = ['name' => $scenario->name, 'enabled' => $isOn] + $numbers;
      }
    }
    $this->config('parapet.settings')->set('scenarios', array_values($kept))->save();
    parent::submitForm($form, $form_state);
  }

  /**
   * Returns the row of a scenario.
   *
   * @param \Drupal\parapet\Core\Flood\Scenario $scenario
   *   As it comes.
   * @param array<string, mixed> $set
   *   What the owner has set.
   *
   * @return array<string, array<string, mixed>>
   *   Form elements.
   */
  private function row(Scenario $scenario, array $set): array {
    $values = array_merge(self::numbers($scenario), array_filter($set, 'is_int'));
    $about = $this->words->scenario($scenario);
    $number = static fn (\Stringable $title, int $value, int $least, int $most): array => [
      '#type' => 'number',
      '#title' => $title,
      '#title_display' => 'invisible',
      '#default_value' => $value,
      '#min' => $least,
      '#max' => $most,
      '#required' => TRUE,
    ];
    return [
      'enabled' => [
        '#type' => 'checkbox',
        '#title' => $about,
        '#title_display' => 'invisible',
        '#default_value' => ($set['enabled'] ?? TRUE) === TRUE,
      ],
      'about' => [
        'words' => ['#plain_text' => (string) $about],
        'name' => ['#type' => 'html_tag', '#tag' => 'div', '#value' => $scenario->name, '#attributes' => ['class' => ['form-item__description']]],
      ],
      'capacity' => $number($this->t('How many times are let pass'), $values['capacity'], 0, 100000),
      'leak_seconds' => $number($this->t('After how many seconds one is forgiven'), $values['leak_seconds'], 1, 86400),
      'then' => ['#plain_text' => (string) $this->words->remediation($scenario->remediation)],
      'seconds' => $number($this->t('For how many seconds'), $values['seconds'], 60, 315360000),
    ];
  }

  /**
   * Returns what can be set of a scenario, as it comes.
   *
   * @return array{capacity: int, leak_seconds: int, seconds: int}
   *   By the setting's name.
   */
  private static function numbers(Scenario $scenario): array {
    return ['capacity' => $scenario->capacity, 'leak_seconds' => $scenario->leakSeconds, 'seconds' => $scenario->seconds];
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\ConfigFormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Signals\Sender;
use Drupal\parapet\EngineDecisions;

/**
 * What is done to visitors, and where decisions come from.
 */
final class SettingsForm extends ConfigFormBase {

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_settings';
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
    $form['enforce'] = [
      '#type' => 'checkbox',
      '#title' => $this->t('Stop visitors on whom there is a decision'),
      '#description' => $this->t('Without it the module decides and tells, and stops nobody.'),
      '#default_value' => $config->get('enforce'),
    ];
    $form['ban_seconds'] = [
      '#type' => 'number',
      '#title' => $this->t('How long a ban lasts'),
      '#field_suffix' => $this->t('seconds'),
      '#description' => $this->t('An hour has 3600, a day 86400.'),
      '#min' => 60,
      '#max' => 315360000,
      '#default_value' => $config->get('ban_seconds'),
      '#required' => TRUE,
    ];
    $form['contact'] = [
      '#type' => 'textarea',
      '#rows' => 2,
      '#maxlength' => 500,
      '#title' => $this->t('How stopped visitors reach you'),
      '#description' => $this->t('Shown on the page that they see. Plain text.'),
      '#default_value' => $config->get('contact'),
    ];
    $form['bypass_hours'] = [
      '#type' => 'number',
      '#title' => $this->t('How long people who may bypass are known without signing in'),
      '#description' => $this->t('Their browser keeps a signed cookie, renewed while they use the site.'),
      '#field_suffix' => $this->t('hours'),
      '#min' => 1,
      '#max' => 168,
      '#default_value' => $config->get('bypass_hours'),
      '#required' => TRUE,
    ];
    $form['mode'] = [
      '#type' => 'radios',
      '#title' => $this->t('Where decisions come from'),
      '#options' => [
        'standalone' => $this->t('This module alone'),
        'file' => $this->t('An engine on this machine, by its file of decisions'),
        'remote' => $this->t('An engine elsewhere, by its local API'),
      ],
      '#default_value' => $config->get('mode'),
    ];
    $form['engine'] = [
      '#type' => 'details',
      '#title' => $this->t('Engine'),
      '#open' => $config->get('mode') !== 'standalone',
      '#tree' => TRUE,
      '#states' => ['expanded' => [':input[name="mode"]' => ['!value' => 'standalone']]],
    ];
    $form['engine']['decisions_file'] = [
      '#type' => 'textfield',
      '#title' => $this->t('File of decisions'),
      '#description' => $this->t('decisions.bin in the data directory of the engine; the web server must be able to read it.'),
      '#default_value' => $config->get('engine.decisions_file'),
      '#states' => ['visible' => [':input[name="mode"]' => ['value' => 'file']]],
    ];
    $form['engine']['url'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Address of the local API'),
      '#description' => $this->t("https://…; its key is \$settings['parapet_bouncer_key'] in settings.php, from <em>parapet bouncers add</em> or <em>cscli bouncers add</em>."),
      '#default_value' => $config->get('engine.url'),
      '#states' => ['visible' => [':input[name="mode"]' => ['value' => 'remote']]],
    ];
    $form['engine']['pull_seconds'] = [
      '#type' => 'number',
      '#title' => $this->t('How often changes are asked for'),
      '#field_suffix' => $this->t('seconds'),
      '#min' => 10,
      '#max' => 86400,
      '#default_value' => $config->get('engine.pull_seconds'),
      '#required' => TRUE,
    ];
    $form['engine']['signals_address'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Socket for signals'),
      '#description' => $this->t('unix:/run/parapet/signals.sock or udp:127.0.0.1:8092. When nobody listens there, signals wait in a folder.'),
      '#default_value' => $config->get('engine.signals_address'),
    ];
    $form['engine']['api_url'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Address of the engine\'s API'),
      '#description' => $this->t("https://… or unix:/run/parapet/api.sock. It is told what people block and unblock here, so that the gateway and other enforcers do the same, and signals that wait. Its token is \$settings['parapet_api_token'], from <em>parapet tokens add NAME --scope signals:write decisions:write</em>."),
      '#default_value' => $config->get('engine.api_url'),
    ];
    $form['engine']['ask'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Socket that is asked about logins, registrations and comments'),
      '#description' => $this->t('unix:/run/parapet/forward-auth.sock; empty to ask nobody. When no answer comes in time, the request passes.'),
      '#default_value' => $config->get('engine.ask'),
    ];
    $form['engine']['ask_milliseconds'] = [
      '#type' => 'number',
      '#title' => $this->t('How long an answer may take'),
      '#field_suffix' => $this->t('milliseconds'),
      '#min' => 5,
      '#max' => 1000,
      '#default_value' => $config->get('engine.ask_milliseconds'),
      '#required' => TRUE,
    ];
    $form['engine']['site'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Name of this site at the engine'),
      '#default_value' => $config->get('site'),
      '#required' => TRUE,
      '#maxlength' => 64,
    ];
    $form['forms'] = ['#type' => 'details', '#title' => $this->t('Forms'), '#tree' => TRUE];
    $form['forms']['honeypot'] = [
      '#type' => 'checkbox',
      '#title' => $this->t('Add a field that no person sees, and ban who fills it in'),
      '#default_value' => $config->get('forms.honeypot'),
    ];
    $form['forms']['least_seconds'] = [
      '#type' => 'number',
      '#title' => $this->t('How long a person takes at least'),
      '#field_suffix' => $this->t('seconds'),
      '#min' => 0,
      '#max' => 60,
      '#default_value' => $config->get('forms.least_seconds'),
      '#required' => TRUE,
    ];
    $form['forms']['form_ids'] = [
      '#type' => 'textarea',
      '#title' => $this->t('Forms that are guarded'),
      '#description' => $this->t('One form id a line; * at the end stands for anything.'),
      '#default_value' => implode("\n", (array) $config->get('forms.form_ids')),
    ];
    $mirrors = array_filter(
      ['ban' => $this->t('Ban'), 'advban' => $this->t('Advanced Ban')],
      static fn (string $module): bool => \Drupal::moduleHandler()->moduleExists($module),
      ARRAY_FILTER_USE_KEY,
    );
    $form['mirror'] = [
      '#type' => 'checkboxes',
      '#title' => $this->t('Tell other modules of bans'),
      '#description' => $this->t('They know nothing of people who may bypass, and stop them too.'),
      '#options' => $mirrors,
      '#access' => $mirrors !== [],
      '#default_value' => array_keys(array_filter((array) $config->get('mirror'))),
    ];
    return parent::buildForm($form, $form_state);
  }

  /**
   * {@inheritdoc}
   */
  public function validateForm(array &$form, FormStateInterface $form_state): void {
    parent::validateForm($form, $form_state);
    $mode = $form_state->getValue('mode');
    $engine = (array) $form_state->getValue('engine');
    if (preg_match('/^[A-Za-z0-9_.-]{1,64}$/D', (string) $engine['site']) !== 1) {
      $form_state->setErrorByName('engine][site', (string) $this->t('The name of the site has letters, digits, dots and dashes.'));
    }
    if ($mode === 'file') {
      try {
        SnapshotReader::open((string) $engine['decisions_file']);
      }
      catch (SnapshotException $problem) {
        $form_state->setErrorByName('engine][decisions_file', (string) $this->t('@path cannot be used: @problem.', ['@path' => $engine['decisions_file'], '@problem' => $problem->getMessage()]));
      }
    }
    if ($mode === 'remote' && $engine['url'] === '') {
      $form_state->setErrorByName('engine][url', (string) $this->t('Which engine? Its address is missing.'));
    }
    foreach (['url', 'api_url', 'ask'] as $name) {
      if ($engine[$name] !== '') {
        try {
          new HttpClient((string) $engine[$name], 1.0, 1.0);
          $host = trim((string) parse_url((string) $engine[$name], PHP_URL_HOST), '[]');
          // Looking up a name takes as long as it takes.
          if ($name === 'ask' && !str_starts_with((string) $engine[$name], 'unix:') && Ip::pack($host) === NULL) {
            $form_state->setErrorByName('engine][ask', (string) $this->t('Write unix:/path, or http:// with an address in digits: looking up a name can take longer than an answer may.'));
          }
        }
        catch (HttpException $problem) {
          $form_state->setErrorByName("engine][$name", $problem->getMessage() . '.');
        }
      }
    }
    foreach (Lines::of((string) ((array) $form_state->getValue('forms'))['form_ids']) as $formId) {
      if (preg_match('/^(?:[A-Za-z0-9_.-]+\*?|\*)$/D', $formId) !== 1) {
        $form_state->setErrorByName('forms][form_ids', (string) $this->t('@text is no form id: those have letters, digits, dashes and underscores, with * at the end or not.', ['@text' => $formId]));
      }
    }
    if ($engine['signals_address'] !== '' && preg_match('~^(?:unix:/+[^/]|udp:(?://)?[^/]+:\d+$)~', (string) $engine['signals_address']) !== 1) {
      $form_state->setErrorByName('engine][signals_address', (string) $this->t('Write unix:/path or udp:host:port.'));
    }
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $engine = (array) $form_state->getValue('engine');
    $forms = (array) $form_state->getValue('forms');
    $mirror = (array) $form_state->getValue('mirror');
    $this->config('parapet.settings')
      ->set('enforce', (bool) $form_state->getValue('enforce'))
      ->set('ban_seconds', (int) $form_state->getValue('ban_seconds'))
      ->set('contact', trim((string) $form_state->getValue('contact')))
      ->set('bypass_hours', (int) $form_state->getValue('bypass_hours'))
      ->set('mode', (string) $form_state->getValue('mode'))
      ->set('site', (string) $engine['site'])
      ->set('engine', [
        'decisions_file' => (string) $engine['decisions_file'],
        'url' => (string) $engine['url'],
        'pull_seconds' => (int) $engine['pull_seconds'],
        'api_url' => (string) $engine['api_url'],
        'signals_address' => (string) $engine['signals_address'],
        'ask' => (string) $engine['ask'],
        'ask_milliseconds' => (int) $engine['ask_milliseconds'],
      ])
      ->set('forms', [
        'honeypot' => (bool) $forms['honeypot'],
        'least_seconds' => (int) $forms['least_seconds'],
        'form_ids' => Lines::of((string) $forms['form_ids']),
      ])
      ->set('mirror', ['ban' => (bool) ($mirror['ban'] ?? FALSE), 'advban' => (bool) ($mirror['advban'] ?? FALSE)])
      ->save();
    parent::submitForm($form, $form_state);
    $this->tryEngine();
  }

  /**
   * Says at once whether the engine that was named can be used.
   */
  private function tryEngine(): void {
    $config = \Drupal::config('parapet.settings');
    $isPulled = $config->get('mode') === 'remote';
    $engine = \Drupal::service('parapet.engine');
    $now = time();
    $problem = $isPulled || $config->get('engine.api_url') !== ''
      ? $engine->exchange(\Drupal::service('parapet.decisions'), $now, TRUE, TRUE)
      : '';
    if ($problem !== '') {
      $this->messenger()->addWarning((string) $this->t('The engine cannot be used yet: @problem.', ['@problem' => $problem]));
    }
    elseif ($engine->status()['answered'] === $now) {
      $count = (new EngineDecisions($this->configFactory()))->count();
      $this->messenger()->addStatus($this->t('The engine answered.')
        . ($isPulled ? ' ' . $this->formatPlural($count, '1 decision of the engine is in force here.', '@count decisions of the engine are in force here.') : ''));
    }
    $address = (string) $config->get('engine.signals_address');
    if ((new Sender($address, \Drupal::service('parapet.site')->spool()))->isHeard() === FALSE) {
      $this->messenger()->addWarning((string) $this->t('Nobody listens at @address. Is the engine running, with this socket in its settings (signals: listen), and may the web server write to it?', ['@address' => $address]));
    }
  }

}

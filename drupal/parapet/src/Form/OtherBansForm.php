<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Access\AccessResult;
use Drupal\Core\Access\AccessResultInterface;
use Drupal\Core\Form\FormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\parapet\OtherBans;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * Takes over what Ban and Advanced Ban hold, and undoes it.
 */
final class OtherBansForm extends FormBase {

  public function __construct(protected OtherBans $bans) {}

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self(new OtherBans($container->get('parapet.decisions'), $container->get('parapet.site'), $container));
  }

  /**
   * Shows the page only where there is a module that holds bans.
   */
  public function access(): AccessResultInterface {
    return AccessResult::allowedIf($this->bans->modules() !== []);
  }

  /**
   * {@inheritdoc}
   */
  public function getFormId(): string {
    return 'parapet_other_bans';
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state): array {
    $form['what'] = [
      '#type' => 'html_tag',
      '#tag' => 'p',
      '#value' => $this->t('What you take over is in force here until you lift it. Where an engine takes decisions from here, it holds there too. The other module keeps its list, and stops these visitors until you uninstall it.'),
    ];
    foreach ($this->bans->modules() as $module) {
      $name = ['@module' => $this->moduleName($module)];
      ['held' => $held, 'refused' => $refused, 'new' => $new, 'taken' => $taken] = $this->bans->counts($module);
      $form[$module] = [
        '#type' => 'fieldset',
        '#title' => $name['@module'],
        'counts' => [
          '#theme' => 'item_list',
          '#attributes' => ['id' => "parapet-bans-$module"],
          '#items' => array_filter([
            $held === 0 ? $this->t('It holds no bans.') : $this->formatPlural($held, '1 ban is held there.', '@count bans are held there.'),
            $refused === 0 ? NULL : $this->formatPlural($refused, '1 of them is left out: it is no address, too wide or on the allowlist.', '@count of them are left out: they are no addresses, too wide or on the allowlist.'),
            $held === 0 ? NULL : ($new === 0 ? $this->t('None is left to be taken over.') : $this->formatPlural($new, '1 of them is not in force here.', '@count of them are not in force here.')),
            $taken === 0 ? NULL : $this->formatPlural($taken, '1 is in force here because it was taken over.', '@count are in force here because they were taken over.'),
          ]),
        ],
        'actions' => [
          '#type' => 'actions',
          'take' => [
            '#type' => 'submit',
            '#value' => $this->t('Take over from @module', $name),
            '#button_type' => 'primary',
            '#name' => "take-$module",
            '#parapet_module' => $module,
            '#access' => $new > 0,
          ],
          'undo' => [
            '#type' => 'submit',
            '#value' => $this->t('Lift what came from @module', $name),
            '#submit' => ['::undo'],
            '#name' => "undo-$module",
            '#parapet_module' => $module,
            '#access' => $taken > 0,
          ],
        ],
      ];
    }
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $taken = $this->bans->take($this->moduleOf($form_state));
    $this->messenger()->addStatus($this->formatPlural($taken, '1 ban was taken over.', '@count bans were taken over.'));
  }

  /**
   * Lifts what was taken over.
   *
   * @param array<string, mixed> $form
   *   The form.
   * @param \Drupal\Core\Form\FormStateInterface $formState
   *   Its state.
   */
  public function undo(array &$form, FormStateInterface $formState): void {
    $lifted = $this->bans->undo($this->moduleOf($formState));
    $this->messenger()->addStatus($this->formatPlural($lifted, '1 ban was lifted.', '@count bans were lifted.'));
  }

  /**
   * Returns of which module the button is that was pressed.
   */
  private function moduleOf(FormStateInterface $formState): string {
    return (string) ($formState->getTriggeringElement()['#parapet_module'] ?? '');
  }

  /**
   * Returns how people call a module.
   */
  private function moduleName(string $module): \Stringable {
    return $module === 'ban' ? $this->t('Ban') : $this->t('Advanced Ban');
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Form;

use Drupal\Core\Form\ConfirmFormBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\Core\Url;
use Drupal\parapet\Decisions;
use Drupal\parapet\EngineDecisions;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Component\HttpKernel\Exception\NotFoundHttpException;

/**
 * Lets somebody in again.
 */
final class UnblockForm extends ConfirmFormBase {

  protected string $target = '';

  protected string $value = '';

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
    return 'parapet_unblock';
  }

  /**
   * {@inheritdoc}
   */
  public function buildForm(array $form, FormStateInterface $form_state, string $record = ''): array {
    $row = $this->decisions->row($record);
    $foreign = $row === NULL ? (new EngineDecisions($this->configFactory()))->about($record, time()) : NULL;
    $this->value = $row['value'] ?? $foreign->value ?? throw new NotFoundHttpException();
    // What the engine decided, it lifts by its value.
    $this->target = $row === NULL ? $this->value : $record;
    $form = parent::buildForm($form, $form_state);
    $form['message'] = ['#type' => 'item', '#title' => $this->t('What led to it'), '#plain_text' => $row['message'] ?? $foreign->scenario ?? ''];
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function getQuestion(): TranslatableMarkup {
    return $this->t('Let @value in again?', ['@value' => $this->value]);
  }

  /**
   * {@inheritdoc}
   */
  public function getConfirmText(): TranslatableMarkup {
    return $this->t('Unblock');
  }

  /**
   * {@inheritdoc}
   */
  public function getCancelUrl(): Url {
    return Url::fromRoute('parapet.report');
  }

  /**
   * {@inheritdoc}
   */
  public function submitForm(array &$form, FormStateInterface $form_state): void {
    $this->decisions->lift($this->target);
    $this->messenger()->addStatus((string) $this->t('@value may come in again.', ['@value' => $this->value]));
    $form_state->setRedirect('parapet.report');
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Plugin\Block;

use Drupal\Core\Access\AccessResult;
use Drupal\Core\Access\AccessResultInterface;
use Drupal\Core\Block\Attribute\Block;
use Drupal\Core\Block\BlockBase;
use Drupal\Core\Plugin\ContainerFactoryPluginInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\Core\StringTranslation\TranslatableMarkup;
use Drupal\Core\Url;
use Drupal\parapet\Decisions;
use Drupal\parapet\Stops;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * How it stands, in two sentences, for a dashboard.
 */
#[Block(
  id: 'parapet',
  admin_label: new TranslatableMarkup('Parapet: what was stopped today'),
  category: new TranslatableMarkup('Parapet'),
)]
final class ParapetBlock extends BlockBase implements ContainerFactoryPluginInterface {

  /**
   * Makes the block.
   *
   * @param array<string, mixed> $configuration
   *   See PluginBase.
   * @param string $id
   *   See PluginBase.
   * @param mixed $definition
   *   See PluginBase.
   * @param \Drupal\parapet\Decisions $decisions
   *   What is in force.
   * @param \Drupal\parapet\Stops $stops
   *   What was stopped.
   */
  public function __construct(
    array $configuration,
    $id,
    $definition,
    private readonly Decisions $decisions,
    private readonly Stops $stops,
  ) {
    parent::__construct($configuration, $id, $definition);
  }

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container, array $configuration, $plugin_id, $plugin_definition): self {
    return new self($configuration, $plugin_id, $plugin_definition, $container->get('parapet.decisions'), $container->get('parapet.stops'));
  }

  /**
   * {@inheritdoc}
   */
  protected function blockAccess(AccountInterface $account): AccessResultInterface {
    return AccessResult::allowedIfHasPermission($account, 'view parapet reports');
  }

  /**
   * {@inheritdoc}
   */
  public function build(): array {
    $now = time();
    return [
      '#cache' => ['max-age' => 60],
      'text' => [
        '#type' => 'html_tag',
        '#tag' => 'p',
        '#value' => $this->formatPlural($this->stops->days(1, $now)[gmdate('Y-m-d', $now)] ?? 0, '1 request was stopped today.', '@count requests were stopped today.')
        . ' ' . $this->formatPlural($this->decisions->countInForce(), '1 decision of this site is in force.', '@count decisions of this site are in force.'),
      ],
      'more' => ['#type' => 'link', '#title' => $this->t('What was stopped, and why'), '#url' => Url::fromRoute('parapet.report')],
    ];
  }

}

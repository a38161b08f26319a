<?php

declare(strict_types=1);

namespace Drupal\parapet\Controller;

use Drupal\Core\Controller\ControllerBase;
use Drupal\Core\Datetime\DateFormatterInterface;
use Drupal\Core\Link;
use Drupal\parapet\Decisions;
use Drupal\parapet\Stops;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * What was stopped and why.
 */
final class ReportController extends ControllerBase {

  private const DAYS = 14;
  private const ROWS = 50;

  public function __construct(
    private readonly Decisions $decisions,
    private readonly Stops $stops,
    private readonly DateFormatterInterface $dates,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self($container->get('parapet.decisions'), $container->get('parapet.stops'), $container->get('date.formatter'));
  }

  /**
   * The page at /admin/reports/parapet.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  public function overview(): array {
    $now = time();
    $days = $this->stops->days(self::DAYS, $now);
    $inForce = $this->decisions->rows(TRUE, self::ROWS);
    $ended = array_filter($this->decisions->rows(FALSE, self::ROWS), static fn (array $row): bool => $row['ends'] <= $now);
    $today = $days[gmdate('Y-m-d', $now)] ?? 0;
    return [
      '#cache' => ['max-age' => 0],
      'summary' => [
        '#type' => 'html_tag',
        '#tag' => 'p',
        '#value' => $this->config('parapet.settings')->get('enforce')
          ? $this->formatPlural($today, '1 request was stopped today.', '@count requests were stopped today.')
          : $this->t('The module only observes: nobody is stopped.'),
      ],
      'days' => $this->chart($days),
      'force' => [
        '#type' => 'table',
        '#caption' => $this->t('In force'),
        '#header' => [$this->t('Who'), $this->t('What is done'), $this->t('Why'), $this->t('Since'), $this->t('Ends'), $this->t('Record'), $this->t('Operations')],
        '#rows' => array_map(fn (array $row): array => $this->row($row, TRUE), $inForce),
        '#empty' => $this->t('Nobody is blocked by this site itself.'),
        '#attributes' => ['id' => 'parapet-in-force'],
      ],
      'stops' => [
        '#type' => 'table',
        '#caption' => $this->t('Requests that were stopped last'),
        '#header' => [$this->t('When'), $this->t('Who'), $this->t('What was asked for'), $this->t('What was done'), $this->t('Record')],
        '#rows' => array_map(fn (array $stop): array => [
          $this->dates->format($stop['at'], 'short'),
          $stop['ip'],
          ['data' => ['#plain_text' => $stop['method'] . ' ' . $stop['target']]],
          $stop['cause'],
          $stop['record'],
        ], $this->stops->last(20, $now)),
        '#empty' => $this->t('None today or yesterday.'),
      ],
      'ended' => [
        '#type' => 'table',
        '#caption' => $this->t('Ended'),
        '#header' => [$this->t('Who'), $this->t('What was done'), $this->t('Why'), $this->t('Since'), $this->t('Ended'), $this->t('Record')],
        '#rows' => array_map(fn (array $row): array => $this->row($row, FALSE), array_values($ended)),
        '#empty' => $this->t('None in the last month.'),
      ],
    ];
  }

  /**
   * Returns a row of a table of decisions.
   *
   * @param array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string} $row
   *   The decision.
   * @param bool $isInForce
   *   Whether it can be lifted.
   *
   * @return list<mixed>
   *   The cells.
   */
  private function row(array $row, bool $isInForce): array {
    $cells = [
      $row['value'],
      $row['remediation'],
      ['data' => ['#plain_text' => $row['message']]],
      $this->dates->format($row['created'], 'short'),
      $row['lifted'] === 1 ? $this->t('lifted @at', ['@at' => $this->dates->format($row['ends'], 'short')]) : $this->dates->format($row['ends'], 'short'),
      $row['record'],
    ];
    if ($isInForce) {
      $cells[] = $this->currentUser()->hasPermission('manage parapet decisions')
        ? Link::createFromRoute($this->t('Unblock'), 'parapet.unblock', ['record' => $row['record']])->toString()
        : '';
    }
    return $cells;
  }

  /**
   * Returns a picture of how many requests were stopped each day.
   *
   * @param array<string, int> $days
   *   By day.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function chart(array $days): array {
    $most = max(1, ...array_values($days));
    $bars = [];
    $x = 0;
    foreach ($days as $day => $count) {
      $height = (int) round(90 * $count / $most);
      $bars[] = ['x' => $x, 'y' => 100 - $height, 'height' => $height, 'label' => "$day: $count", 'day' => substr($day, 8), 'count' => $count];
      $x += 40;
    }
    return [
      '#type' => 'inline_template',
      '#template' => '<figure><svg viewBox="0 0 {{ width }} 130" role="img" aria-label="{{ title }}" style="width:100%;max-width:48rem">'
      . '{% for bar in bars %}<g><title>{{ bar.label }}</title><rect x="{{ bar.x + 4 }}" y="{{ bar.y }}" width="32" height="{{ bar.height }}" fill="#4a7ab0"/>'
      . '{% if bar.count %}<text x="{{ bar.x + 20 }}" y="{{ bar.y - 3 }}" font-size="10" text-anchor="middle" fill="currentColor">{{ bar.count }}</text>{% endif %}'
      . '<text x="{{ bar.x + 20 }}" y="116" font-size="11" text-anchor="middle" fill="currentColor">{{ bar.day }}</text></g>{% endfor %}'
      . '<line x1="0" x2="{{ width }}" y1="100.5" y2="100.5" stroke="currentColor"/></svg><figcaption>{{ title }}</figcaption></figure>',
      '#context' => ['bars' => $bars, 'width' => $x, 'title' => $this->t('Requests that were stopped, by day')],
    ];
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Controller;

use Drupal\Core\Controller\ControllerBase;
use Drupal\Core\Datetime\DateFormatterInterface;
use Drupal\Core\Link;
use Drupal\parapet\Core\Pages\Reason;
use Drupal\parapet\Decisions;
use Drupal\parapet\Outbox;
use Drupal\parapet\Stops;
use Drupal\parapet\Words;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * What was stopped and why.
 *
 * @phpstan-type Row array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}
 */
final class ReportController extends ControllerBase {

  private const DAYS = 14;
  private const ROWS = 50;

  public function __construct(
    private readonly Decisions $decisions,
    private readonly Stops $stops,
    private readonly Outbox $outbox,
    private readonly Words $words,
    private readonly DateFormatterInterface $dates,
  ) {}

  /**
   * {@inheritdoc}
   */
  public static function create(ContainerInterface $container): self {
    return new self(
      $container->get('parapet.decisions'),
      $container->get('parapet.stops'),
      $container->get('parapet.outbox'),
      $container->get('parapet.words'),
      $container->get('date.formatter'),
    );
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
    return [
      '#cache' => ['max-age' => 0],
      '#attached' => ['library' => ['parapet/report']],
      'summary' => ['#type' => 'html_tag', '#tag' => 'p', '#value' => $this->summary($days[gmdate('Y-m-d', $now)] ?? 0)],
      'pictures' => [
        '#type' => 'container',
        '#attributes' => ['class' => ['parapet-pictures']],
        'days' => $this->days($days),
        'reasons' => $this->reasons(),
      ],
      'force' => $this->table($this->t('In force'), [$this->t('Who'), $this->t('What is done'), $this->t('Why'), $this->t('Since'), $this->t('Ends'), $this->t('Record'), $this->t('Operations')], array_map(fn (array $row): array => [
        $row['value'],
        $this->words->remediation($row['remediation']),
        $this->why($row),
        $this->date($row['created']),
        $this->date($row['ends']),
        $row['record'],
        $this->currentUser()->hasPermission('manage parapet decisions')
          ? Link::createFromRoute($this->t('Unblock'), 'parapet.unblock', ['record' => $row['record']], ['attributes' => ['class' => ['button', 'button--small'], 'aria-label' => $this->t('Unblock @value', ['@value' => $row['value']])]])->toString()
          : '',
      ], $inForce), $this->t('Nobody is blocked by this site itself.'), 'parapet-in-force'),
      'stops' => $this->table($this->t('Requests that were stopped last'), [$this->t('When'), $this->t('Who'), $this->t('What was asked for'), $this->t('What was done'), $this->t('Record')], array_map(fn (array $stop): array => [
        $this->date($stop['at']),
        $stop['ip'],
        ['data' => ['#plain_text' => $stop['method'] . ' ' . $stop['target']]],
        $this->words->remediation($stop['cause']),
        $stop['record'],
      ], $this->stops->last(20, $now)), $this->t('None today or yesterday.')),
      'ended' => $this->table($this->t('Ended'), [$this->t('Who'), $this->t('What was done'), $this->t('Why'), $this->t('Since'), $this->t('Ended'), $this->t('Record')], array_map(fn (array $row): array => [
        $row['value'],
        $this->words->remediation($row['remediation']),
        $this->why($row),
        $this->date($row['created']),
        $this->ending($row),
        $row['record'],
      ], array_values($ended)), $this->t('None in the last month.')),
    ];
  }

  /**
   * Says in a sentence or two how it stands.
   */
  private function summary(int $today): string {
    $waiting = count($this->outbox->waiting());
    return implode(' ', array_filter([
      $this->config('parapet.settings')->get('enforce')
        ? (string) $this->formatPlural($today, '1 request was stopped today.', '@count requests were stopped today.')
        : (string) $this->t('The module only observes: nobody is stopped.'),
      $waiting === 0 ? '' : (string) $this->formatPlural($waiting, '1 decision waits for the engine.', '@count decisions wait for the engine.'),
    ]));
  }

  /**
   * Returns a table whose cells say on a phone what they are.
   *
   * @param \Stringable $caption
   *   What is in it.
   * @param list<\Stringable> $header
   *   The names of the columns.
   * @param list<list<mixed>> $rows
   *   The cells.
   * @param \Stringable $empty
   *   What is said when there are none.
   * @param string $id
   *   For links and tests.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function table(\Stringable $caption, array $header, array $rows, \Stringable $empty, string $id = ''): array {
    $labelled = [];
    foreach ($rows as $row) {
      $cells = [];
      foreach ($row as $column => $cell) {
        $cells[] = (is_array($cell) ? $cell : ['data' => $cell]) + ['data-label' => (string) $header[$column]];
      }
      $labelled[] = $cells;
    }
    return [
      '#type' => 'table',
      '#caption' => $caption,
      '#header' => $header,
      '#rows' => $labelled,
      '#empty' => $empty,
      '#attributes' => ['class' => ['parapet-report']] + ($id === '' ? [] : ['id' => $id]),
    ];
  }

  /**
   * Returns why something was decided, by whom, and what the engine says.
   *
   * @phpstan-param Row $row
   *
   * @return array<string, mixed>
   *   A cell.
   */
  private function why(array $row): array {
    $notes = [];
    if ($row['who'] !== '') {
      $notes[] = $this->t('by @who', ['@who' => $row['who']]);
    }
    if (isset($this->outbox->waiting()[$row['record']])) {
      $notes[] = $this->t('waits for the engine');
    }
    if ($row['refusal'] !== '') {
      $notes[] = $this->t('only here; the engine refused: @problem', ['@problem' => $row['refusal']]);
    }
    return [
      'data' => [
        '#type' => 'inline_template',
        '#template' => '{{ message }}{% for note in notes %}<small>{{ note }}</small>{% endfor %}',
        '#context' => ['message' => $row['message'], 'notes' => $notes],
      ],
    ];
  }

  /**
   * Returns when something ended, and who ended it.
   *
   * @phpstan-param Row $row
   */
  private function ending(array $row): \Stringable|string {
    $at = $this->date($row['ends']);
    return match (TRUE) {
      $row['lifted'] !== 1 => $at,
      $row['lifted_by'] === '' => $this->t('lifted @at', ['@at' => $at]),
      default => $this->t('lifted @at by @who', ['@at' => $at, '@who' => $row['lifted_by']]),
    };
  }

  /**
   * Returns a time as people read it.
   */
  private function date(int $at): string {
    return $this->dates->format($at, 'short');
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
  private function days(array $days): array {
    $most = max(1, ...array_values($days));
    $bars = [];
    foreach ($days as $day => $count) {
      // Of a day with few there is still something to be seen.
      $height = $count === 0 ? 0 : max(2, (int) round(90 * $count / $most));
      $bars[] = ['x' => 40 * count($bars), 'y' => 110 - $height, 'height' => $height, 'label' => "$day: $count", 'day' => substr($day, 8), 'count' => $count];
    }
    return $this->picture(
      (string) $this->t('Requests that were stopped, by day'),
      $bars,
      '<svg viewBox="0 0 {{ 40 * bars|length }} 132" role="img" aria-label="{{ title }}: {{ summary }}">'
      . '{% for bar in bars %}<g><title>{{ bar.label }}</title><rect x="{{ bar.x + 4 }}" y="{{ bar.y }}" width="32" height="{{ bar.height }}"/>'
      . '{% if bar.count %}<text x="{{ bar.x + 20 }}" y="{{ bar.y - 4 }}" font-size="11" text-anchor="middle">{{ bar.count }}</text>{% endif %}'
      . '<text x="{{ bar.x + 20 }}" y="127" font-size="11" text-anchor="middle">{{ bar.day }}</text></g>{% endfor %}'
      . '<line x1="0" x2="{{ 40 * bars|length }}" y1="110.5" y2="110.5" stroke="currentColor"/></svg>',
    );
  }

  /**
   * Returns a picture of why there were decisions in the last month.
   *
   * @return array<string, mixed>
   *   A render array; empty when there were none.
   */
  private function reasons(): array {
    $counts = [];
    foreach ($this->decisions->countByScenario() as ['scenario' => $scenario, 'origin' => $origin, 'count' => $count]) {
      $class = Reason::of($scenario, $origin);
      $counts[$class] = ($counts[$class] ?? 0) + $count;
    }
    if ($counts === []) {
      return [];
    }
    arsort($counts);
    $most = max($counts);
    $bars = [];
    foreach (array_slice($counts, 0, 6) as $class => $count) {
      $name = (string) $this->words->reason($class);
      $bars[] = ['y' => 24 * count($bars), 'width' => max(2, (int) round(250 * $count / $most)), 'label' => "$name: $count", 'name' => $name, 'count' => $count];
    }
    return $this->picture(
      (string) $this->t('Why visitors were stopped, last month'),
      $bars,
      '<svg viewBox="0 0 560 {{ 24 * bars|length }}" role="img" aria-label="{{ title }}: {{ summary }}">'
      . '{% for bar in bars %}<g><title>{{ bar.label }}</title><text x="240" y="{{ bar.y + 16 }}" font-size="14" text-anchor="end">{{ bar.name }}</text>'
      . '<rect x="250" y="{{ bar.y + 3 }}" width="{{ bar.width }}" height="17"/><text x="{{ bar.width + 256 }}" y="{{ bar.y + 16 }}" font-size="14">{{ bar.count }}</text></g>{% endfor %}</svg>',
    );
  }

  /**
   * Returns a picture with its title, which is read out with all its numbers.
   *
   * @param string $title
   *   What is to be seen.
   * @param list<array<string, mixed>> $bars
   *   What the template draws, each with a label.
   * @param string $template
   *   The picture.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function picture(string $title, array $bars, string $template): array {
    return [
      '#type' => 'inline_template',
      '#template' => "<figure><figcaption>{{ title }}</figcaption>$template</figure>",
      '#context' => ['bars' => $bars, 'title' => $title, 'summary' => implode(', ', array_column($bars, 'label'))],
    ];
  }

}

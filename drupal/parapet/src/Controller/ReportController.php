<?php

declare(strict_types=1);

namespace Drupal\parapet\Controller;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Controller\ControllerBase;
use Drupal\Core\Datetime\DateFormatterInterface;
use Drupal\Core\Link;
use Drupal\Core\Pager\PagerManagerInterface;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Pages\Reason;
use Drupal\parapet\Decisions;
use Drupal\parapet\EngineDecisions;
use Drupal\parapet\Form\LookUpForm;
use Drupal\parapet\Outbox;
use Drupal\parapet\Site;
use Drupal\parapet\Stops;
use Drupal\parapet\Words;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Component\HttpFoundation\Request;

/**
 * What was stopped and why.
 *
 * @phpstan-type Row array{record: string, scope: string, value: string, remediation: string, scenario: string, origin: string, created: int, ends: int, lifted: int, message: string, who: string, lifted_by: string, refusal: string}
 */
final class ReportController extends ControllerBase {

  private const DAYS = 14;
  private const ROWS = 50;
  private const ENDED_ROWS = 20;
  private const STOPS = 10;

  public function __construct(
    private readonly Decisions $decisions,
    private readonly Stops $stops,
    private readonly Outbox $outbox,
    private readonly Words $words,
    private readonly DateFormatterInterface $dates,
    private readonly PagerManagerInterface $pagers,
    private readonly Site $site,
    private readonly ConfigFactoryInterface $config,
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
      $container->get('pager.manager'),
      $container->get('parapet.site'),
      $container->get('config.factory'),
    );
  }

  /**
   * The page at /admin/reports/parapet.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  public function overview(Request $request): array {
    $now = time();
    $days = $this->stops->days(self::DAYS, $now);
    $who = trim((string) $request->query->get('who'));
    return [
      '#cache' => ['max-age' => 0],
      '#attached' => ['library' => ['parapet/report']],
      'summary' => ['#type' => 'html_tag', '#tag' => 'p', '#value' => $this->summary($days[gmdate('Y-m-d', $now)] ?? 0)],
      'look_up' => $this->formBuilder()->getForm(LookUpForm::class),
    ] + ($who === '' ? $this->everybody($days, $now) : $this->one($who, $now));
  }

  /**
   * Returns what is known of one visitor, in force and ended.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function one(string $who, int $now): array {
    $rows = $this->decisions->about($who, self::ROWS);
    $foreign = (new EngineDecisions($this->config))->about($who, $now);
    $cells = array_map(fn (array $row): array => $this->decided($row, $now), $rows);
    if ($foreign !== NULL && !in_array($foreign->record, array_column($rows, 'record'), TRUE)) {
      $cells = [$this->decidedElsewhere($foreign), ...$cells];
    }
    $packed = Ip::pack($who);
    $isAllowed = $packed !== NULL && CidrSet::fromTexts($this->site->allowlist())->contains($packed);
    return [
      'allowed' => $isAllowed ? ['#type' => 'html_tag', '#tag' => 'p', '#value' => $this->t('@who is on the allowlist: it is never stopped.', ['@who' => $who])] : [],
      'decisions' => $this->table($this->t('What was decided on @who', ['@who' => $who]), $this->header(), $cells, $this->t('Nothing in the last month, and nothing is in force.'), 'parapet-looked-up'),
      'stops' => $this->requests($who, $now),
      'all' => Link::createFromRoute($this->t('Show everybody'), 'parapet.report')->toRenderable(),
    ];
  }

  /**
   * Returns pictures and tables of all that was decided here.
   *
   * @param array<string, int> $days
   *   How many requests were stopped, by day.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function everybody(array $days, int $now): array {
    $page = $this->pagers->createPager($this->decisions->countInForce(), self::ROWS)->getCurrentPage();
    return [
      'pictures' => [
        '#type' => 'container',
        '#attributes' => ['class' => ['parapet-pictures']],
        'days' => $this->days($days),
        'reasons' => $this->reasons(),
      ],
      'stops' => $this->requests('', $now),
      'force' => $this->table($this->t('In force'), $this->header(), array_map(
        fn (array $row): array => $this->decided($row, $now),
        $this->decisions->rows(TRUE, self::ROWS, $page * self::ROWS),
      ), $this->t('Nobody is blocked by this site itself.'), 'parapet-in-force'),
      'pager' => ['#type' => 'pager'],
      'ended' => $this->table($this->t('Ended'), array_slice($this->header(), 0, -1), array_map(
        fn (array $row): array => array_slice($this->decided($row, $now), 0, -1),
        $this->decisions->rows(FALSE, self::ENDED_ROWS),
      ), $this->t('None in the last month.'), 'parapet-ended'),
    ];
  }

  /**
   * Returns the requests that were stopped last.
   *
   * @param string $who
   *   An address or a record; of everybody when it is empty.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return array<string, mixed>
   *   A render array.
   */
  private function requests(string $who, int $now): array {
    return $this->table($this->t('Requests that were stopped last'), [$this->t('When'), $this->t('Who'), $this->t('What was asked for'), $this->t('What was done'), $this->t('Record')], array_map(fn (array $stop): array => [
      $this->date($stop['at']),
      self::who($stop['ip']),
      ['data' => ['#plain_text' => $stop['method'] . ' ' . $stop['target']], 'class' => ['parapet-text']],
      $this->words->remediation($stop['cause']),
      $stop['record'],
    ], $this->stops->last($who === '' ? self::STOPS : self::ROWS, $now, strtolower($who))), $this->t('None today or yesterday.'), 'parapet-stops');
  }

  /**
   * Returns the columns of decisions.
   *
   * @return list<\Stringable>
   *   Their names.
   */
  private function header(): array {
    return [$this->t('Who'), $this->t('What is done'), $this->t('Why'), $this->t('Since'), $this->t('Ends'), $this->t('Record'), $this->t('Operations')];
  }

  /**
   * Returns the cells of a decision that was made here.
   *
   * @phpstan-param Row $row
   *
   * @return list<mixed>
   *   One for each column.
   */
  private function decided(array $row, int $now): array {
    $isInForce = $row['ends'] > $now;
    return [
      self::who($row['value']),
      $this->words->remediation($row['remediation']),
      $this->why($row),
      $this->date($row['created']),
      $isInForce ? $this->until($row['ends']) : $this->ending($row),
      $row['record'],
      $isInForce ? $this->unblock($row['record'], $row['value']) : '',
    ];
  }

  /**
   * Returns the cells of a decision that an engine made.
   *
   * @return list<mixed>
   *   One for each column.
   */
  private function decidedElsewhere(Decision $decision): array {
    $isLiftedHere = $this->outbox->isWanted();
    return [
      self::who($decision->value),
      $this->words->remediation($decision->remediation),
      $this->noted($decision->scenario, [$isLiftedHere
        ? $this->t('decided by the engine')
        : $this->t('decided by the engine, which has to lift it; on the allowlist the address is let in here')]),
      '',
      $this->until($decision->ends),
      $decision->record,
      $isLiftedHere ? $this->unblock($decision->record, $decision->value) : '',
    ];
  }

  /**
   * Returns the way to let somebody in, for those who may.
   */
  private function unblock(string $record, string $value): \Stringable|string {
    return $this->currentUser()->hasPermission('manage parapet decisions')
      ? Link::createFromRoute($this->t('Unblock'), 'parapet.unblock', ['record' => $record], ['attributes' => ['class' => ['button', 'button--small'], 'aria-label' => $this->t('Unblock @value', ['@value' => $value])]])->toString()
      : '';
  }

  /**
   * Says in a sentence or two how it stands.
   */
  private function summary(int $today): string {
    $waiting = count($this->outbox->waiting());
    $foreign = (new EngineDecisions($this->config))->count();
    return implode(' ', array_filter([
      $this->config('parapet.settings')->get('enforce')
        ? (string) $this->formatPlural($today, '1 request was stopped today.', '@count requests were stopped today.')
        : (string) $this->t('The module only observes: nobody is stopped.'),
      $foreign === 0 ? '' : (string) $this->formatPlural($foreign, '1 decision of the engine is in force here.', '@count decisions of the engine are in force here.'),
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
    return $this->noted($row['message'], $notes);
  }

  /**
   * Returns an address or a range; one of IPv6 may be long.
   *
   * @return array<string, mixed>
   *   A cell.
   */
  private static function who(string $value): array {
    return ['data' => ['#plain_text' => $value], 'class' => ['parapet-who']];
  }

  /**
   * Returns a sentence with notes in small print.
   *
   * @param string $message
   *   The sentence.
   * @param list<\Stringable> $notes
   *   The notes.
   *
   * @return array<string, mixed>
   *   A cell.
   */
  private function noted(string $message, array $notes): array {
    return [
      'data' => [
        '#type' => 'inline_template',
        '#template' => '{{ message }}{% for note in notes %}<small>{{ note }}</small>{% endfor %}',
        '#context' => ['message' => $message, 'notes' => $notes],
      ],
      'class' => ['parapet-text'],
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
   * Returns when something ends that is in force.
   */
  private function until(int $ends): \Stringable|string {
    return $ends >= Decision::FOR_EVER ? $this->t('Never') : $this->date($ends);
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
      $bars[] = ['y' => 44 * count($bars), 'width' => max(2, (int) round(490 * $count / $most)), 'label' => "$name: $count", 'name' => $name, 'count' => $count];
    }
    return $this->picture(
      (string) $this->t('Why visitors were stopped, last month'),
      $bars,
      '<svg viewBox="0 0 560 {{ 44 * bars|length }}" role="img" aria-label="{{ title }}: {{ summary }}">'
      . '{% for bar in bars %}<g><title>{{ bar.label }}</title><text y="{{ bar.y + 18 }}" font-size="14">{{ bar.name }}</text>'
      . '<rect y="{{ bar.y + 24 }}" width="{{ bar.width }}" height="16"/><text x="{{ bar.width + 8 }}" y="{{ bar.y + 38 }}" font-size="14">{{ bar.count }}</text></g>{% endfor %}</svg>',
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

<?php

declare(strict_types=1);

namespace Drupal\parapet\Drush\Commands;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Drupal\parapet\Decisions;
use Drupal\parapet\Engine;
use Drupal\parapet\EngineDecisions;
use Drupal\parapet\OtherBans;
use Drupal\parapet\Outbox;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drush\Attributes as CLI;
use Drush\Commands\DrushCommands;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * The way back in when the site's pages are closed, and what is going on.
 */
final class ParapetCommands extends DrushCommands {

  /**
   * So long at once is sent to the engine before the bar moves on.
   */
  private const TURN_SECONDS = 4.0;

  public function __construct(
    private readonly Decisions $decisions,
    private readonly Engine $engine,
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly Outbox $outbox,
    private readonly OtherBans $otherBans,
  ) {
    parent::__construct();
  }

  /**
   * Makes the commands.
   */
  public static function create(ContainerInterface $container): self {
    return new self(
      $container->get('parapet.decisions'),
      $container->get('parapet.engine'),
      $container->get('parapet.signals'),
      $container->get('parapet.site'),
      $container->get('parapet.outbox'),
      new OtherBans($container->get('parapet.decisions'), $container->get('parapet.site'), $container),
    );
  }

  /**
   * Blocks an address or a range.
   *
   * @param string $value
   *   Address or range.
   * @param array{hours: int, reason: string, remediation: string} $options
   *   How long, why, and what is done.
   */
  #[CLI\Command(name: 'parapet:ban')]
  #[CLI\Argument(name: 'value', description: 'Address or range')]
  #[CLI\Option(name: 'hours', description: 'For how long')]
  #[CLI\Option(name: 'reason', description: 'Why')]
  #[CLI\Option(name: 'remediation', description: 'ban, captcha, throttle or step-up')]
  #[CLI\Usage(name: 'drush parapet:ban 203.0.113.9 --hours=48', description: 'Stops every request of this address for two days')]
  public function ban(string $value, array $options = ['hours' => 4, 'reason' => 'by hand', 'remediation' => 'ban']): int {
    $record = $this->decisions->block($value, $options['remediation'], (int) $options['hours'] * 3600, $options['reason']);
    if ($record === NULL) {
      $this->io()->error("$value is neither an address nor a range.");
      return self::EXIT_FAILURE;
    }
    $this->io()->success("$value is blocked (record $record).");
    return self::EXIT_SUCCESS;
  }

  /**
   * Lets somebody in again.
   *
   * @param string $value
   *   Address, range, or the record that the block page shows.
   */
  #[CLI\Command(name: 'parapet:unban')]
  #[CLI\Argument(name: 'value', description: 'Address, range or record')]
  public function unban(string $value): int {
    $lifted = $this->decisions->lift($value);
    if ($lifted === []) {
      $other = $this->decisions->decisionFor($value);
      if ($this->outbox->isWanted()) {
        $this->io()->success("Nothing is in force here against $value; the engine is told to let it in.");
        return self::EXIT_SUCCESS;
      }
      $this->io()->warning($other === NULL
        ? "Nothing is in force against $value."
        : "The engine has decided on $value (record $other->record): run \"parapet unban $value\" where it runs.");
      return $other === NULL ? self::EXIT_SUCCESS : self::EXIT_FAILURE;
    }
    $this->io()->success("$value may come in again (" . implode(', ', $lifted) . ').');
    return self::EXIT_SUCCESS;
  }

  /**
   * Takes over what Ban and Advanced Ban hold, or lifts that again.
   *
   * @param array{undo: bool} $options
   *   Whether what was taken over is lifted.
   */
  #[CLI\Command(name: 'parapet:take-over')]
  #[CLI\Option(name: 'undo', description: 'Lifts what was taken over; the other modules still have their lists')]
  #[CLI\Usage(name: 'drush parapet:take-over', description: 'Says what the other modules hold, asks, and takes it over')]
  #[CLI\Usage(name: 'drush parapet:take-over --yes', description: 'The same without asking')]
  public function takeOver(array $options = ['undo' => FALSE]): int {
    $rows = [];
    $count = 0;
    foreach ($this->otherBans->modules() as $module) {
      $counts = $this->otherBans->counts($module);
      $rows[] = [$module, $counts['held'], $counts['refused'], $counts['new'], $counts['taken']];
      $count += $options['undo'] ? $counts['taken'] : $counts['new'];
    }
    if ($rows === []) {
      $this->io()->writeln('Neither Ban nor Advanced Ban is installed.');
      return self::EXIT_SUCCESS;
    }
    $this->io()->table(['Module', 'Holds', 'Left out: no address, too wide or on the allowlist', 'Not in force here', 'Taken over'], $rows);
    if ($count === 0) {
      $this->io()->writeln($options['undo'] ? 'Nothing was taken over.' : 'None is left to be taken over.');
      return self::EXIT_SUCCESS;
    }
    if (!$this->io()->confirm($options['undo'] ? "Lift $count bans?" : "Take over $count bans?")) {
      return self::EXIT_FAILURE;
    }
    $done = 0;
    foreach ($this->otherBans->modules() as $module) {
      $done += $options['undo'] ? $this->otherBans->undo($module) : $this->otherBans->take($module);
    }
    $this->io()->success($options['undo'] ? "$done bans are lifted." : "$done bans are taken over.");
    return $this->tellEngine();
  }

  /**
   * Says what the module does and whether it can.
   */
  #[CLI\Command(name: 'parapet:status')]
  public function status(): int {
    $settings = Settings::read(Site::folder());
    if ($settings === NULL) {
      $this->io()->error(Site::folder() . ' cannot be read: nobody is stopped.');
      return self::EXIT_FAILURE;
    }
    $rows = [['Enforcing', $settings->isEnforcing ? 'yes' : 'no, only observing']];
    foreach ($settings->snapshots as $path) {
      try {
        $reader = SnapshotReader::open($path);
        $rows[] = [$path, "$reader->decisions decisions, written " . gmdate('Y-m-d H:i:s', $reader->madeAt) . ' UTC'];
      }
      catch (SnapshotException $problem) {
        $rows[] = [$path, $problem->getMessage()];
      }
    }
    $status = $this->engine->status();
    $rows[] = [
      'Engine',
      match (TRUE) {
        $status['problem'] !== '' => $status['problem'],
        $status['answered'] === 0 => 'not asked yet',
        default => 'reached ' . gmdate('Y-m-d H:i:s', $status['answered']) . ' UTC',
      },
    ];
    $rows[] = ['Decisions that wait for the engine', (string) $this->outbox->count()];
    $rows[] = ['Signals that wait', (string) count($this->site->spool()->files())];
    $this->io()->table(['What', 'How it is'], $rows);
    return self::EXIT_SUCCESS;
  }

  /**
   * Says which pattern of the perimeter a path is like, or what is in force.
   *
   * @param string $value
   *   Path, address, range, or the record that the block page shows.
   */
  #[CLI\Command(name: 'parapet:test')]
  #[CLI\Argument(name: 'value', description: 'A path such as /wp-login.php, an address, a range, or a record')]
  public function test(string $value): int {
    if (str_starts_with($value, '/')) {
      $pattern = PatternSet::checked(Settings::read(Site::folder())->patterns ?? [])->patternFor($value);
      $this->io()->writeln($pattern === NULL ? "$value is like no pattern." : "$value is like $pattern.");
      return self::EXIT_SUCCESS;
    }
    $decision = $this->decisions->decisionFor($value) ?? $this->under($value);
    $this->io()->writeln($decision === NULL
      ? "Nothing is in force against $value."
      : "$decision->remediation " . ($decision->ends >= Decision::FOR_EVER ? 'without an end' : 'until ' . gmdate('Y-m-d H:i:s', $decision->ends) . ' UTC') . ": $decision->scenario (record $decision->record, on $decision->value).");
    return self::EXIT_SUCCESS;
  }

  /**
   * Sends what waits, and tells how much did.
   *
   * @param array{send-test: bool} $options
   *   Whether to add a signal of its own.
   */
  #[CLI\Command(name: 'parapet:signals')]
  #[CLI\Option(name: 'send-test', description: 'Adds a signal "parapet.test"')]
  public function signals(array $options = ['send-test' => FALSE]): int {
    if ($options['send-test']) {
      $this->signals->record($this->signals->signal('parapet.test'));
    }
    $problem = $this->engine->exchange($this->decisions, time());
    $waiting = count($this->site->spool()->files());
    $this->io()->writeln($problem === '' ? "$waiting files wait." : "$problem; $waiting files wait.");
    return $problem === '' ? self::EXIT_SUCCESS : self::EXIT_FAILURE;
  }

  /**
   * Sends the engine all that waits for it, with a bar.
   */
  private function tellEngine(): int {
    $all = $this->outbox->isWanted() ? $this->outbox->count() : 0;
    if ($all === 0) {
      return self::EXIT_SUCCESS;
    }
    $bar = $this->io()->createProgressBar($all);
    $bar->setFormat(' The engine is told: %current%/%max% [%bar%] %remaining%');
    $bar->start();
    try {
      for ($left = $all; $left > 0; $left = $this->outbox->count()) {
        $bar->setProgress(max(0, $all - $left));
        $this->outbox->send(microtime(TRUE) + self::TURN_SECONDS);
        // The engine takes so many a second from one sender.
        usleep(200000);
      }
      $bar->finish();
      $this->io()->newLine(2);
      return self::EXIT_SUCCESS;
    }
    catch (HttpException $exception) {
      $this->io()->newLine(2);
      $this->io()->warning($exception->getMessage() . '. Decisions that wait for it: ' . $this->outbox->count() . '; cron tries again.');
      return self::EXIT_FAILURE;
    }
  }

  /**
   * Returns what is in force under a record or on just this range.
   */
  private function under(string $recordOrRange): ?Decision {
    $now = time();
    foreach ($this->decisions->about($recordOrRange, 10) as $row) {
      if ($row['ends'] > $now) {
        return Decisions::decision($row);
      }
    }
    return (new EngineDecisions(\Drupal::configFactory()))->about($recordOrRange, $now);
  }

}

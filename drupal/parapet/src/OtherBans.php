<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\Ip;
use Symfony\Component\DependencyInjection\ContainerInterface;

/**
 * Bans that Ban and Advanced Ban hold, taken over when somebody wants it.
 *
 * Their own lists stay as they are: who undoes it has what was there before.
 */
final class OtherBans {

  /**
   * Why something was decided that comes from a module, by its name.
   */
  private const REASONS = ['ban' => 'taken over from Ban', 'advban' => 'taken over from Advanced Ban'];

  public function __construct(
    private readonly Decisions $decisions,
    private readonly Site $site,
    private readonly ContainerInterface $container,
  ) {}

  /**
   * Returns the modules that are there.
   *
   * @return list<string>
   *   Their names.
   */
  public function modules(): array {
    return array_values(array_filter(array_keys(self::REASONS), fn (string $module): bool => $this->container->has("$module.ip_manager")));
  }

  /**
   * Counts what a module holds, and what of it is here.
   *
   * @return array{held: int, refused: int, new: int, taken: int}
   *   Bans that have not ended; of those, what cannot be taken over, and what is
   *   not in force here; what is, because it was taken over.
   */
  public function counts(string $module): array {
    [$ends, $refused] = $this->held($module);
    return [
      'held' => count($ends) + $refused,
      'refused' => $refused,
      'new' => count($this->decisions->notBanned($ends)),
      'taken' => count($this->decisions->decidedFor(self::REASONS[$module])),
    ];
  }

  /**
   * Takes over what a module holds and what is not in force here.
   *
   * @return int
   *   How much that was.
   */
  public function take(string $module): int {
    return $this->decisions->blockAll($this->held($module)[0], self::REASONS[$module]);
  }

  /**
   * Lifts what was taken over from a module.
   *
   * @return int
   *   How much that was.
   */
  public function undo(string $module): int {
    return $this->decisions->liftAll(self::REASONS[$module]);
  }

  /**
   * Reads the list of a module.
   *
   * @return array{array<string, int>, int}
   *   Until when, by address or range; and how many bans cannot be taken over.
   */
  private function held(string $module): array {
    $call = [$this->container->get("$module.ip_manager"), 'findAll'];
    $rows = is_callable($call) ? $call() : [];
    $allowlist = CidrSet::fromTexts($this->site->allowlist());
    $ends = [];
    $refused = 0;
    $now = time();
    foreach (is_iterable($rows) ? $rows : [] as $row) {
      $ban = (array) $row;
      $until = (int) ($ban['expiry_date'] ?? 0);
      if ($until > 0 && $until <= $now) {
        continue;
      }
      $ranges = array_filter(self::ranges($ban), static fn (Cidr $range): bool => !$range->isTooWide()
        && !($range->isAddress() && $allowlist->contains($range->network)));
      $refused += $ranges === [] ? 1 : 0;
      foreach ($ranges as $range) {
        $ends[$range->text()] = max($ends[$range->text()] ?? 0, $until === 0 ? Decision::FOR_EVER : min(Decision::FOR_EVER, $until));
      }
    }
    return [$ends, $refused];
  }

  /**
   * Returns on whom a ban is.
   *
   * @param array<mixed> $ban
   *   A row of the module's table. A range of Advanced Ban has its first and
   *   last address in decimal.
   *
   * @return list<\Drupal\parapet\Core\Net\Cidr>
   *   An address, or the ranges that make it up; nothing when it is neither.
   */
  private static function ranges(array $ban): array {
    $first = is_scalar($ban['ip'] ?? NULL) ? (string) $ban['ip'] : '';
    $last = is_scalar($ban['ip_end'] ?? NULL) ? (string) $ban['ip_end'] : '';
    if ($last === '') {
      $cidr = Cidr::parse(trim($first));
      return $cidr === NULL ? [] : [$cidr];
    }
    $isDecimal = ctype_digit($first) && ctype_digit($last);
    [$from, $to] = array_map(Ip::pack(...), $isDecimal ? [(string) long2ip((int) $first), (string) long2ip((int) $last)] : [$first, $last]);
    return $from === NULL || $to === NULL ? [] : Cidr::between($from, $to);
  }

}

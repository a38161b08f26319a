<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

/**
 * What was decided about an address, a range, a session or anything else.
 */
final class Decision {

  /**
   * The end of a decision that has none.
   */
  public const FOR_EVER = 0xFFFFFFFF;

  public function __construct(
    public readonly string $scope,
    public readonly string $value,
    public readonly string $remediation,
    public readonly string $scenario,
    public readonly string $origin,
    /**
     * Seconds since the epoch.
     */
    public readonly int $ends,
    /**
     * Eight hex digits, shown to people.
     */
    public readonly string $record,
    public readonly bool $simulated = FALSE,
  ) {}

  /**
   * How much it asks for: 4 ban, 3 captcha, 2 slower, 1 anything else.
   */
  public function strictness(): int {
    return match ($this->remediation) {
      'ban' => 4,
      'captcha' => 3,
      'throttle', 'tarpit' => 2,
      default => 1,
    };
  }

  /**
   * Whether it applies before the other (docs/decisions-bin.md).
   *
   * @param self $other
   *   The other decision.
   * @param int $own
   *   How closely this one points at the visitor.
   * @param int $others
   *   The same of the other.
   */
  public function isBefore(self $other, int $own, int $others): bool {
    return [$this->simulated, -$this->strictness(), -$own, -$this->ends, $this->record]
      < [$other->simulated, -$other->strictness(), -$others, -$other->ends, $other->record];
  }

}

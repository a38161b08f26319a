<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Perimeter;

use Drupal\parapet\Core\Flood\FloodInterface;
use Drupal\parapet\Core\Net\CidrSet;

/**
 * The perimeter: whoever asks for what this site never had is turned away.
 *
 * Only requests that were answered 404 count, so that a page that exists can
 * never ban its readers. Same settings and numbers as the Perimeter module.
 */
final class Perimeter {

  /**
   * The name under which tries are counted.
   */
  public const NOT_FOUND = 'parapet.not_found';
  public const HONEYPOT = 'parapet.honeypot';

  public function __construct(
    private readonly PatternSet $patterns,
    private readonly CidrSet $allowlist,
    private readonly FloodInterface $flood,
    /**
     * How many tries are let pass; 0 acts on the first, 2 on the third.
     */
    private readonly int $threshold = 0,
    /**
     * After how many seconds a try is forgotten.
     */
    private readonly int $window = 3600,
  ) {}

  /**
   * Counts a request that was answered 404.
   *
   * @param string $packed
   *   Who asked.
   * @param string $rawTarget
   *   What was asked for.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return string|null
   *   The pattern when the address has had its tries, else NULL.
   */
  public function missed(string $packed, string $rawTarget, int $now): ?string {
    $pattern = $this->patterns->patternFor($rawTarget);
    return $pattern !== NULL && $this->count(self::NOT_FOUND, $packed, $now) ? $pattern : NULL;
  }

  /**
   * Counts something else that only attackers do, such as a filled honeypot.
   *
   * @param string $name
   *   What it is; each is counted by itself.
   * @param string $packed
   *   Who did it.
   * @param int $now
   *   Seconds since the epoch.
   *
   * @return bool
   *   TRUE when the address has had its tries.
   */
  public function count(string $name, string $packed, int $now): bool {
    if ($this->allowlist->contains($packed)) {
      return FALSE;
    }
    if (!$this->flood->isTooOften($name, bin2hex($packed), $this->threshold, $this->window, $now)) {
      return FALSE;
    }
    $this->flood->clear($name, bin2hex($packed));
    return TRUE;
  }

}

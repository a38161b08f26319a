<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Cookies;

use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Net\Ip;

/**
 * The pass of somebody who was checked: `1.KIND.EXPIRES.SIGNATURE`.
 *
 * The same as the gateway's. It holds nothing of its holder; address and browser
 * go into the signature only.
 */
final class PassCookie {

  public const NAME = 'parapet_pass';
  /**
   * How its holder came by it; one who only waited is trusted less.
   */
  public const SOLVED = 's';
  public const WAITED = 'w';
  private const SHAPE = '/^1\.([sw])\.([0-9a-z]{1,8})\.([\w-]{22})$/D';

  private readonly Signer $signer;

  public function __construct(
    string $secret,
    private readonly string $site,
  ) {
    $this->signer = new Signer($secret, 'pass');
  }

  /**
   * Returns the value for somebody who solved the check, or waited.
   */
  public function issue(Visit $visit, int $seconds, int $now, string $kind = self::SOLVED): string {
    $text = "1.$kind." . Ip::base36($now + $seconds);
    return $text . '.' . $this->signer->sign("$text\n" . self::binding($visit, $this->site));
  }

  /**
   * Returns the kind of pass that the visitor has, the better of several.
   *
   * @return string
   *   SOLVED, WAITED, or nothing.
   */
  public function kindHeld(Visit $visit, int $now): string {
    $best = '';
    foreach ($visit->cookies(self::NAME) as $rawPass) {
      if (preg_match(self::SHAPE, $rawPass, $match) === 1 && (int) base_convert($match[2], 36, 10) > $now) {
        $text = substr($rawPass, 0, -23);
        if ($this->signer->isSigned("$text\n" . self::binding($visit, $this->site), $match[3])) {
          $best = $best === self::SOLVED ? $best : $match[1];
        }
      }
    }
    return $best;
  }

  /**
   * Returns what ties a signature to site, client and browser.
   */
  public static function binding(Visit $visit, string $site): string {
    return "$site\n" . Ip::clientKey($visit->packed) . "\n" . $visit->header('user-agent');
  }

}

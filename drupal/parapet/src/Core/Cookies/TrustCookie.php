<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Cookies;

use Drupal\parapet\Core\Net\Ip;

/**
 * The cookie by which a person the site trusts is never locked out.
 *
 * The same as the gateway's, version 1:
 *
 * @code
 * 1.KIND.EPOCH.EXPIRES.WHO.SIGNATURE
 * @endcode
 *
 * KIND is `o` for an operator, `v` for somebody the CMS vouches for. Numbers
 * are in base 36, EXPIRES in seconds. It is bound to the site and an end, not to
 * an address. Raising the epoch ends all that were given out before.
 */
final class TrustCookie {

  /**
   * With a secret shared with the gateway; the other is the module's own.
   */
  public const SHARED_NAME = 'parapet_trust';
  public const OWN_NAME = 'parapet_bypass';
  public const MOST_SECONDS = 604800;
  private const LONGEST_NAME = 64;
  private const SHAPE = '/^1\.([ov])\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([\w-]{0,344})\.([\w-]{22})$/D';

  private readonly Signer $signer;

  public function __construct(
    string $secret,
    private readonly string $site,
    /**
     * Below 0 when it is not known: then trust of any epoch counts.
     */
    private readonly int $epoch,
  ) {
    $this->signer = new Signer($secret, 'trust');
  }

  /**
   * Returns the value for somebody the CMS vouches for.
   *
   * @param string $who
   *   For people to read; never compared.
   * @param int $seconds
   *   How long, a week at most.
   * @param int $now
   *   Seconds since the epoch.
   */
  public function issue(string $who, int $seconds, int $now): string {
    $text = implode('.', [
      '1',
      'v',
      Ip::base36(max(1, $this->epoch)),
      Ip::base36($now + min($seconds, self::MOST_SECONDS)),
      Signer::base64url(mb_substr($who, 0, self::LONGEST_NAME, 'UTF-8')),
    ]);
    return $text . '.' . $this->signer->sign("$text\n$this->site");
  }

  /**
   * Returns until when a cookie is good, 0 when it is not.
   */
  public function read(string $rawTrust, int $now): int {
    if (preg_match(self::SHAPE, $rawTrust, $match) !== 1) {
      return 0;
    }
    $ends = (int) base_convert($match[3], 36, 10);
    $isCurrent = $this->epoch < 0 || (int) base_convert($match[2], 36, 10) === $this->epoch;
    $text = substr($rawTrust, 0, -23);
    $isGood = $isCurrent && $ends > $now && $this->signer->isSigned("$text\n$this->site", $match[5]);
    return $isGood ? $ends : 0;
  }

}

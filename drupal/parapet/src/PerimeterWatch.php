<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Flood\FloodInterface;
use Drupal\Core\Logger\LoggerChannelFactoryInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Drupal\parapet\Core\Perimeter\Perimeter;

/**
 * The perimeter: bans who asks for what this site never had.
 */
final class PerimeterWatch {

  public function __construct(
    private readonly Decisions $decisions,
    private readonly ConfigFactoryInterface $config,
    private readonly FloodInterface $flood,
    private readonly LoggerChannelFactoryInterface $loggers,
    private readonly AccountInterface $account,
    private readonly Site $site,
  ) {}

  /**
   * Takes notice of a request that was answered 404.
   *
   * @param string $ip
   *   Who asked.
   * @param string $rawTarget
   *   What was asked for.
   * @param string $referrer
   *   Which page led there; any text.
   * @param string $userAgent
   *   Which browser it says it is; any text.
   * @param string $url
   *   The whole address.
   *
   * @return string|null
   *   The record of a ban; NULL when there was none.
   */
  public function missed(string $ip, string $rawTarget, string $referrer, string $userAgent, string $url): ?string {
    $packed = Ip::pack($ip);
    $config = $this->config->get('parapet.settings');
    if ($packed === NULL || !$config->get('perimeter.enabled') || $this->account->hasPermission('bypass parapet')) {
      return NULL;
    }
    $pattern = $this->perimeter()->missed($packed, $rawTarget, time());
    if ($pattern === NULL) {
      return NULL;
    }
    $path = PatternSet::pathInfo($rawTarget);
    $record = $this->decisions->decide($ip, 'ban', 'parapet/perimeter', 0, "$ip asked for $path, which is like $pattern");
    if ($record !== NULL) {
      $this->loggers->get('parapet')->notice('Banned @ip: @url is like @pattern. Referrer: @referrer. User agent: @agent.', [
        '@ip' => $ip,
        '@url' => $url,
        '@pattern' => $pattern,
        '@referrer' => $referrer === '' ? '-' : $referrer,
        '@agent' => $userAgent === '' ? '-' : $userAgent,
      ]);
    }
    return $record;
  }

  /**
   * Takes notice of a form that a program filled in.
   *
   * @param string $ip
   *   Who sent it.
   * @param string $formId
   *   Which form.
   *
   * @return string|null
   *   The record of a ban; NULL when there was none.
   */
  public function trapped(string $ip, string $formId): ?string {
    $packed = Ip::pack($ip);
    // Password managers fill in what they find: a login form bans nobody.
    $isLogin = in_array($formId, ['user_login_form', 'user_login_block'], TRUE);
    if ($packed === NULL || $isLogin || (int) $this->account->id() === 1 || $this->account->hasPermission('bypass parapet')) {
      return NULL;
    }
    if (!$this->perimeter()->count(Perimeter::HONEYPOT, $packed, time())) {
      return NULL;
    }
    return $this->decisions->decide($ip, 'ban', 'parapet/drupal-honeypot', 0, "$ip filled in the hidden field of $formId");
  }

  /**
   * Returns the perimeter as it is configured.
   */
  private function perimeter(): Perimeter {
    $config = $this->config->get('parapet.settings');
    return new Perimeter(
      new PatternSet(array_filter((array) $config->get('perimeter.patterns'), 'is_string')),
      CidrSet::fromTexts($this->site->allowlist()),
      new DrupalFlood($this->flood),
      (int) $config->get('perimeter.flood_threshold'),
      (int) $config->get('perimeter.flood_window'),
    );
  }

}

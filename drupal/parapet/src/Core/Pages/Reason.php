<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Pages;

/**
 * Why somebody was stopped, in one of a few plain classes.
 *
 * Enough to understand it, not enough to tune an attack. The same as the
 * gateway's.
 */
final class Reason {

  private const PATTERNS = [
    'attack' => '~cve-|exploit|sqli|xss|injection|traversal|backdoor|log4|spring4|shell|(?:^|[-_/:])rce(?:$|[-_])|vpatch|appsec|webdav|upload~',
    'spam' => '/spam|comment|contact|form/',
    'sign-in' => '~(?:^|[-_/:])bf(?:$|[-_])|brute|login|credential|password|stuffing|user-enum|account~',
    'flood' => '/dos(?:$|[-_])|flood|rate|hammer/',
    'probing' => '/prob|scan|perimeter|sensitive|enum|404|admin-interface|bad-user-agent|discovery|honeypot|trap/',
    'crawling' => '/crawl|bot|scrap|facet/',
  ];

  /**
   * Returns the class for a decision's scenario and origin.
   */
  public static function of(string $scenario, string $origin): string {
    if (in_array($origin, ['operator', 'cscli', 'console'], TRUE)) {
      return 'operator';
    }
    if (in_array($origin, ['list', 'lists', 'community', 'CAPI'], TRUE)) {
      return 'list';
    }
    $name = strtolower($scenario);
    foreach (self::PATTERNS as $class => $pattern) {
      if (preg_match($pattern, $name) === 1) {
        return $class;
      }
    }
    return 'other';
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Net;

/**
 * Who asks, where a proxy stands in front.
 *
 * X-Forwarded-For is read from right to left for as long as the address is a
 * proxy of ours: the first that is not is the visitor. What stands to its left
 * was written by the visitor.
 */
final class ClientAddress {

  private const MOST_HOPS = 32;

  /**
   * Returns the packed address of the visitor.
   *
   * @param string $peer
   *   Who connected.
   * @param string $rawForwarded
   *   X-Forwarded-For as it came; empty without one.
   * @param CidrSet $proxies
   *   The proxies that are believed.
   *
   * @return string|null
   *   NULL when the peer's address is none.
   */
  public static function of(string $peer, string $rawForwarded, CidrSet $proxies): ?string {
    $client = Ip::pack($peer);
    if ($client === NULL || $rawForwarded === '' || !$proxies->contains($client)) {
      return $client;
    }
    $hops = array_slice(array_reverse(explode(',', $rawForwarded)), 0, self::MOST_HOPS);
    foreach ($hops as $rawHop) {
      $hop = self::hop(trim($rawHop));
      if ($hop === NULL) {
        return $client;
      }
      $client = $hop;
      if (!$proxies->contains($client)) {
        return $client;
      }
    }
    return $client;
  }

  /**
   * Returns one entry's address; some proxies write a port behind it.
   */
  private static function hop(string $text): ?string {
    if (preg_match('/^\[([^]]+)\](?::\d+)?$/D', $text, $match) === 1) {
      return Ip::pack($match[1]);
    }
    if (preg_match('/^([\d.]+):\d+$/D', $text, $match) === 1) {
      return Ip::pack($match[1]);
    }
    return Ip::pack($text);
  }

}

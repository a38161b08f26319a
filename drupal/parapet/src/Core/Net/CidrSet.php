<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Net;

/**
 * Many ranges; asking costs one look-up for each prefix length in use.
 */
final class CidrSet {

  /**
   * By bits and prefix length: mask and networks.
   *
   * @var array<int, array{mask: string, networks: array<string, true>}>
   */
  private array $lengths = [];

  /**
   * What could not be read.
   *
   * @var list<string>
   */
  private array $refused = [];

  /**
   * Returns the set of these ranges and addresses; what is none is left out.
   *
   * @param iterable<string> $texts
   *   Addresses and ranges.
   */
  public static function fromTexts(iterable $texts): self {
    $set = new self();
    foreach ($texts as $text) {
      $cidr = Cidr::parse(trim($text));
      if ($cidr === NULL) {
        $set->refused[] = $text;
        continue;
      }
      $set->add($cidr);
    }
    return $set;
  }

  /**
   * Adds a range.
   */
  public function add(Cidr $cidr): void {
    $bits = strlen($cidr->network) * 8;
    $key = $bits * 256 + $cidr->prefixLength;
    $this->lengths[$key] ??= ['mask' => Cidr::mask($bits, $cidr->prefixLength), 'networks' => []];
    $this->lengths[$key]['networks'][$cidr->network] = TRUE;
  }

  /**
   * Whether one of the ranges holds the address.
   */
  public function contains(string $packed): bool {
    $size = strlen($packed);
    foreach ($this->lengths as ['mask' => $mask, 'networks' => $networks]) {
      if (strlen($mask) === $size && isset($networks[$packed & $mask])) {
        return TRUE;
      }
    }
    return FALSE;
  }

  /**
   * Whether there is nothing in it.
   */
  public function isEmpty(): bool {
    return $this->lengths === [];
  }

  /**
   * Returns the texts that were neither address nor range.
   *
   * @return list<string>
   *   As they were written.
   */
  public function refused(): array {
    return $this->refused;
  }

}

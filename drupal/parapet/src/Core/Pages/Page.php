<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Pages;

/**
 * An answer of ours, for the visitor.
 */
final class Page {

  public function __construct(
    public readonly int $status,
    /**
     * By name.
     *
     * @var array<string, string>
     */
    public readonly array $headers,
    public readonly string $body,
  ) {}

  /**
   * Returns the same page with one more header.
   */
  public function with(string $name, string $value): self {
    return new self($this->status, [$name => $value] + $this->headers, $this->body);
  }

}

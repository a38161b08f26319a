<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * What a neighbour answered.
 */
final class HttpAnswer {

  public function __construct(
    public readonly int $status,
    /**
     * Names in lower case; each with all its values.
     *
     * @var array<string, list<string>>
     */
    public readonly array $headers,
    public readonly string $body,
  ) {}

  /**
   * Returns the first value of a header, or NULL.
   */
  public function header(string $name): ?string {
    return $this->headers[strtolower($name)][0] ?? NULL;
  }

}

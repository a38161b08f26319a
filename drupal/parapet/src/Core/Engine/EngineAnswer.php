<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * What the engine said of one request.
 */
final class EngineAnswer {

  public function __construct(
    public readonly bool $isPassed,
    public readonly int $status,
    /**
     * For the visitor.
     *
     * @var array<string, list<string>>
     */
    public readonly array $headers,
    public readonly string $body,
    /**
     * The decision's record, or nothing.
     */
    public readonly string $record,
    /**
     * Why the CMS should ask for more than a cookie, or nothing.
     */
    public readonly string $stepUp,
  ) {}

}

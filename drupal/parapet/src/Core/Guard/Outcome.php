<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Guard;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Pages\Page;

/**
 * What becomes of a request.
 */
final class Outcome {

  public function __construct(
    /**
     * In one word: `none` when nothing was decided on the visitor.
     */
    public readonly string $cause,
    /**
     * What the visitor gets instead of the site's answer, or NULL.
     */
    public readonly ?Page $page = NULL,
    public readonly ?Decision $decision = NULL,
    /**
     * What was wrong with a file of decisions, or nothing.
     */
    public readonly string $fault = '',
    /**
     * Cookies for the visitor: value and seconds by name.
     *
     * @var array<string, array{string, int}>
     */
    public readonly array $cookies = [],
  ) {}

  /**
   * Whether the site answers.
   */
  public function isPassed(): bool {
    return $this->page === NULL;
  }

}

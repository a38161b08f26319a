<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Decisions;

/**
 * A file of decisions that cannot be used, and why.
 */
final class SnapshotException extends \RuntimeException {}

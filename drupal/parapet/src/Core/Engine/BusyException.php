<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * An engine that answers, and wants no more for a moment.
 */
final class BusyException extends HttpException {}

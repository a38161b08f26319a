<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Engine;

/**
 * A neighbour that could not be asked, or did not answer in time.
 */
class HttpException extends \RuntimeException {}

<?php

/**
 * @file
 * Loads the classes for tests without Drupal.
 */

declare(strict_types=1);

require __DIR__ . '/../../tools/vendor/autoload.php';

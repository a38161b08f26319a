<?php

/**
 * @file
 * Boots a Drupal and runs code in it: php do.php WEBROOT CODE. For tests.
 */

declare(strict_types=1);

use Drupal\Core\DrupalKernel;
use Symfony\Component\HttpFoundation\Request;

chdir($argv[1]);
$autoloader = require 'autoload.php';
$request = Request::create('http://127.0.0.1/');
$kernel = DrupalKernel::createFromRequest($request, $autoloader, 'prod');
$kernel->boot();
$kernel->preHandle($request);
eval($argv[2]);

<?php

/**
 * @file
 * Boots a Drupal and runs code in it: php do.php WEBROOT CODE. For tests.
 *
 * With `php -S ADDRESS do.php` it takes the code from what is posted, and the web
 * root from PARAPET_WEB: the module sees no visitors on the command line.
 */

declare(strict_types=1);

use Drupal\Core\DrupalKernel;
use Symfony\Component\HttpFoundation\Request;

[$web, $code] = PHP_SAPI === 'cli' ? [$argv[1], $argv[2]] : [(string) getenv('PARAPET_WEB'), (string) file_get_contents('php://input')];
chdir($web);
$autoloader = require 'autoload.php';
$request = Request::create('http://127.0.0.1/');
$kernel = DrupalKernel::createFromRequest($request, $autoloader, 'prod');
$kernel->boot();
$kernel->preHandle($request);
eval($code);

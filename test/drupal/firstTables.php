<?php

/**
 * @file
 * The module's tables as its first version made them, for tests of updates.
 */

declare(strict_types=1);

$text = static fn (int $length): array => ['type' => 'varchar', 'length' => $length, 'not null' => TRUE, 'default' => ''];
$number = ['type' => 'int', 'size' => 'big', 'not null' => TRUE, 'default' => 0];
$fraction = ['type' => 'float', 'size' => 'big', 'not null' => TRUE, 'default' => 0];
return [
  'parapet_decision' => [
    'fields' => [
      'record' => $text(8),
      'scope' => $text(32),
      'value' => $text(255),
      'remediation' => $text(32),
      'scenario' => $text(255),
      'origin' => $text(64),
      'created' => $number,
      'ends' => $number,
      'lifted' => ['type' => 'int', 'size' => 'tiny', 'not null' => TRUE, 'default' => 0],
      'message' => ['type' => 'text', 'not null' => TRUE],
    ],
    'primary key' => ['record'],
    'indexes' => ['value' => [['value', 64]], 'ends' => ['ends'], 'created' => ['created']],
  ],
  'parapet_bucket' => [
    'fields' => ['id' => $text(64), 'level' => $fraction, 'at' => $fraction],
    'primary key' => ['id'],
    'indexes' => ['at' => ['at']],
  ],
  'parapet_try' => [
    'fields' => [
      'id' => ['type' => 'serial', 'not null' => TRUE],
      'name' => $text(64),
      'address' => $text(32),
      'at' => $number,
      'ends' => $number,
    ],
    'primary key' => ['id'],
    'indexes' => ['counted' => ['name', 'address', 'at'], 'ends' => ['ends']],
  ],
];

<?php

/**
 * @file
 * What a look-up costs a request: php tests/bench/reader.php [DECISIONS].
 *
 * Each round is what a request does about one address that is not in the file:
 * the first look, which is all for nearly everybody; the reader; and the guard,
 * which reads its settings, too. Prints microseconds.
 */

declare(strict_types=1);

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\FirstLook;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Decisions\SnapshotWriter;
use Drupal\parapet\Core\FileState;
use Drupal\parapet\Core\Guard\Guard;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Perimeter\PatternSet;

spl_autoload_register(static function (string $class): void {
  $prefix = 'Drupal\\parapet\\';
  if (str_starts_with($class, $prefix)) {
    require __DIR__ . '/../../src/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
  }
});

$count = (int) ($argv[1] ?? 50000);
$folder = sys_get_temp_dir() . '/parapet-bench-' . getmypid();
mkdir($folder);
mt_srand(1);
$decisions = [];
for ($i = 0; $i < $count; $i++) {
  $ip = mt_rand(1, 223) . '.' . mt_rand(0, 255) . '.' . mt_rand(0, 255) . '.' . mt_rand(0, 255);
  $range = $i % 20 === 0;
  $decisions[] = new Decision($range ? 'range' : 'ip', $range ? "$ip/24" : $ip, 'ban', 'bench', 'list', 4000000000, sprintf('%08x', $i));
}
$started = hrtime(TRUE);
$bytes = SnapshotWriter::encode($decisions, ['192.0.2.0/24'], 1, 1000);
$writing = (hrtime(TRUE) - $started) / 1e6;
SnapshotWriter::replace("$folder/d.bin", $bytes);
$settings = new Settings(["$folder/d.bin"], TRUE, 'Bench', 'bench', str_repeat('ab', 32), patterns: PatternSet::DEFAULTS);
$settings->write($folder);
$state = new FileState("$folder/state");

$times = ['first' => [], 'reader' => [], 'guard' => []];
for ($i = 0; $i < 20000; $i++) {
  $ip = mt_rand(1, 223) . '.' . mt_rand(0, 255) . '.' . mt_rand(0, 255) . '.' . mt_rand(0, 255);
  $packed = (string) Ip::pack($ip);
  $from = hrtime(TRUE);
  FirstLook::isQuiet(["$folder/d.bin"], $ip, FALSE);
  $times['first'][] = hrtime(TRUE) - $from;
  $from = hrtime(TRUE);
  SnapshotReader::open("$folder/d.bin")->find($packed, 1000);
  $times['reader'][] = hrtime(TRUE) - $from;
  $visit = Visit::fromServer(['REMOTE_ADDR' => '1', 'REQUEST_URI' => '/node/1', 'HTTP_USER_AGENT' => 'x'], $packed);
  $from = hrtime(TRUE);
  (new Guard(Settings::read($folder) ?? $settings, $state))->decide($visit, 1000);
  $times['guard'][] = hrtime(TRUE) - $from;
}
foreach ($times as $name => $each) {
  sort($each);
  printf(
    "%-7s p50 %.1f us   p99 %.1f us\n",
    $name,
    $each[(int) (count($each) * 0.5)] / 1000,
    $each[(int) (count($each) * 0.99)] / 1000,
  );
}
printf("writing %d decisions: %.0f ms, %d kB\n", $count, $writing, strlen($bytes) >> 10);
array_map('unlink', array_filter(glob("$folder/*") ?: [], 'is_file'));
@rmdir($folder);

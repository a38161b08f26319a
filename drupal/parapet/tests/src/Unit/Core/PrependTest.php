<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotWriter;
use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Guard\Settings;
use PHPUnit\Framework\Attributes\CoversNothing;
use PHPUnit\Framework\TestCase;

/**
 * The file for auto_prepend_file, in PHP's own web server.
 */
#[CoversNothing]
final class PrependTest extends TestCase {

  use FolderTrait;

  public function testBannedVisitorsAreStoppedBeforeTheSiteStarts(): void {
    $folder = $this->folder();
    mkdir("$folder/web");
    file_put_contents("$folder/web/index.php", '<?php echo "the site";');
    $ban = new Decision('ip', '203.0.113.9', 'ban', 'x', 'y', 4000000000, '0000abcd');
    SnapshotWriter::replace("$folder/d.bin", SnapshotWriter::encode([$ban], [], 1, 1));
    (new Settings(["$folder/d.bin"], proxies: ['127.0.0.1']))->write($folder);
    $free = stream_socket_server('tcp://127.0.0.1:0');
    self::assertIsResource($free);
    $address = (string) stream_socket_get_name($free, FALSE);
    fclose($free);
    $server = proc_open(
      [PHP_BINARY, '-d', 'auto_prepend_file=' . realpath(__DIR__ . '/../../../../prepend.php'), '-S', $address, '-t', "$folder/web"],
      [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']],
      $pipes,
      NULL,
      ['PARAPET_DIRECTORY' => $folder] + getenv(),
    );
    self::assertIsResource($server);
    try {
      $client = new HttpClient("http://$address", 5.0, 20.0);
      $stopped = self::ask($client, '203.0.113.9');
      self::assertSame([403, TRUE], [$stopped[0], str_contains($stopped[1], '0000abcd')]);
      self::assertSame([200, 'the site'], self::ask($client, '203.0.113.10'));
      unlink("$folder/guard.json");
      self::assertSame([200, 'the site'], self::ask($client, '203.0.113.9'));
    }
    finally {
      proc_terminate($server, 9);
      proc_close($server);
    }
  }

  /**
   * Asks as a visitor behind a proxy, as soon as the server listens.
   *
   * @return array{int, string}
   *   Status and body.
   */
  private static function ask(HttpClient $client, string $ip): array {
    for ($tries = 0;; $tries++) {
      try {
        $answer = $client->send('GET', '/', ['X-Forwarded-For' => $ip]);
        return [$answer->status, $answer->body];
      }
      catch (HttpException $problem) {
        if ($tries === 100) {
          throw $problem;
        }
        usleep(50000);
      }
    }
  }

}

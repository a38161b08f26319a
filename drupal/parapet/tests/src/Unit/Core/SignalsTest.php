<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\Signals\KeyedHash;
use Drupal\parapet\Core\Signals\Sender;
use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet\Core\Signals\Spool;
use Drupal\parapet\Core\Signals\Uploader;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Signals, from the fact to the engine.
 */
#[CoversClass(Signal::class)]
#[CoversClass(KeyedHash::class)]
#[CoversClass(Spool::class)]
#[CoversClass(Sender::class)]
#[CoversClass(Uploader::class)]
final class SignalsTest extends TestCase {

  use FolderTrait;
  use NeighbourTrait;

  public function testARecordIsWhatTheEngineTakes(): void {
    $signal = Signal::of('login.failed', '203.0.113.9')
      ->at(1795350600.1239)
      ->site('www.example.org')
      ->user('5d41402abc4b2a76b9719d911017c592')
      ->session('9f86d081884c7d659a2feaa0c55ad015')
      ->with('account_exists', TRUE)
      ->with('roles', ['editor', 'a,b', 7])
      ->with('fill_ms', 12.0);
    self::assertSame([
      'id' => $signal->id,
      'time' => '2026-11-22T12:30:00.123Z',
      'type' => 'login.failed',
      'site' => 'www.example.org',
      'ip' => '203.0.113.9',
      'user' => '5d41402abc4b2a76b9719d911017c592',
      'session' => '9f86d081884c7d659a2feaa0c55ad015',
      'attributes' => ['account_exists' => TRUE, 'roles' => ['editor', 'a b'], 'fill_ms' => 12.0],
    ], json_decode($signal->json(), TRUE));
    self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $signal->id);
    self::assertTrue($signal->attribute('account_exists'));
    self::assertNull($signal->attribute('absent'));
    self::assertSame(['id', 'time', 'type'], array_keys((array) json_decode(Signal::of('a.b')->site('a b')->json(), TRUE)));
  }

  /**
   * What is no type.
   *
   * @return list<array{string}>
   *   The cases.
   */
  public static function wrongTypes(): array {
    return [['login'], ['Login.failed'], ['a.b.c.d.e'], ['a..b'], ["a.b\n"], ['1.b'], [str_repeat('a', 60) . '.bcdef']];
  }

  #[DataProvider('wrongTypes')]
  public function testWhatIsNoTypeIsRefused(string $type): void {
    $this->expectException(\InvalidArgumentException::class);
    Signal::of($type);
  }

  public function testWhatDoesNotFitIsCutOrLeftOut(): void {
    $signal = Signal::of('text.submitted', '203.0.113.9')
      ->with('text', str_repeat('ä', 9000))
      ->with('bad key', 1)
      ->with('message', 'taken')
      ->with('nothing', NULL)
      ->with('object', new \stdClass())
      ->with('endless', INF)
      ->with('list', array_fill(0, 50, str_repeat('x', 300)))
      ->with('broken', "a\xffb");
    $attributes = json_decode($signal->json(), TRUE)['attributes'];
    self::assertSame(['text', 'list', 'broken'], array_keys($attributes));
    self::assertSame(str_repeat('ä', 4096), $attributes['text']);
    self::assertCount(32, $attributes['list']);
    self::assertSame(256, strlen($attributes['list'][0]));
    for ($i = 0; $i < 60; $i++) {
      $signal->with("k$i", str_repeat('"', 8000));
    }
    self::assertLessThanOrEqual(32768, strlen($signal->json()));
    self::assertLessThanOrEqual(48, count(json_decode($signal->json(), TRUE)['attributes']));
  }

  public function testNamesLeaveAsKeyedHashes(): void {
    $hash = new KeyedHash('key');
    self::assertSame($hash->of('Ädmin'), $hash->of(' ädMIN '));
    self::assertSame(substr(hash_hmac('sha256', 'ädmin', 'key'), 0, 32), $hash->of('ädmin'));
    self::assertNotSame($hash->of('a'), (new KeyedHash('other'))->of('a'));
  }

  public function testWhatNobodyHearsWaitsInTheSpool(): void {
    $spool = new Spool($this->folder() . '/spool');
    $sender = new Sender('unix:' . $this->folder() . '/absent.sock', $spool);
    self::assertTrue($sender->send([Signal::of('a.one'), Signal::of('a.two')]));
    self::assertTrue((new Sender('', $spool))->send([Signal::of('a.three')]));
    self::assertTrue($sender->send([]));
    self::assertFalse($sender->isHeard());
    self::assertNull((new Sender('', $spool))->isHeard());
    self::assertNull((new Sender('udp:127.0.0.1:9', $spool))->isHeard());
    $types = array_map(
      static fn (string $line): string => json_decode($line, TRUE)['type'],
      explode("\n", trim(implode('', array_map('file_get_contents', $spool->files())))),
    );
    sort($types);
    self::assertSame(['a.one', 'a.three', 'a.two'], $types);
    self::assertMatchesRegularExpression('~/\d{16}-\d+-[0-9a-f]{6}\.ndjson$~', $spool->files()[0]);
    self::assertFalse((new Spool('/proc/absent'))->put(['x']));
  }

  public function testWhatIsNotReadWaitsInTheSpool(): void {
    $path = $this->folder() . '/full.sock';
    $socket = socket_create(AF_UNIX, SOCK_DGRAM, 0);
    self::assertNotFalse($socket);
    self::assertTrue(socket_bind($socket, $path));
    $client = stream_socket_client("udg://$path");
    self::assertNotFalse($client);
    stream_set_blocking($client, FALSE);
    for ($sent = 1; $sent > 0 && $sent !== FALSE;) {
      $sent = @fwrite($client, 'x');
    }
    $spool = new Spool($this->folder() . '/spool');
    $from = hrtime(TRUE);
    (new Sender("unix:$path", $spool))->send([Signal::of('login.failed'), Signal::of('login.ok')]);
    self::assertLessThan(1e9, hrtime(TRUE) - $from);
    self::assertCount(1, $spool->files());
    self::assertStringContainsString('login.ok', (string) file_get_contents($spool->files()[0]));
    self::assertTrue((new Sender("unix:$path", $spool))->isHeard());
    socket_close($socket);
  }

  public function testTheSpoolIsBounded(): void {
    $spool = new Spool($this->folder() . '/spool', 20);
    for ($i = 0; $i < 400; $i++) {
      $spool->put(['{}']);
    }
    // Counted now and then.
    self::assertLessThan(250, count($spool->files()));
    self::assertGreaterThan(0, $spool->dropped());
    self::assertFalse($spool->put(['{}']));
    array_map('unlink', $spool->files());
    $spool->sweep();
    self::assertTrue($spool->put(['{}']));
    touch($this->folder() . '/spool/.full', time() - 100);
    clearstatcache();
    self::assertTrue($spool->put(['{}']));
  }

  public function testDatagramsAreSentInBatchesThatFit(): void {
    $socket = stream_socket_server('udp://127.0.0.1:0', $number, $message, STREAM_SERVER_BIND);
    self::assertIsResource($socket);
    $name = stream_socket_get_name($socket, FALSE);
    $signals = array_map(
      static fn (int $i): Signal => Signal::of('a.b')->with('i', $i)->with('text', str_repeat('x', 8000)),
      range(1, 20),
    );
    self::assertTrue((new Sender("udp:$name", new Spool($this->folder() . '/spool')))->send($signals));
    $seen = [];
    while (count($seen) < 20) {
      $datagram = (string) stream_socket_recvfrom($socket, 65536);
      self::assertLessThanOrEqual(60000, strlen($datagram));
      foreach (explode("\n", $datagram) as $line) {
        $seen[] = json_decode($line, TRUE)['attributes']['i'];
      }
    }
    self::assertSame(range(1, 20), $seen);
    self::assertSame([], (new Spool($this->folder() . '/spool'))->files());
  }

  public function testAnEngineElsewhereGetsWhatWaits(): void {
    $url = $this->neighbour([
      ["HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\n" . str_pad('{"accepted": 2, "duplicates": 0, "refused": []}', 50)],
      ["HTTP/1.1 503 No\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}"],
    ]);
    $spool = new Spool($this->folder() . '/spool');
    $uploader = new Uploader(new HttpClient($url, 1.0, 5.0), 'TOKEN', $spool);
    self::assertSame(0, $uploader->upload());
    $spool->put(['{"a":1}']);
    $spool->put(['{"a":2}']);
    self::assertSame(2, $uploader->upload());
    $asked = $this->asked();
    self::assertStringStartsWith("POST /api/v1/signals HTTP/1.1\r\n", $asked);
    self::assertStringContainsString("Authorization: Bearer TOKEN\r\n", $asked);
    self::assertStringEndsWith("\r\n\r\n{\"a\":1}\n{\"a\":2}\n", $asked);
    self::assertSame([], $spool->files());
    $spool->put(['{"a":3}']);
    foreach (['answered 503', 'does not take signals'] as $message) {
      try {
        $uploader->upload();
        self::fail('it answered');
      }
      catch (HttpException $problem) {
        self::assertStringContainsString($message, $problem->getMessage());
      }
      self::assertCount(1, $spool->files());
    }
    // What the engine will never take is not sent for ever.
    self::assertSame(0, $uploader->upload());
    self::assertSame([], $spool->files());
  }

  public function testAnEngineThatIsTriedOutSaysWhetherItWouldTakeSignals(): void {
    $url = $this->neighbour([
      ["HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}"],
      ["HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"],
    ]);
    $uploader = new Uploader(new HttpClient($url, 1.0, 5.0), 'TOKEN', new Spool($this->folder() . '/spool'));
    $uploader->tryOut();
    self::assertStringEndsWith("\r\n\r\n[]", $this->asked());
    $this->expectExceptionMessage('does not take signals');
    $uploader->tryOut();
  }

  public function testALongSpoolIsSentInParts(): void {
    $accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 17\r\n\r\n{\"accepted\": 700}";
    $url = $this->neighbour([[$accepted], [$accepted]]);
    $spool = new Spool($this->folder() . '/spool');
    $spool->put(array_fill(0, 700, '{}'));
    $spool->put(array_fill(0, 700, '{}'));
    self::assertSame(1400, (new Uploader(new HttpClient($url, 1.0, 5.0), 'TOKEN', $spool))->upload());
  }

}

<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\ApcuState;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Engine\Breaker;
use Drupal\parapet\Core\Engine\BusyException;
use Drupal\parapet\Core\Engine\DecisionSender;
use Drupal\parapet\Core\Engine\DecisionStream;
use Drupal\parapet\Core\Engine\EngineAnswer;
use Drupal\parapet\Core\Engine\ForwardAuth;
use Drupal\parapet\Core\Engine\GoDuration;
use Drupal\parapet\Core\Engine\HttpAnswer;
use Drupal\parapet\Core\Engine\HttpClient;
use Drupal\parapet\Core\Engine\HttpException;
use Drupal\parapet\Core\FileState;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\StateInterface;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Asking the engine, whatever it does.
 */
#[CoversClass(HttpClient::class)]
#[CoversClass(HttpAnswer::class)]
#[CoversClass(Breaker::class)]
#[CoversClass(ForwardAuth::class)]
#[CoversClass(EngineAnswer::class)]
#[CoversClass(DecisionStream::class)]
#[CoversClass(GoDuration::class)]
#[CoversClass(FileState::class)]
#[CoversClass(ApcuState::class)]
final class EngineTest extends TestCase {

  use FolderTrait;
  use NeighbourTrait;

  public function testAnAnswerIsReadHoweverItComes(): void {
    $url = $this->neighbour([
      ["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhe", "llo and more"],
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r", "\n2\r\nde\r\n0\r\n\r\n"],
      ["HTTP/1.1 200 OK\r\n\r\nuntil", " the end"],
      ["HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"],
      ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"],
    ]);
    $client = new HttpClient("$url/base/", 1.0, 5.0);
    $first = $client->send('POST', '/x?y', ['X-Bad' => "a\r\nX-Evil: 1"], 'body');
    self::assertSame([200, 'hello', '1', ['1', '2'], NULL], [
      $first->status,
      $first->body,
      $first->header('X-A'),
      $first->headers['x-a'],
      $first->header('absent'),
    ]);
    $asked = $this->asked();
    self::assertStringStartsWith("POST /base/x?y HTTP/1.1\r\n", $asked);
    self::assertStringContainsString("X-Bad: a X-Evil: 1\r\n", $asked);
    self::assertStringEndsWith("Content-Length: 4\r\n\r\nbody", $asked);
    self::assertSame('abcde', $client->send('GET', '/')->body);
    self::assertSame('until the end', $client->send('GET', '/')->body);
    self::assertSame(204, $client->send('GET', '/')->status);
    self::assertSame('', $client->send('HEAD', '/')->body);
  }

  /**
   * What a neighbour does wrong, and what is said of it.
   *
   * @return list<array{list<string|int>, string}>
   *   The cases.
   */
  public static function faults(): array {
    return [
      [["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"], 'closed the connection'],
      [["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx"], 'closed the connection'],
      [['nonsense'], 'did not answer in HTTP'],
      [["SSH-2.0-x\r\n\r\n"], 'did not answer in HTTP'],
      [[], 'did not answer in HTTP'],
      [["HTTP/1.1 200 OK\r\n\r\n" . str_repeat('x', 5000)], 'answered more than 1000 bytes'],
      [[3000, "HTTP/1.1 200 OK\r\n\r\n"], 'did not answer in time'],
    ];
  }

  /**
   * Tells what went wrong.
   *
   * @param list<string|int> $pieces
   *   What the neighbour sends.
   * @param string $message
   *   What is said.
   */
  #[DataProvider('faults')]
  public function testANeighbourThatFailsIsTold(array $pieces, string $message): void {
    $client = new HttpClient($this->neighbour([$pieces]), 0.3, 0.3, 1000);
    $this->expectException(HttpException::class);
    $this->expectExceptionMessage($message);
    $client->send('GET', '/');
  }

  public function testNobodyThereIsTold(): void {
    $this->expectException(HttpException::class);
    (new HttpClient('unix:' . $this->folder() . '/absent.sock', 0.1, 0.1))->send('GET', '/');
  }

  public function testWhatIsNoAddressIsTold(): void {
    foreach (['ftp://x', 'unix:', 'unix:/', 'unix:run/parapet.sock'] as $address) {
      try {
        new HttpClient($address, 1.0, 1.0);
        self::fail("$address was taken");
      }
      catch (HttpException $problem) {
        self::assertStringContainsString("'$address' is no address", $problem->getMessage());
      }
    }
  }

  public function testLengthsOfTimeAreReadAsGoWritesThem(): void {
    self::assertSame(14398.5, GoDuration::seconds('3h59m58.5s'));
    self::assertSame(-60.0, GoDuration::seconds('-1m'));
    self::assertSame(0.0, GoDuration::seconds('0'));
    self::assertEqualsWithDelta(0.0015, GoDuration::seconds('1ms500µs'), 1e-9);
    self::assertNull(GoDuration::seconds('4 hours'));
    self::assertNull(GoDuration::seconds(''));
  }

  public function testTheBreakerOpensAndOneRequestTriesAgain(): void {
    foreach (self::states($this->folder()) as $state) {
      $breaker = new Breaker($state, 'x' . random_int(0, PHP_INT_MAX));
      $now = time();
      self::assertTrue($breaker->isClosed($now));
      $breaker->failed($now);
      $breaker->failed($now);
      self::assertTrue($breaker->isClosed($now));
      $breaker->failed($now);
      self::assertFalse($breaker->isClosed($now));
      $breaker->succeeded($now);
      self::assertTrue($breaker->isClosed($now));
    }
    $breaker = new Breaker(new FileState($this->folder() . '/b'), 'x');
    array_map($breaker->failed(...), [1000, 1000, 1000]);
    self::assertFalse($breaker->isClosed(1004));
    self::assertTrue($breaker->isClosed(1005));
    self::assertFalse($breaker->isClosed(1005));
  }

  public function testStateEndsAndIsKeptOnce(): void {
    foreach (self::states($this->folder()) as $state) {
      $now = time();
      $name = 'name ' . random_int(0, PHP_INT_MAX) . '/../x';
      self::assertNull($state->get($name, $now));
      self::assertTrue($state->add($name, 'a', 60, $now));
      self::assertFalse($state->add($name, 'b', 60, $now));
      self::assertSame('a', $state->get($name, $now));
      $state->set($name, "c\nd", 60, $now);
      self::assertSame("c\nd", $state->get($name, $now));
    }
    $files = new FileState($this->folder() . '/c');
    $files->set('x', 'y', 10, 1000);
    self::assertSame('y', $files->get('x', 1009));
    self::assertNull($files->get('x', 1010));
    self::assertTrue($files->add('x', 'z', 10, 1010));
    for ($i = 0; $i < 3000; $i++) {
      $files->set((string) ($i % 20), 'y', 1, 2000 + $i);
    }
    self::assertLessThan(25, count(scandir($this->folder() . '/c') ?: []));
    (new FileState('/proc/absent'))->set('x', 'y', 10, 1000);
    self::assertFalse((new FileState('/proc/absent'))->add('x', 'y', 10, 1000));
  }

  public function testForwardAuthSaysWhichRequestIsMeant(): void {
    $socket = $this->folder() . '/ask.sock';
    $address = $this->neighbour([
      ["HTTP/1.1 204 No Content\r\nX-Parapet-Step-Up: odd\r\n\r\n"],
      ["HTTP/1.1 403 Forbidden\r\nX-Parapet-Cause: ban\r\nX-Parapet-Record: 1a2b3c4d\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"],
      ["HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"],
      ['nonsense'],
    ], "unix://$socket");
    $state = new FileState($this->folder() . '/s');
    $auth = new ForwardAuth(new HttpClient($address, 0.5, 2.0), new Breaker($state, 'ask'));
    $visit = Visit::fromServer([
      'REQUEST_METHOD' => 'POST',
      'REQUEST_URI' => '/user/login?x',
      'HTTP_HOST' => 'example.org',
      'HTTPS' => 'on',
      'HTTP_USER_AGENT' => "odd\r\nagent",
    ], (string) Ip::pack('203.0.113.9'));
    $passed = $auth->ask($visit, 1000);
    self::assertSame([TRUE, 'odd'], [$passed?->isPassed, $passed?->stepUp]);
    $asked = $this->asked();
    foreach (['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Method: POST', 'X-Forwarded-Uri: /user/login?x', 'X-Forwarded-Proto: https', 'Host: example.org', 'user-agent: odd agent'] as $line) {
      self::assertStringContainsString("$line\r\n", $asked);
    }
    $stopped = $auth->ask($visit, 1000);
    self::assertSame([FALSE, 403, 'no', '1a2b3c4d', ['content-type' => ['text/plain']]], [
      $stopped?->isPassed,
      $stopped?->status,
      $stopped?->body,
      $stopped?->record,
      $stopped?->headers,
    ]);
    self::assertNull($auth->ask($visit, 1000));
    self::assertNull($auth->ask($visit, 1000));
    $this->stopNeighbours();
    self::assertNull($auth->ask($visit, 1000));
    self::assertNull($auth->ask($visit, 1000));
    self::assertFalse((new Breaker($state, 'ask'))->isClosed(1000));
    self::assertNull($auth->ask($visit, 1000));
  }

  public function testTheStreamBringsEverythingAndThenChanges(): void {
    $url = $this->neighbour([
      [self::answer([
        'new' => [
          self::row('Ip', '192.0.2.1', 'ban', '1h', ['uuid' => 'c0ffee01-0000-4000-8000-000000000000']),
          self::row('Range', '198.51.100.0/24', 'captcha', '10m'),
          self::row('Ip', '192.0.2.2', 'ban', '-5s'),
          self::row('Ip', '192.0.2.3', 'ban', 'soon'),
          'nonsense',
        ],
        'deleted' => NULL,
      ]),
      ],
      [self::answer(['new' => [self::row('Country', 'XX', 'ban', '1h')], 'deleted' => [self::row('Ip', '192.0.2.1', 'ban', '-1s')]])],
      ["HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"],
      ["HTTP/1.1 200 OK\r\nDate: " . gmdate('D, d M Y H:i:s', time() - 600) . " GMT\r\nContent-Length: 2\r\n\r\n{}"],
    ]);
    $stream = new DecisionStream(new HttpClient($url, 1.0, 5.0), 'KEY', $this->folder() . '/stream');
    $first = array_values($stream->pull(1000));
    self::assertStringContainsString("GET /v1/decisions/stream?startup=true HTTP/1.1\r\n", $asked = $this->asked());
    self::assertStringContainsString("X-Api-Key: KEY\r\n", $asked);
    self::assertSame(1, preg_match('/^Date: (.*)\r$/m', $asked, $said));
    self::assertEqualsWithDelta(time(), strtotime($said[1] ?? ''), 60);
    self::assertEquals(new Decision('ip', '192.0.2.1', 'ban', 'test', 'crowdsec', 4600, 'c0ffee01'), $first[0]);
    self::assertSame(['ip', 'range'], array_column($first, 'scope'));
    $second = array_values($stream->pull(1000));
    self::assertStringContainsString('startup=false', $this->asked());
    self::assertSame(['range', 'country'], array_column($second, 'scope'));
    self::assertNull($stream->clockAhead());
    foreach (['does not know the key', 'answered 500', 'did not answer in JSON'] as $message) {
      try {
        $stream->pull(1000);
        self::fail('it answered');
      }
      catch (HttpException $problem) {
        self::assertStringContainsString($message, $problem->getMessage());
      }
    }
    // What has ended is gone without being told.
    self::assertSame(['country'], array_column(array_values($stream->pull(2000)), 'scope'));
    self::assertEqualsWithDelta(600, $stream->clockAhead(), 30);
    $stream->reset();
    self::assertFileDoesNotExist($this->folder() . '/stream');
  }

  public function testAnEngineElsewhereIsReachedByTlsAndHasToBeTheRightOne(): void {
    $config = $this->folder() . '/openssl.cnf';
    file_put_contents($config, "[req]\ndistinguished_name=dn\n[dn]\n[v3]\nbasicConstraints=CA:TRUE\nsubjectAltName=DNS:engine.example\n");
    $options = ['config' => $config, 'x509_extensions' => 'v3', 'private_key_bits' => 2048];
    $key = openssl_pkey_new($options);
    self::assertNotFalse($key);
    $request = openssl_csr_new(['commonName' => 'engine.example'], $key, $options);
    self::assertInstanceOf(\OpenSSLCertificateSigningRequest::class, $request);
    $certificate = openssl_csr_sign($request, NULL, $key, 2, $options);
    self::assertNotFalse($certificate);
    openssl_x509_export($certificate, $public);
    openssl_pkey_export($key, $secret, NULL, $options);
    $pem = $this->folder() . '/engine.pem';
    file_put_contents($pem, $public . $secret);
    $pull = function (array $tls) use ($pem): int {
      $url = $this->neighbour([[self::answer(['new' => [self::row('Ip', '192.0.2.1', 'ban', '1h')]])]], 'tls://127.0.0.1:0', $pem);
      return count((new DecisionStream(new HttpClient($url, 5.0, 5.0, 65536, $tls), 'KEY', $this->folder() . '/by-tls'))->pull(1000));
    };
    self::assertSame(1, $pull(['cafile' => $pem, 'peer_name' => 'engine.example']));
    foreach (['for another name' => ['cafile' => $pem], 'does not trust' => ['peer_name' => 'engine.example']] as $why => $tls) {
      try {
        $pull($tls);
        self::fail('it was believed');
      }
      catch (HttpException $problem) {
        self::assertStringContainsString("has a certificate", $problem->getMessage());
        self::assertStringContainsString($why, $problem->getMessage());
      }
    }
  }

  public function testTheEngineIsToldWhatPeopleDecide(): void {
    $refused = json_encode(['code' => 'E_API_SPARED', 'detail' => '10.0.0.1 is private'], JSON_THROW_ON_ERROR);
    $url = $this->neighbour([
      ["HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"],
      ["HTTP/1.1 409 Conflict\r\nContent-Length: " . strlen($refused) . "\r\n\r\n$refused"],
      [self::answer(['count' => 1])],
      [self::answer(['count' => 0])],
      ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"],
      ["HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"],
    ]);
    $sender = new DecisionSender(new HttpClient($url, 1.0, 5.0), 'TOKEN');
    $decision = new Decision('ip', '203.0.113.9', 'ban', 'spams "us"', 'operator', 4600, 'c0ffee01');
    $id = DecisionSender::idOf('c0ffee01', 'secret');
    self::assertMatchesRegularExpression('/^c0ffee01-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/D', $id);
    self::assertSame($id, DecisionSender::idOf('c0ffee01', 'secret'));
    self::assertNotSame($id, DecisionSender::idOf('c0ffee01', 'other'));
    self::assertSame('', $sender->add($id, $decision, "Ann\na", 1000));
    $asked = $this->asked();
    self::assertStringStartsWith("POST /api/v1/decisions HTTP/1.1\r\n", $asked);
    self::assertStringContainsString("Authorization: Bearer TOKEN\r\n", $asked);
    self::assertSame([
      'by' => 'Ann a',
      'id' => $id,
      'scope' => 'ip',
      'value' => '203.0.113.9',
      'remediation' => 'ban',
      'duration' => '3600s',
      'reason' => 'spams "us"',
    ], json_decode((string) strstr($asked, '{'), TRUE));
    $forEver = new Decision('ip', '10.0.0.1', 'ban', 'x', 'operator', Decision::FOR_EVER, 'c0ffee02');
    self::assertSame('10.0.0.1 is private', $sender->add($id, $forEver, '', 1000));
    self::assertStringContainsString('"duration":"31536000s"', $this->asked());
    self::assertSame('', $sender->lift('c0ffee01', 'Ann & Bob'));
    self::assertStringStartsWith("DELETE /api/v1/decisions?recordId=c0ffee01&by=Ann%20%26%20Bob HTTP/1.1\r\n", $this->asked());
    self::assertSame('', $sender->lift('2001:db8::/32', ''));
    self::assertStringStartsWith("DELETE /api/v1/decisions?value=2001%3Adb8%3A%3A%2F32 HTTP/1.1\r\n", $this->asked());
    self::assertSame('the engine answered 404', $sender->lift('c0ffee01', ''));
    foreach (['--scope signals:write decisions:write', 'answered 503', 'no more for a moment', 'not answer'] as $message) {
      try {
        $sender->lift('c0ffee01', '');
        self::fail('it answered');
      }
      catch (HttpException $problem) {
        self::assertStringContainsString($message, $problem->getMessage());
        self::assertSame($message === 'no more for a moment', $problem instanceof BusyException);
      }
    }
  }

  /**
   * Returns an answer in JSON.
   *
   * @param array<string, mixed> $value
   *   What is in it.
   */
  private static function answer(array $value): string {
    $body = json_encode($value, JSON_THROW_ON_ERROR);
    return "HTTP/1.1 200 OK\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body";
  }

  /**
   * Returns a decision as the local API writes it.
   *
   * @param string $scope
   *   What kind of value.
   * @param string $value
   *   On whom.
   * @param string $type
   *   What to do.
   * @param string $duration
   *   How long.
   * @param array<string, mixed> $more
   *   Other keys.
   *
   * @return array<string, mixed>
   *   The row.
   */
  private static function row(string $scope, string $value, string $type, string $duration, array $more = []): array {
    return ['scope' => $scope, 'value' => $value, 'type' => $type, 'duration' => $duration, 'scenario' => 'test', 'origin' => 'crowdsec'] + $more;
  }

  /**
   * Returns the ways to keep state that this PHP has.
   *
   * @return list<StateInterface>
   *   APCu only where it is on.
   */
  private static function states(string $folder): array {
    $states = [new FileState("$folder/state")];
    if (ApcuState::isAvailable()) {
      $states[] = new ApcuState('test');
    }
    return $states;
  }

}

<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\FirstLook;
use Drupal\parapet\Core\Decisions\LookWriter;
use Drupal\parapet\Core\Decisions\SnapshotException;
use Drupal\parapet\Core\Decisions\SnapshotReader;
use Drupal\parapet\Core\Decisions\SnapshotWriter;
use Drupal\parapet\Core\Net\Ip;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Files of decisions, against the golden files of the TypeScript writer.
 */
#[CoversClass(FirstLook::class)]
#[CoversClass(LookWriter::class)]
#[CoversClass(SnapshotReader::class)]
#[CoversClass(SnapshotWriter::class)]
#[CoversClass(Decision::class)]
final class SnapshotTest extends TestCase {

  use FolderTrait;

  private const GOLDEN = __DIR__ . '/../../../../../../packages/enforcement/test/fixtures';

  /**
   * The golden files.
   *
   * @return list<array{string}>
   *   Their names.
   */
  public static function golden(): array {
    return [['empty'], ['small'], ['indexed']];
  }

  #[DataProvider('golden')]
  public function testGoldenFilesAreAnsweredFrom(string $name): void {
    $golden = self::read($name);
    $reader = SnapshotReader::open(self::GOLDEN . "/decisions-$name.bin");
    foreach ($golden['ask'] as $i => $ask) {
      $found = isset($ask['ip'])
        ? $reader->find((string) Ip::pack($ask['ip']), $ask['now'])
        : $reader->find('', $ask['now'], [$ask['scope'] => $ask['value']]);
      self::assertSame($golden['answers'][$i], self::facts($found), json_encode($ask) ?: '');
    }
    $reader->verify();
    self::assertSame($golden['head']['generation'], $reader->generation);
    self::assertSame(intdiv($golden['head']['createdAtMs'], 1000), $reader->madeAt);
  }

  #[DataProvider('golden')]
  public function testGoldenFilesAreWrittenToTheByte(string $name): void {
    $golden = self::read($name);
    $decisions = [];
    foreach ($golden['delta']['add'] as $one) {
      $decisions[$one['id'] . $one['target']['value']] = new Decision(
        $one['target']['scope'],
        $one['target']['scope'] === 'country' ? strtoupper($one['target']['value']) : (string) preg_replace('/^AS(?=\d)/i', '', $one['target']['value']),
        $one['remediation'],
        $one['scenario'],
        $one['origin'],
        (int) min(Decision::FOR_EVER, ceil($one['expiresAtMs'] / 1000)),
        substr($one['id'], 0, 8),
        $one['simulated'],
      );
    }
    $bytes = SnapshotWriter::encode(
      $decisions,
      $golden['delta']['allowlist'] ?? [],
      $golden['head']['generation'],
      intdiv($golden['head']['createdAtMs'], 1000),
    );
    self::assertSame(bin2hex((string) file_get_contents(self::GOLDEN . "/decisions-$name.bin")), bin2hex($bytes));
  }

  public function testAnyByteThatIsChangedInTheHeadIsNoticed(): void {
    $bytes = (string) file_get_contents(self::GOLDEN . '/decisions-small.bin');
    $path = $this->folder() . '/d.bin';
    for ($at = 0; $at < 276; $at++) {
      $bad = $bytes;
      $bad[$at] = chr(ord($bad[$at]) ^ 1 + $at % 255);
      file_put_contents($path, $bad);
      self::assertMatchesRegularExpression('/^it (is|does not|cannot) /', self::problem($path), "byte $at");
    }
  }

  public function testAFileThatIsCutOffIsDamagedAndNeverACrash(): void {
    $bytes = (string) file_get_contents(self::GOLDEN . '/decisions-small.bin');
    $path = $this->folder() . '/d.bin';
    for ($length = 0; $length < strlen($bytes); $length += 7) {
      file_put_contents($path, substr($bytes, 0, $length));
      self::assertNotSame('', self::problem($path), "length $length");
    }
    self::assertSame('it cannot be opened', self::problem("$path.absent"));
    file_put_contents($path, 'PK' . str_repeat('x', 100));
    self::assertSame('it does not begin as a file of decisions does', self::problem($path));
  }

  public function testRowsThatLieAreDamageAndNeverACrash(): void {
    mt_srand(4711);
    $bytes = (string) file_get_contents(self::GOLDEN . '/decisions-indexed.bin');
    $path = $this->folder() . '/d.bin';
    $outcomes = [];
    for ($i = 0; $i < 400; $i++) {
      $bad = $bytes;
      for ($j = 0; $j < 8; $j++) {
        $bad[mt_rand(32, strlen($bad) - 1)] = chr(mt_rand(0, 255));
      }
      // With its head in order, so that the damage is met later.
      $bad = substr_replace($bad, pack('N', crc32(substr($bad, 0, 272))), 272, 4);
      file_put_contents($path, $bad);
      try {
        $reader = SnapshotReader::open($path);
        foreach (['185.3.171.0', '2001:db8:2:3::4', '255.255.255.255'] as $ip) {
          FirstLook::isQuiet([$path], $ip, FALSE);
        }
        foreach (['185.3.171.0', '185.0.90.0', '2001:db8:2:3::4', '0.0.0.0', '255.255.255.255'] as $ip) {
          $reader->find((string) Ip::pack($ip), 1772366400, ['user' => 'eve']);
        }
        $reader->list(1772366400, 500);
        $outcomes['read'] = TRUE;
      }
      catch (SnapshotException) {
        $outcomes['damaged'] = TRUE;
      }
    }
    ksort($outcomes);
    self::assertSame(['damaged', 'read'], array_keys($outcomes));
  }

  public function testAChangedSectionIsFoundByVerifying(): void {
    $bytes = (string) file_get_contents(self::GOLDEN . '/decisions-small.bin');
    $path = $this->folder() . '/d.bin';
    $bytes[strlen($bytes) - 1] = "\xff";
    file_put_contents($path, $bytes);
    $this->expectException(SnapshotException::class);
    $this->expectExceptionMessage('the checksum of STRS is wrong');
    SnapshotReader::open($path)->verify();
  }

  public function testWhatWasWrittenIsFoundAgainAmongThousands(): void {
    mt_srand(7);
    $decisions = [];
    $asks = [];
    for ($i = 0; $i < 3000; $i++) {
      $four = long2ip(mt_rand(1, 0xdfffffff)) ?: '';
      $six = sprintf('2001:db8:%x:%x::%x', mt_rand(0, 40), mt_rand(0, 0xffff), $i);
      foreach ([$four, $six] as $ip) {
        $decisions[] = self::decision('ip', $ip, $i);
        $asks[] = $ip;
      }
      $decisions[] = self::decision('range', "$four/" . mt_rand(14, 30), 100000 + $i);
    }
    $path = $this->folder() . '/d.bin';
    self::assertTrue(SnapshotWriter::replace($path, SnapshotWriter::encode($decisions, [], 9, 1000)));
    $reader = SnapshotReader::open($path);
    $reader->verify();
    self::assertSame(count($decisions), $reader->decisions);
    foreach ($asks as $ip) {
      self::assertSame('ip', $reader->find((string) Ip::pack($ip), 1000)?->scope, $ip);
      self::assertNull($reader->find((string) Ip::pack($ip), 5000));
    }
    foreach ($asks as $ip) {
      self::assertFalse(FirstLook::isQuiet([$path], $ip, FALSE), $ip);
    }
    // Whoever is said to be free at once is; and most who are free are said so.
    $quiet = $free = 0;
    for ($i = 0; $i < 3000; $i++) {
      $ip = $i % 2 === 0 ? (string) long2ip(mt_rand(1, 0xdfffffff)) : sprintf('2001:db8:%x:%x::%x', mt_rand(0, 60), mt_rand(0, 0xffff), $i);
      $isFree = $reader->find((string) Ip::pack($ip), 1000) === NULL;
      $isQuiet = FirstLook::isQuiet([$path], $ip, FALSE);
      self::assertTrue($isFree || !$isQuiet, $ip);
      $free += (int) $isFree;
      $quiet += (int) $isQuiet;
    }
    self::assertGreaterThan(0.8 * $free, $quiet);
    self::assertCount(50, $reader->list(1000, 50));
    self::assertCount(count($decisions), $reader->list(1000, 100000));
    self::assertNull($reader->find((string) Ip::pack('240.0.0.1'), 1000));
  }

  public function testTheAllowlistHasTheLastWord(): void {
    $path = $this->folder() . '/d.bin';
    $bytes = SnapshotWriter::encode([self::decision('range', '192.0.2.0/24', 1)], ['192.0.2.64/26', 'x'], 1, 1000);
    SnapshotWriter::replace($path, $bytes);
    $reader = SnapshotReader::open($path);
    self::assertNull($reader->find((string) Ip::pack('192.0.2.100'), 1000));
    self::assertSame('00000001', $reader->find((string) Ip::pack('192.0.2.1'), 1000)?->record);
    self::assertTrue($reader->isAllowed((string) Ip::pack('192.0.2.127')));
    self::assertFalse($reader->isAllowed((string) Ip::pack('192.0.2.128')));
  }

  public function testVisitorsOfWhomNothingIsKnownAreToldApartAtOnce(): void {
    $folder = $this->folder();
    SnapshotWriter::replace("$folder/a", SnapshotWriter::encode([self::decision('range', '203.0.113.0/24', 1)], [], 1, 1000));
    SnapshotWriter::replace("$folder/b", SnapshotWriter::encode([self::decision('session', 'x', 1)], [], 1, 1000));
    self::assertTrue(FirstLook::isQuiet(["$folder/a", "$folder/absent"], '203.0.112.9', TRUE));
    self::assertTrue(FirstLook::isQuiet(["$folder/a"], '2001:db8::1', TRUE));
    self::assertFalse(FirstLook::isQuiet(["$folder/a"], '203.0.113.9', FALSE));
    self::assertFalse(FirstLook::isQuiet(["$folder/a"], '::ffff:203.0.113.9', FALSE));
    self::assertFalse(FirstLook::isQuiet(["$folder/b"], '203.0.112.9', TRUE));
    self::assertTrue(FirstLook::isQuiet(["$folder/b"], '203.0.112.9', FALSE));
    file_put_contents("$folder/c", str_repeat('nonsense', 40));
    self::assertFalse(FirstLook::isQuiet(["$folder/a", "$folder/c"], '203.0.112.9', FALSE));
  }

  public function testBlocksThatAreKeptSayTheSameAndEndWithTheirFile(): void {
    mt_srand(11);
    $path = $this->folder() . '/d.bin';
    $decisions = [];
    for ($i = 0; $i < 6000; $i++) {
      $decisions[] = self::decision('ip', (string) long2ip(mt_rand(1, 0x7fffffff)), $i);
    }
    $visitors = array_map(static fn (): string => (string) long2ip(mt_rand(1, 0x7fffffff)), range(0, 2000));
    $visitors = [...$visitors, ...array_map(static fn (Decision $one): string => $one->value, array_slice($decisions, 0, 500))];
    $ask = static fn (): array => array_map(static fn (string $ip): bool => FirstLook::isQuiet([$path], $ip, FALSE), $visitors);
    $kept = static fn (): int => iterator_count(new \APCUIterator('/^' . preg_quote("parapet.look.$path.", '/') . '/'));
    SnapshotWriter::replace($path, SnapshotWriter::encode($decisions, [], 1, 1000));
    $read = $ask();
    self::assertSame(0, $kept(), 'a file of this second');
    touch($path, time() - 60);
    clearstatcache();
    self::assertSame([$read, $read], [$ask(), $ask()]);
    self::assertGreaterThan(3, $kept());
    // As many bytes, other bans.
    $bytes = (string) file_get_contents($path);
    $free = array_search(TRUE, $read, TRUE);
    $ban = self::decision('ip', $visitors[(int) $free], 0);
    SnapshotWriter::replace($path, SnapshotWriter::encode([$ban, ...array_slice($decisions, 1)], [], 1, 1000));
    self::assertSame(strlen($bytes), filesize($path));
    self::assertFalse(FirstLook::isQuiet([$path], $ban->value, FALSE));
    touch($path, time() - 50);
    clearstatcache();
    self::assertFalse(FirstLook::isQuiet([$path], $ban->value, FALSE));
    // What is kept of a file that ends too early lets nobody pass.
    file_put_contents($path, substr($bytes, 0, 276 + 64));
    touch($path, time() - 40);
    clearstatcache();
    self::assertNotContains(TRUE, [...$ask(), ...$ask()]);
  }

  public function testFilesOfOlderEnginesAndDamagedOnesAreForTheReader(): void {
    $older = self::GOLDEN . '/decisions-older.bin';
    self::assertFalse(FirstLook::isQuiet([$older], '198.51.100.1', FALSE));
    self::assertSame('ban', SnapshotReader::open($older)->find((string) Ip::pack('192.0.2.7'), 1772366400)?->remediation);
    $bytes = (string) file_get_contents(self::GOLDEN . '/decisions-indexed.bin');
    $path = $this->folder() . '/d.bin';
    file_put_contents($path, $bytes);
    $free = array_values(array_filter(
      array_map(static fn (int $i): string => "9.$i.1.1", range(0, 255)),
      static fn (string $ip): bool => FirstLook::isQuiet([$path], $ip, FALSE),
    ));
    self::assertGreaterThan(200, count($free));
    // Whatever byte of the blocks is another, or missing: nobody is let pass.
    $length = (int) (unpack('N', $bytes, 40)[1] ?? 0);
    for ($at = 276; $at < 276 + $length; $at += 7) {
      $bad = $bytes;
      $bad[$at] = chr(ord($bad[$at]) ^ 0x40);
      $block = intdiv($at - 276, 64);
      file_put_contents($path, $bad);
      foreach ($free as $ip) {
        $packed = (string) Ip::pack($ip);
        // Its own, and that of the wide ranges.
        $read = [crc32(substr($packed, 0, 2)) % intdiv($length, 64), crc32($packed[0]) % intdiv($length, 64)];
        self::assertSame(!in_array($block, $read, TRUE), FirstLook::isQuiet([$path], $ip, FALSE), "$ip, byte $at");
      }
    }
    file_put_contents($path, substr($bytes, 0, 300));
    clearstatcache();
    self::assertFalse(FirstLook::isQuiet([$path], $free[0], FALSE));
    // Nor by the block of a file of another size.
    file_put_contents($path, $bytes . str_repeat("\0", strlen($bytes) * 3));
    clearstatcache();
    self::assertFalse(FirstLook::isQuiet([$path], $free[0], FALSE));
  }

  public function testWideRangesReachEverybodyInThem(): void {
    $path = $this->folder() . '/d.bin';
    foreach ([
      ['0.0.0.0/0', '255.1.2.3', NULL],
      ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
      ['10.16.0.0/12', '10.31.255.255', '10.32.0.0'],
      ['10.18.0.0/15', '10.19.255.255', '10.32.0.0'],
      ['10.16.32.0/20', '10.16.47.1', '10.17.32.1'],
      ['2000::/3', '3fff::1', NULL],
      ['2001:db8::/21', '2001:fff::1', NULL],
      ['2001:db8::/29', '2001:dbf::1', '2001:dc0::1'],
      ['2001:db8::/32', '2001:db8:ffff::1', '2001:db9::1'],
      ['2001:db8:4000::/34', '2001:db8:7fff::1', '2001:db9::1'],
      ['2001:db8:1::/48', '2001:db8:1:ffff::1', '2001:db8:2::1'],
      ['2001:db8:1:8000::/49', '2001:db8:1:ffff::1', '2001:db8:2::1'],
    ] as [$range, $inside, $outside]) {
      SnapshotWriter::replace($path, SnapshotWriter::encode([self::decision('range', $range, 1)], [], 1, 1000));
      clearstatcache();
      self::assertFalse(FirstLook::isQuiet([$path], $inside, FALSE), $range);
      self::assertTrue($outside === NULL || FirstLook::isQuiet([$path], $outside, FALSE), $range);
    }
  }

  public function testWhatIsNoTargetIsLeftOut(): void {
    $bytes = SnapshotWriter::encode([
      self::decision('ip', 'nonsense', 1),
      self::decision('session', '', 2),
      self::decision('', 'x', 3),
      new Decision('ip', '192.0.2.1', 'ban', str_repeat('ä', 2000), 'x', 2000, '00000004'),
    ], [], 1, 1000);
    $path = $this->folder() . '/d.bin';
    SnapshotWriter::replace($path, $bytes);
    $found = SnapshotReader::open($path)->list(1000, 9);
    self::assertCount(1, $found);
    self::assertSame(str_repeat('ä', 512), $found[0]->scenario);
    self::assertFalse(SnapshotWriter::replace($this->folder() . '/absent/d.bin', $bytes));
  }

  /**
   * Returns what is wrong with a file, or nothing.
   */
  private static function problem(string $path): string {
    try {
      SnapshotReader::open($path);
      return '';
    }
    catch (SnapshotException $problem) {
      return $problem->getMessage();
    }
  }

  /**
   * Returns a ban that ends at 4000.
   */
  private static function decision(string $scope, string $value, int $record): Decision {
    return new Decision($scope, $value, 'ban', 'test', 'module', 4000, sprintf('%08x', $record));
  }

  /**
   * Returns what a golden file says of a decision.
   *
   * @return array<string, mixed>|null
   *   The facts.
   */
  private static function facts(?Decision $found): ?array {
    return $found === NULL ? NULL : [
      'scope' => $found->scope,
      'remediation' => $found->remediation,
      'scenario' => $found->scenario,
      'origin' => $found->origin,
      'simulated' => $found->simulated,
      'endsAt' => $found->ends,
      'record' => $found->record,
    ];
  }

  /**
   * Reads what is expected of a golden file.
   *
   * @return array{head: array{generation: int, createdAtMs: int}, delta: array{add: list<array{id: string, target: array{scope: string, value: string}, remediation: string, expiresAtMs: int|float, scenario: string, origin: string, simulated: bool}>, allowlist?: list<string>}, ask: list<array{ip?: string, now: int, scope: string, value: string}>, answers: list<array<string, mixed>|null>}
   *   Its parts.
   */
  private static function read(string $name): array {
    return json_decode((string) file_get_contents(self::GOLDEN . "/decisions-$name.json"), TRUE, 64, JSON_THROW_ON_ERROR);
  }

  public function testAPathThatIsNoneIsNoFile(): void {
    foreach (['', "a\0b", $this->folder()] as $path) {
      try {
        SnapshotReader::open($path);
        self::fail('opened');
      }
      catch (SnapshotException $problem) {
        self::assertSame('it cannot be opened', $problem->getMessage());
      }
      self::assertTrue(FirstLook::isQuiet([$path], '203.0.113.9', TRUE));
    }
  }

}

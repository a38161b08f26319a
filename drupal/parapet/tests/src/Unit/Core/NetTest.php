<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Net\Cidr;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\ClientAddress;
use Drupal\parapet\Core\Net\Ip;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Addresses, ranges, and who asks.
 */
#[CoversClass(Ip::class)]
#[CoversClass(Cidr::class)]
#[CoversClass(CidrSet::class)]
#[CoversClass(ClientAddress::class)]
final class NetTest extends TestCase {

  public function testAnAddressIsBytes(): void {
    self::assertSame("\xc0\x00\x02\x07", Ip::pack('192.0.2.7'));
    self::assertSame("\xc0\x00\x02\x07", Ip::pack('::ffff:192.0.2.7'));
    self::assertSame('2001:db8::1', Ip::text((string) Ip::pack('2001:DB8:0::0001')));
    foreach (['', 'x', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', ':::', 'fe80::1%eth0', "1.2.3.4\n", '1.2.3.4 '] as $none) {
      self::assertNull(Ip::pack($none), $none);
    }
  }

  public function testPrivateAddressesBelongToNoVisitor(): void {
    foreach (['10.1.2.3', '127.0.0.1', '100.64.0.1', '172.31.255.255', '::1', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1'] as $private) {
      self::assertFalse(Ip::isPublic((string) Ip::pack($private)), $private);
    }
    foreach (['203.0.113.9', '172.32.0.1', '2001:db8::1'] as $public) {
      self::assertTrue(Ip::isPublic((string) Ip::pack($public)), $public);
    }
  }

  public function testACustomerHasAnIpv6NetworkWhole(): void {
    $one = Ip::clientKey((string) Ip::pack('2001:db8:1:2::1'));
    self::assertSame($one, Ip::clientKey((string) Ip::pack('2001:db8:1:2:ffff::9')));
    self::assertNotSame($one, Ip::clientKey((string) Ip::pack('2001:db8:1:3::1')));
  }

  /**
   * Ranges, addresses, and whether one holds the other.
   *
   * @return list<array{string, string, bool}>
   *   The cases.
   */
  public static function ranges(): array {
    return [
      ['192.0.2.0/24', '192.0.2.255', TRUE],
      ['192.0.2.0/24', '192.0.3.0', FALSE],
      ['192.0.2.77/24', '192.0.2.1', TRUE],
      ['192.0.2.128/25', '192.0.2.127', FALSE],
      ['192.0.2.130/31', '192.0.2.131', TRUE],
      ['0.0.0.0/0', '255.255.255.255', TRUE],
      ['0.0.0.0/0', '::1', FALSE],
      ['192.0.2.7', '192.0.2.7', TRUE],
      ['192.0.2.7', '192.0.2.8', FALSE],
      ['2001:db8::/33', '2001:db8:7fff::1', TRUE],
      ['2001:db8::/33', '2001:db8:8000::1', FALSE],
      ['::/0', '2001::', TRUE],
      ['::ffff:192.0.2.0/120', '192.0.2.9', TRUE],
    ];
  }

  #[DataProvider('ranges')]
  public function testARangeHoldsItsAddresses(string $range, string $address, bool $expected): void {
    $packed = (string) Ip::pack($address);
    self::assertSame($expected, Cidr::parse($range)?->contains($packed));
    self::assertSame($expected, CidrSet::fromTexts([$range])->contains($packed));
  }

  /**
   * Two addresses, and the ranges that make up what is between them.
   *
   * @return list<array{string, string, list<string>}>
   *   The cases.
   */
  public static function spans(): array {
    return [
      ['192.0.2.0', '192.0.2.255', ['192.0.2.0/24']],
      ['192.0.2.7', '192.0.2.7', ['192.0.2.7']],
      ['192.0.2.5', '192.0.2.10', ['192.0.2.5', '192.0.2.6/31', '192.0.2.8/31', '192.0.2.10']],
      ['0.0.0.0', '255.255.255.255', ['0.0.0.0/0']],
      ['255.255.255.254', '255.255.255.255', ['255.255.255.254/31']],
      ['127.255.255.255', '128.0.0.0', ['127.255.255.255', '128.0.0.0']],
      ['2001:db8::ffff', '2001:db8::1:1', ['2001:db8::ffff', '2001:db8::1:0/127']],
      ['192.0.2.8', '192.0.2.7', []],
      ['192.0.2.8', '2001:db8::1', []],
    ];
  }

  #[DataProvider('spans')]
  public function testWhatIsBetweenTwoAddressesIsMadeOfRanges(string $first, string $last, array $expected): void {
    $ranges = Cidr::between((string) Ip::pack($first), (string) Ip::pack($last));
    self::assertSame($expected, array_map(static fn (Cidr $range): string => $range->text(), $ranges));
  }

  public function testWhatIsNoRangeIsRefused(): void {
    foreach (['192.0.2.0/33', '192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/ 8', 'x/8', '::/129', '::ffff:1.2.3.4/95', '1.2.3.4/8/8'] as $none) {
      self::assertNull(Cidr::parse($none), $none);
    }
    $set = CidrSet::fromTexts(['192.0.2.0/24', 'x', ' 2001:db8::/32 ']);
    self::assertSame(['x'], $set->refused());
    self::assertFalse($set->isEmpty());
    self::assertTrue(CidrSet::fromTexts([])->isEmpty());
  }

  public function testARangeHasATextAndALastAddress(): void {
    $range = Cidr::parse('192.0.2.77/26');
    self::assertNotNull($range);
    self::assertSame('192.0.2.64/26', $range->text());
    self::assertSame('192.0.2.127', Ip::text($range->last()));
    self::assertSame('2001:db8::', Cidr::parse('2001:db8::')?->text());
  }

  /**
   * Who connected, X-Forwarded-For, and who it is.
   *
   * @return list<array{string, string, ?string}>
   *   The cases.
   */
  public static function chains(): array {
    return [
      ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
      ['10.0.0.1', '', '10.0.0.1'],
      ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
      ['10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
      ['10.0.0.1', '1.1.1.1, nonsense, 10.0.0.2', '10.0.0.2'],
      ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
      ['10.0.0.1', '"x", [2001:db8::7]:443', '2001:db8::7'],
      ['10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
      ['no address', '198.51.100.1', NULL],
    ];
  }

  #[DataProvider('chains')]
  public function testTheVisitorIsTheFirstFromTheRightThatIsNoProxyOfOurs(string $peer, string $chain, ?string $expected): void {
    $found = ClientAddress::of($peer, $chain, CidrSet::fromTexts(['10.0.0.0/8']));
    self::assertSame($expected, $found === NULL ? NULL : Ip::text($found));
  }

}

<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\StepUp\OneTimeCode;
use PHPUnit\Framework\TestCase;

/**
 * Codes that are mailed.
 */
final class StepUpTest extends TestCase {

  public function testACodeIsReadHoweverItIsTyped(): void {
    $code = OneTimeCode::make();
    self::assertMatchesRegularExpression('/^\d{8}$/D', $code);
    foreach ([$code, OneTimeCode::readable($code), " $code\n", substr($code, 0, 4) . '-' . substr($code, 4)] as $typed) {
      self::assertSame($code, OneTimeCode::read($typed));
    }
    foreach (['', '1234567', '123456789', "1234567\xff8", '١٢٣٤٥٦٧٨', 'abcdefgh'] as $other) {
      self::assertSame('', OneTimeCode::read($other));
    }
  }

  public function testWhatIsKeptIsBoundToSessionAndSite(): void {
    $digest = OneTimeCode::digest('12345678', 'one', 'secret');
    self::assertSame($digest, OneTimeCode::digest('12345678', 'one', 'secret'));
    self::assertNotSame($digest, OneTimeCode::digest('12345678', 'two', 'secret'));
    self::assertNotSame($digest, OneTimeCode::digest('12345678', 'one', 'other'));
    self::assertNotSame($digest, OneTimeCode::digest('12345679', 'one', 'secret'));
    self::assertStringNotContainsString('12345678', $digest);
  }

  public function testOnlyItsOwnerKnowsAnAddress(): void {
    self::assertSame('a…@example.org', OneTimeCode::masked('ada@example.org'));
    self::assertSame('ä…@example.org', OneTimeCode::masked('ähre@example.org'));
    self::assertSame('…nobody', OneTimeCode::masked('nobody'));
  }

}

<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Flood\LeakyBucket;
use Drupal\parapet\Core\Flood\MemoryFlood;
use Drupal\parapet\Core\Flood\Scenario;
use Drupal\parapet\Core\Net\CidrSet;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Drupal\parapet\Core\Perimeter\Perimeter;
use Drupal\parapet\Core\Signals\Signal;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\TestCase;

/**
 * The perimeter, with the answers of the engine's own matcher.
 */
#[CoversClass(PatternSet::class)]
#[CoversClass(Perimeter::class)]
#[CoversClass(MemoryFlood::class)]
#[CoversClass(LeakyBucket::class)]
#[CoversClass(Scenario::class)]
final class PerimeterTest extends TestCase {

  private const WINDOW = 3600;

  public function testPatternsFindWhatTheEngineFinds(): void {
    $shared = self::shared();
    foreach ($shared['answers'] as ['pattern' => $pattern, 'isRefused' => $isRefused, 'matches' => $matches]) {
      $set = new PatternSet([$pattern]);
      self::assertSame($isRefused, $set->problems() !== [], $pattern);
      $found = array_filter(
        array_column($shared['paths'], 0),
        static fn (string $path): bool => $set->patternFor($path) === $pattern,
      );
      self::assertSame($matches, array_values($found), $pattern);
    }
  }

  public function testThePathIsWhatDrupalLooksAt(): void {
    $shared = self::shared();
    self::assertSame(PatternSet::DEFAULTS, $shared['defaults']);
    foreach ($shared['paths'] as [$target, $path]) {
      self::assertSame($path, PatternSet::pathInfo($target));
    }
  }

  public function testAProblemSaysWhichPatternAndWhatToDo(): void {
    self::assertSame(
      "The pattern 'wp-login' does not start with a delimiter. Put it between slashes: '/wp-login/'.",
      PatternSet::problemOf('wp-login'),
    );
    self::assertStringContainsString('which is no flag', (string) PatternSet::problemOf('/a/b/'));
    self::assertStringContainsString('missing closing parenthesis', (string) PatternSet::problemOf('/(a/'));
    self::assertNull(PatternSet::problemOf('/a/'));
    self::assertSame([], (new PatternSet(["\r", '', ' ']))->problems());
  }

  public function testAPatternWithoutEndDoesNotStallTheSite(): void {
    $set = new PatternSet(['/(a+)+$/', '/(x|x)*y/', '/.*.*.*.*=z/']);
    self::assertNull($set->patternFor('/' . str_repeat('a', 5000) . '!' . str_repeat('x', 3000)));
    // Without a limit it would not come here for years.
    self::assertSame('/(a+)+$/', PatternSet::checked($set->patterns())->patternFor('/aa'));
    self::assertNull((new PatternSet([]))->patternFor('/aa'));
  }

  public function testTheThresholdLetsSoManyThrough(): void {
    $perimeter = self::perimeter(2);
    $visitor = (string) Ip::pack('203.0.113.1');
    self::assertNull($perimeter->missed($visitor, '/a.asp', 1000));
    self::assertNull($perimeter->missed($visitor, '/a', 1000));
    self::assertNull($perimeter->missed($visitor, '/b.jsp', 1001));
    self::assertNull($perimeter->missed((string) Ip::pack('203.0.113.2'), '/b.jsp', 1001));
    self::assertSame('/\/wp-admin.*/', $perimeter->missed($visitor, '/wp-admin/x', 1002));
    // It starts anew.
    self::assertNull($perimeter->missed($visitor, '/wp-admin/x', 1003));
  }

  public function testTheWindowSlides(): void {
    $perimeter = self::perimeter(1);
    $visitor = (string) Ip::pack('203.0.113.1');
    self::assertNull($perimeter->missed($visitor, '/1.asp', 0));
    self::assertNull($perimeter->missed($visitor, '/2.asp', self::WINDOW));
    self::assertNotNull($perimeter->missed($visitor, '/3.asp', self::WINDOW + 1));
  }

  public function testTheAllowlistIsNeverCounted(): void {
    $perimeter = self::perimeter(0, ['203.0.113.0/24']);
    self::assertNull($perimeter->missed((string) Ip::pack('203.0.113.1'), '/a.asp', 0));
    self::assertFalse($perimeter->count(Perimeter::HONEYPOT, (string) Ip::pack('203.0.113.1'), 0));
    self::assertTrue($perimeter->count(Perimeter::HONEYPOT, (string) Ip::pack('203.0.114.1'), 0));
  }

  public function testTheMemoryOfAFloodIsBounded(): void {
    $flood = new MemoryFlood();
    for ($i = 0; $i < 10500; $i++) {
      $flood->isTooOften('x', (string) $i, 1, 60, 0);
    }
    self::assertFalse($flood->isTooOften('x', '0', 1, 60, 1));
    self::assertTrue($flood->isTooOften('x', '10499', 1, 60, 1));
    $flood->clear('x', '10499');
    self::assertFalse($flood->isTooOften('x', '10499', 1, 60, 1));
  }

  public function testABucketLeaksAndOverflows(): void {
    $bucket = new LeakyBucket();
    for ($i = 0; $i < 5; $i++) {
      $bucket = $bucket->pour(10.0, 100.0);
    }
    self::assertFalse($bucket->overflows(5.0));
    self::assertTrue($bucket->pour(10.0, 100.0)->overflows(5.0));
    self::assertSame(10.0, $bucket->pour(10.0, 100.0)->secondsUntilRoom(5.0, 10.0));
    self::assertFalse($bucket->pour(10.0, 110.0)->overflows(5.0));
    // A clock that was put back takes nothing out.
    self::assertTrue($bucket->pour(10.0, 0.0)->overflows(5.0));
    self::assertSame(1.0, $bucket->pour(0.0, 100.0)->level);
  }

  public function testAScenarioIsAsTheOwnerHasSetIt(): void {
    $own = Scenario::all()[0];
    self::assertEquals($own, $own->with([]));
    self::assertNull($own->with(['enabled' => FALSE, 'capacity' => 3]));
    $set = $own->with(['enabled' => TRUE, 'capacity' => 0, 'leak_seconds' => 0, 'seconds' => 1]);
    self::assertNotNull($set);
    self::assertSame([0, 1, 60], [$set->capacity, $set->leakSeconds, $set->seconds]);
    self::assertSame([$own->name, $own->remediation], [$set->name, $set->remediation]);
  }

  public function testEveryScenarioWaitsForATypeOfSignal(): void {
    foreach (Scenario::all() as $scenario) {
      self::assertSame($scenario->signal, Signal::of($scenario->signal)->type);
      self::assertGreaterThan(0, $scenario->capacity);
      self::assertNotSame('', $scenario->did);
    }
  }

  /**
   * Returns a perimeter with the module's own patterns.
   *
   * @param int $threshold
   *   How many are let through.
   * @param list<string> $allowlist
   *   Who is never counted.
   */
  private static function perimeter(int $threshold, array $allowlist = []): Perimeter {
    return new Perimeter(new PatternSet(PatternSet::DEFAULTS), CidrSet::fromTexts($allowlist), new MemoryFlood(), $threshold, self::WINDOW);
  }

  /**
   * Reads the answers of the engine's matcher.
   *
   * @return array{defaults: list<string>, paths: list<array{string, string}>, answers: list<array{pattern: string, isRefused: bool, matches: list<string>}>}
   *   Written by packages/engine/test/detectors/perimeter/shared.test.ts.
   */
  private static function shared(): array {
    $text = (string) file_get_contents(__DIR__ . '/../../../fixtures/patterns.json');
    return json_decode($text, TRUE, 64, JSON_THROW_ON_ERROR);
  }

}

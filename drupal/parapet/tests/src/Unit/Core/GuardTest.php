<?php

declare(strict_types=1);

namespace Drupal\Tests\parapet\Unit\Core;

use Drupal\parapet\Core\Cookies\PassCookie;
use Drupal\parapet\Core\Cookies\Signer;
use Drupal\parapet\Core\Cookies\Token;
use Drupal\parapet\Core\Cookies\TrustCookie;
use Drupal\parapet\Core\Cookies\Vouching;
use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Decisions\SnapshotWriter;
use Drupal\parapet\Core\FileState;
use Drupal\parapet\Core\Guard\Check;
use Drupal\parapet\Core\Guard\Guard;
use Drupal\parapet\Core\Guard\Outcome;
use Drupal\parapet\Core\Guard\Routes;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Guard\Visit;
use Drupal\parapet\Core\Guard\Waiting;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\Pages\Page;
use Drupal\parapet\Core\Pages\Pages;
use Drupal\parapet\Core\Pages\Reader;
use Drupal\parapet\Core\Pages\Reason;
use Drupal\parapet\Core\Pages\WaitingPages;
use PHPUnit\Framework\Attributes\CoversClass;
use PHPUnit\Framework\TestCase;

/**
 * What becomes of a request, with the gateway's own cookies and answers.
 */
#[CoversClass(Guard::class)]
#[CoversClass(Check::class)]
#[CoversClass(Waiting::class)]
#[CoversClass(WaitingPages::class)]
#[CoversClass(Routes::class)]
#[CoversClass(Settings::class)]
#[CoversClass(Outcome::class)]
#[CoversClass(Visit::class)]
#[CoversClass(Pages::class)]
#[CoversClass(Page::class)]
#[CoversClass(Reader::class)]
#[CoversClass(Reason::class)]
#[CoversClass(Signer::class)]
#[CoversClass(TrustCookie::class)]
#[CoversClass(PassCookie::class)]
#[CoversClass(Token::class)]
#[CoversClass(Vouching::class)]
final class GuardTest extends TestCase {

  use FolderTrait;

  private const NOW = 1795348800;
  private const HTML = ['HTTP_ACCEPT' => 'text/html'];
  private const SECRET = '7878787878787878787878787878787878787878787878787878787878787878';

  public function testCookiesAreTheGateways(): void {
    $shared = self::shared('cookies');
    $secret = (string) hex2bin($shared['secret']);
    foreach ($shared['keys'] as $use => $key) {
      self::assertSame($key, bin2hex(Signer::derive($secret, $use)));
    }
    $trust = new TrustCookie($secret, 'shop', 3);
    self::assertSame($shared['trust']['vouched'], $trust->issue('Ärin', 3600, $shared['now']));
    self::assertSame($shared['now'] + 3600, $trust->read($shared['trust']['vouched'], $shared['now']));
    self::assertSame($shared['now'] + 30 * 86400, $trust->read($shared['trust']['operator'], $shared['now']));
    foreach ($shared['visitors'] as $visitor) {
      $visit = $this->visit(['HTTP_USER_AGENT' => $visitor['userAgent']], $visitor['ip']);
      self::assertSame($visitor['binding'], PassCookie::binding($visit, 'shop'));
      self::assertSame($visitor['pass'], (new PassCookie($secret, 'shop'))->issue($visit, 3600, $shared['now']));
      $token = Token::read(new Signer($secret, 'challenge'), $visitor['token'], $visitor['binding']);
      self::assertSame(['w', $shared['now'], $shared['bitsOfPart']], [$token?->kind, $token?->issuedAt, $token?->number]);
      $pass = new PassCookie($secret, 'shop');
      self::assertSame($visitor['waited'], $pass->issue($visit, 3600, $shared['now'], PassCookie::WAITED));
      foreach (["parapet_pass=$visitor[waited]" => 'w', "parapet_pass=$visitor[pass]; parapet_pass=$visitor[waited]" => 's', 'parapet_pass=1.s.zzzzzz.x' => ''] as $cookie => $kind) {
        $holder = $this->visit(['HTTP_USER_AGENT' => $visitor['userAgent'], 'HTTP_COOKIE' => $cookie], $visitor['ip']);
        self::assertSame($kind, $pass->kindHeld($holder, $shared['now']));
      }
      $step = Token::read(new Signer($secret, 'challenge'), $visitor['step'], $visitor['binding']);
      self::assertSame(['s', 9], [$step?->kind, $step?->number]);
      self::assertSame(
        $visitor['token'],
        Token::make(new Signer($secret, 'challenge'), 'w', 14, $visitor['binding'], $shared['now'] * 1000, str_repeat("\x07", 12)),
      );
    }
    foreach ($shared['layouts'] as ['nonce' => $nonce, 'question' => $question, 'answer' => $answer]) {
      self::assertSame([$question, $answer], [Check::question($nonce), Check::answer($nonce)]);
    }
  }

  public function testATrustCookieThatIsForgedEndedOrOfAnotherSiteIsWorthNothing(): void {
    $secret = str_repeat('x', 32);
    $trust = new TrustCookie($secret, 'shop', 3);
    $good = $trust->issue('ada', 99999999, 1000);
    self::assertSame(1000 + 604800, $trust->read($good, 1000));
    self::assertSame(0, $trust->read($good, 1000 + 604800));
    self::assertSame(0, (new TrustCookie($secret, 'other', 3))->read($good, 1000));
    self::assertSame(0, (new TrustCookie($secret, 'shop', 4))->read($good, 1000));
    self::assertGreaterThan(0, (new TrustCookie($secret, 'shop', -1))->read($good, 1000));
    self::assertSame(0, (new TrustCookie(str_repeat('y', 32), 'shop', 3))->read($good, 1000));
    foreach (['', 'x', "$good.", substr($good, 0, -1), strrev($good), "$good\n"] as $bad) {
      self::assertSame(0, $trust->read($bad, 1000));
    }
  }

  public function testVouchingIsSignedForTheSession(): void {
    $shared = self::shared('cookies')['vouching'];
    $vouching = new Vouching($shared['key']);
    self::assertSame(
      '%C3%84rin; exp=1060; mac=' . hash_hmac('sha256', "parapet-user\nSESSION\n1060\n%C3%84rin", (string) hex2bin($shared['key'])),
      $vouching->user('SESSION', 'Ärin', 1000),
    );
    self::assertStringStartsWith('ada; exp=1060; for=3600; mac=', $vouching->trust('SESSION', 'ada', 3600, 1000));
  }

  public function testReadersReasonsAndRoutesAreTheGateways(): void {
    $shared = self::shared('pages');
    foreach ($shared['readers'] as ['headers' => $headers, 'language' => $language, 'format' => $format]) {
      $server = [];
      foreach ($headers as $name => $value) {
        $server['HTTP_' . strtoupper(strtr($name, '-', '_'))] = $value;
      }
      $reader = Reader::of($this->visit($server));
      self::assertSame([$language, $format], [$reader->language, $reader->format]);
    }
    foreach ($shared['reasons'] as [$scenario, $origin, $class]) {
      self::assertSame($class, Reason::of($scenario, $origin), $scenario);
    }
    foreach ($shared['routes'] as [$method, $target, $rank]) {
      self::assertSame($rank, Routes::rank($method, $target), "$method $target");
    }
    self::assertSame('never', Routes::rank('GET', '/shop/cron/KEY', '/shop'));
  }

  public function testSomebodyOnWhomThereIsNothingPasses(): void {
    self::assertSame('none', $this->guard([])->decide($this->visit(), self::NOW)->cause);
  }

  public function testABannedVisitorGetsTheBlockPageInTheirLanguage(): void {
    $guard = $this->guard([self::decision('ban')]);
    $outcome = $guard->decide($this->visit(self::HTML + ['HTTP_ACCEPT_LANGUAGE' => 'de']), self::NOW);
    self::assertFalse($outcome->isPassed());
    $page = $outcome->page;
    self::assertNotNull($page);
    self::assertSame(403, $page->status);
    self::assertStringContainsString('<html lang="de">', $page->body);
    self::assertStringContainsString('0000abcd', $page->body);
    self::assertStringContainsString('Shop &lt;A&gt;', $page->body);
    self::assertStringContainsString('write to me', $page->body);
    self::assertStringContainsString('2026-11-22 13:00 UTC', $page->body);
    self::assertStringContainsString('no-store', $page->headers['Cache-Control']);
    self::assertStringContainsString("script-src 'none'", $page->headers['Content-Security-Policy']);
    self::assertSame('x', $page->with('Set-Cookie', 'x')->headers['Set-Cookie']);
    $text = $guard->decide($this->visit(), self::NOW)->page->body ?? '';
    self::assertStringContainsString("Reason: requests that search for weak spots\n", $text);
    $json = $guard->decide($this->visit(['HTTP_ACCEPT' => 'application/json']), self::NOW)->page->body ?? '';
    self::assertSame(['probing', '2026-11-22T13:00:00.000Z'], [json_decode($json, TRUE)['reason'], json_decode($json, TRUE)['ends']]);
    $endless = $this->guard([self::decision('ban', 'ip', '203.0.113.9', Decision::FOR_EVER)]);
    self::assertStringContainsString('Ends: not fixed', $endless->decide($this->visit(), self::NOW)->page->body ?? '');
  }

  public function testTheStrictestOfSeveralFilesHasItsWay(): void {
    $one = $this->snapshot('one.bin', [self::decision('captcha')]);
    $two = $this->snapshot('two.bin', [self::decision('ban', 'range', '203.0.113.0/24')]);
    $guard = new Guard(new Settings([$one, '/absent', $two]), new FileState($this->folder()));
    self::assertSame('ban', $guard->decide($this->visit(), self::NOW)->cause);
  }

  public function testADamagedFileLetsEverybodyInAndSaysSo(): void {
    file_put_contents($this->folder() . '/bad.bin', 'nonsense');
    $guard = new Guard(new Settings([$this->folder() . '/bad.bin']), new FileState($this->folder()));
    $outcome = $guard->decide($this->visit(), self::NOW);
    self::assertTrue($outcome->isPassed());
    self::assertStringContainsString('bad.bin cannot be used: it does not begin', $outcome->fault);
  }

  public function testWhoeverIsTrustedOrAllowedPasses(): void {
    $secret = bin2hex(str_repeat('x', 32));
    $trust = (new TrustCookie(str_repeat('x', 32), 'shop', -1))->issue('ada', 3600, self::NOW);
    foreach ([TRUE, FALSE] as $isShared) {
      $guard = $this->guard([self::decision('ban')], ['secret' => $secret, 'isSharedSecret' => $isShared]);
      $name = $isShared ? 'parapet_trust' : 'parapet_bypass';
      $held = $this->visit(['HTTP_COOKIE' => "a=b; $name=forged; $name=$trust"]);
      self::assertSame('trusted', $guard->decide($held, self::NOW)->cause);
      self::assertSame('ban', $guard->decide($this->visit(['HTTP_COOKIE' => "x$name=$trust"]), self::NOW)->cause);
      self::assertSame('ban', $guard->decide($held, self::NOW + 3600 - 1)->page === NULL ? 'ban' : 'late');
    }
    self::assertSame('allowed', $this->guard([self::decision('ban')], ['allowlist' => ['203.0.113.0/28']])->decide($this->visit(), self::NOW)->cause);
    self::assertSame('observed', $this->guard([self::decision('ban')], ['isEnforcing' => FALSE])->decide($this->visit(), self::NOW)->cause);
    $simulated = new Decision('ip', '203.0.113.9', 'ban', 'x', 'y', self::NOW + 60, '00000001', TRUE);
    self::assertSame('simulated', $this->guard([$simulated])->decide($this->visit(), self::NOW)->cause);
    self::assertFalse($this->guard([])->isTrusted($this->visit(), self::NOW));
  }

  public function testCertificatesAndCronAreNeverBanned(): void {
    $guard = $this->guard([self::decision('ban')]);
    self::assertSame('slowed', $guard->decide($this->visit(['REQUEST_URI' => '/cron/KEY']), self::NOW)->cause);
    self::assertSame('ban', $guard->decide($this->visit(['REQUEST_URI' => '/rss.xml']), self::NOW)->cause);
  }

  public function testASessionCanBeDecidedOn(): void {
    $cookie = 'SESS' . str_repeat('a', 32) . '=' . str_repeat('s', 43);
    $guard = $this->guard([self::decision('step-up', 'session', hash('sha256', str_repeat('s', 43)))]);
    self::assertSame('step-up', $guard->decide($this->visit(['HTTP_COOKIE' => "x=y; $cookie"]), self::NOW)->cause);
    self::assertSame('none', $guard->decide($this->visit(['HTTP_COOKIE' => 'x=SESS']), self::NOW)->cause);
  }

  public function testWhoIsSlowedDownGets429AfterABurst(): void {
    $guard = $this->guard([self::decision('tarpit')]);
    self::assertTrue($guard->decide($this->visit(), self::NOW)->isPassed());
    $page = $guard->decide($this->visit(), self::NOW)->page;
    self::assertSame([429, '5'], [$page?->status, $page?->headers['Retry-After'] ?? '']);
    foreach ([self::HTML, ['HTTP_ACCEPT' => 'application/json']] as $headers) {
      self::assertStringContainsString('0000abcd', $guard->decide($this->visit($headers), self::NOW)->page->body ?? '');
    }
    self::assertSame('unknown', $this->guard([self::decision('odd')])->decide($this->visit(), self::NOW)->cause);
  }

  public function testABrowserThatSolvesTheCheckGetsAPass(): void {
    $settings = ['secret' => bin2hex(str_repeat('x', 32))];
    $guard = $this->guard([self::decision('captcha', 'range', '203.0.113.0/24', self::NOW + 86400)], $settings, '/sub');
    $page = $guard->decide($this->visit(self::HTML), self::NOW)->page;
    self::assertSame(403, $page?->status);
    self::assertStringContainsString("script-src 'sha256-", $page->headers['Content-Security-Policy']);
    self::assertStringContainsString("'/sub/parapet/check/solve'", $page->body);
    self::assertStringNotContainsString('/.parapet/', $page->body);
    self::assertMatchesRegularExpression('/data-token="([^"]+)" data-layout="([^"]+)"/', $page->body);
    $token = self::token($page->body);
    $nonce = explode('.', $token)[4];
    $right = ['token' => $token, 'answers' => self::work($nonce, 1, 8), 'layout' => Check::answer($nonce), 'driven' => '0'];
    // A wrong answer is asked again, and a right one counts once.
    $wrong = $guard->decide($this->solving(['answers' => '1.2'] + $right), self::NOW)->page->body ?? '';
    self::assertArrayHasKey('next', (array) json_decode($wrong, TRUE));
    self::assertSame('asked', $guard->decide($this->solving($right), self::NOW + 300)->cause);
    $solved = $guard->decide($this->solving($right), self::NOW);
    self::assertSame(['solved', '{"done":true}'], [$solved->cause, $solved->page?->body]);
    self::assertSame('asked', $guard->decide($this->solving($right), self::NOW)->cause);
    $cookie = 'parapet_pass=' . $solved->cookies['parapet_pass'][0];
    self::assertSame('passed', $guard->decide($this->visit(self::HTML + ['HTTP_COOKIE' => $cookie]), self::NOW)->cause);
    self::assertSame('captcha', $guard->decide($this->visit(self::HTML + ['HTTP_COOKIE' => $cookie], '203.0.113.10'), self::NOW)->cause);
    self::assertSame('captcha', $guard->decide($this->visit(self::HTML + ['HTTP_COOKIE' => $cookie]), self::NOW + 43200)->cause);
  }

  public function testADecisionOnAnAddressAsksForWorkAsWell(): void {
    $settings = ['secret' => bin2hex(str_repeat('x', 32))];
    $guard = $this->guard([self::decision('captcha')], $settings);
    $token = self::token($guard->decide($this->visit(self::HTML + ['REQUEST_METHOD' => 'POST']), self::NOW)->page->body ?? '');
    self::assertSame('w', explode('.', $token)[1]);
    $nonce = explode('.', $token)[4];
    $solved = $guard->decide($this->solving(['token' => $token, 'answers' => self::work($nonce, 8, 14), 'layout' => '', 'driven' => '1'], ''), self::NOW);
    self::assertSame('solved', $solved->cause);
    self::assertSame('asked', $guard->decide($this->solving(['token' => 'x'], ''), self::NOW)->cause);
    self::assertSame('asked', $guard->decide($this->solving(['token' => ['x']], ''), self::NOW)->cause);
    // Programs are told in a few words, and routes of machines only slowed down.
    self::assertStringContainsString('has to come from a browser', $guard->decide($this->visit(), self::NOW)->page->body ?? '');
    self::assertStringContainsString('"record"', $guard->decide($this->visit(['HTTP_ACCEPT' => 'application/json']), self::NOW)->page->body ?? '');
    self::assertSame('slowed', $guard->decide($this->visit(['REQUEST_URI' => '/rss.xml']), self::NOW)->cause);
    self::assertSame('slowed', $this->guard([self::decision('captcha')])->decide($this->visit(), self::NOW)->cause);
  }

  public function testARightCheckThatAsksForWorkIsAskedForIt(): void {
    $settings = ['secret' => bin2hex(str_repeat('x', 32))];
    $range = $this->guard([self::decision('captcha', 'range', '203.0.113.0/24')], $settings);
    $token = self::token($range->decide($this->visit(self::HTML), self::NOW)->page->body ?? '');
    $nonce = explode('.', $token)[4];
    $driven = ['token' => $token, 'answers' => self::work($nonce, 1, 8), 'layout' => Check::answer($nonce), 'driven' => '1'];
    $next = json_decode($range->decide($this->solving($driven, ''), self::NOW)->page->body ?? '', TRUE)['next'];
    self::assertSame('w', explode('.', $next)[1]);
  }

  public function testWhoRunsNoScriptsWaitsTwiceAndIsServedSlowly(): void {
    $guard = $this->guard([self::decision('captcha', 'ip', '203.0.113.9', self::NOW + 86400)], ['secret' => self::SECRET], '/sub');
    $page = $guard->decide($this->visit(self::HTML + ['REQUEST_URI' => '/sub/a?b=c&d']), self::NOW)->page;
    self::assertStringContainsString('<noscript><meta http-equiv="refresh" content="0; url=/sub/parapet/check/wait?to=%2Fsub%2Fa%3Fb%3Dc%26d"></noscript>', $page->body ?? '');
    $first = $this->waits($guard, '?to=%2Fsub%2Fa%3Fb%3Dc%26d', self::NOW);
    self::assertSame(200, $first->page?->status);
    self::assertStringContainsString('step 1 of 2', $first->page->body);
    self::assertStringContainsString('This step takes 5 seconds.', $first->page->body);
    self::assertStringContainsString("style-src 'sha256-", $first->page->headers['Content-Security-Policy']);
    self::assertStringContainsString("'self'; img-src 'self'; script-src 'none'", $first->page->headers['Content-Security-Policy']);
    [$next, $cookie] = $this->looksAt($guard, $first->page->body, self::NOW);
    // Too early: the same step again. Without the image: a new one.
    self::assertStringContainsString(self::tokenOf($next), $this->waits($guard, $next, self::NOW + 4, $cookie)->page->body ?? '');
    self::assertStringContainsString('takes 1 second.', $this->waits($guard, $next, self::NOW + 4, $cookie)->page->body ?? '');
    self::assertStringNotContainsString(self::tokenOf($next), $this->waits($guard, $next, self::NOW + 5)->page->body ?? '');
    $second = $this->waits($guard, $next, self::NOW + 5, $cookie);
    self::assertStringContainsString('step 2 of 2', $second->page->body ?? '');
    self::assertSame(403, $this->waits($guard, $next, self::NOW + 5, $cookie)->page?->status, 'each step counts once');
    [$last, $cookie] = $this->looksAt($guard, $second->page->body ?? '', self::NOW + 5);
    $over = $this->waits($guard, $last, self::NOW + 10, $cookie);
    self::assertSame([303, '/sub/a?b=c&d'], [$over->page?->status, $over->page?->headers['Location']]);
    [$pass, $seconds] = $over->cookies['parapet_pass'];
    self::assertSame(1800, $seconds);
    $visit = $this->visit(self::HTML + ['HTTP_COOKIE' => "parapet_pass=$pass"]);
    $outcomes = array_map(static fn (): Outcome => $guard->decide($visit, self::NOW + 10), range(1, 30));
    self::assertSame(['slowed', TRUE, FALSE], [$outcomes[0]->cause, $outcomes[0]->isPassed(), $outcomes[29]->isPassed()]);
    self::assertSame('captcha', $guard->decide($visit, self::NOW + 1810)->cause);
  }

  public function testWaitingCannotBeHurriedForgedOrFarmed(): void {
    $guard = $this->guard([self::decision('captcha')], ['secret' => self::SECRET], '/sub');
    $first = $this->waits($guard, '?to=//evil.example&sent=1', self::NOW)->page->body ?? '';
    self::assertStringContainsString('What you sent has not reached the site', $first);
    [$next, $cookie, $right] = $this->looksAt($guard, $first, self::NOW);
    self::assertStringContainsString('?to=%2F&sent=1', $next);
    // Somebody else, a token that is too old, forged, or for work; another image; no cookie at all.
    self::assertSame(403, $this->waits($guard, $next, self::NOW + 5, $cookie, '198.51.100.1')->page?->status);
    self::assertSame(403, $this->waits($guard, $next, self::NOW + 121, $cookie)->page?->status);
    self::assertSame(403, $this->waits($guard, '/1.s.x.9.BwcHBwcHBwcHBwcH.aaaaaaaaaaaaaaaaaaaaaa', self::NOW)->page?->status);
    $work = self::token($guard->decide($this->visit(self::HTML), self::NOW)->page->body ?? '');
    self::assertSame(403, $this->waits($guard, "/$work", self::NOW + 5, $cookie)->page?->status);
    $token = self::tokenOf($next);
    self::assertSame('asked', $guard->decide($this->solving(['token' => $token, 'answers' => '1']), self::NOW)->cause);
    $wrong = $this->waits($guard, "/$token/" . ($right === 1 ? 2 : 1), self::NOW)->cookies['parapet_wait'][0];
    $body = $first;
    for ($try = 1; $try < 3; $try++) {
      $body = $this->waits($guard, '/' . self::tokenOf($body), self::NOW + 5 * $try, "parapet_wait=$wrong")->page->body ?? '';
      self::assertStringContainsString('step 1 of 2', $body);
    }
    self::assertStringContainsString('did not load what browsers load', $this->waits($guard, '/' . self::tokenOf($body), self::NOW + 15)->page->body ?? '');
    // Six an hour for one client; a form is sent again by the visitor.
    for ($pass = 1; $pass <= 6; $pass++) {
      $over = $this->waitsThrough($guard, '?sent=1');
      self::assertSame([200, TRUE], [$over->page?->status, isset($over->cookies['parapet_pass'])]);
    }
    self::assertStringContainsString('send it again', $over->page->body ?? '');
    $full = $this->waits($guard, '', self::NOW);
    self::assertSame([429, '600'], [$full->page?->status, $full->page?->headers['Retry-After'] ?? '']);
    self::assertSame(200, $this->waits($guard, '', self::NOW, '', '198.51.100.1')->page?->status);
    foreach (['ing', '/a/b/c', '/x/9'] as $other) {
      self::assertSame('captcha', $this->waits($guard, $other, self::NOW)->cause);
    }
    self::assertSame('captcha', $guard->decide($this->visit(self::HTML + ['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/sub/parapet/check/wait']), self::NOW)->cause);
  }

  public function testWhereAVisitorGoesOnIsAPathOfTheSite(): void {
    $pages = (new Pages('Shop', '/parapet/check'))->waiting;
    foreach (self::shared('cookies')['wanted'] as [$target, $wanted]) {
      self::assertSame($wanted, $pages->wanted($target), $target);
    }
    self::assertSame('/', $pages->wanted('/parapet/check/wait?to=/parapet/check/wait'));
    self::assertSame('/', $pages->wanted('/' . str_repeat('a', 2000)));
    self::assertSame('/', $pages->wanted("/a\n"));
  }

  public function testTheWorkersScriptIsServedToEverybody(): void {
    $guard = $this->guard([self::decision('ban')]);
    $page = $guard->decide($this->visit(['REQUEST_URI' => '/parapet/check/work.js']), self::NOW)->page;
    self::assertSame(200, $page?->status);
    self::assertStringContainsString('onmessage', $page->body);
    self::assertSame('ban', $guard->decide($this->visit(['REQUEST_URI' => '/parapet/check/other']), self::NOW)->cause);
  }

  public function testSettingsAreReadAsTheyWereWritten(): void {
    $settings = new Settings(['/a'], FALSE, 'Näme', 'shop', str_repeat('ab', 32), TRUE, 4, 'c', ['/x/'], ['::1'], ['10.0.0.1']);
    self::assertTrue($settings->write($this->folder() . '/new'));
    self::assertEquals($settings, Settings::read($this->folder() . '/new'));
    self::assertSame(32, strlen($settings->secretBytes()));
    self::assertSame('', (new Settings())->secretBytes());
    self::assertNull(Settings::read($this->folder()));
    file_put_contents($this->folder() . '/guard.json', '{"snapshots": 7, "isEnforcing": "x"}');
    self::assertEquals(new Settings(isEnforcing: FALSE), Settings::read($this->folder()));
    self::assertFalse($settings->write('/proc/absent'));
  }

  /**
   * Returns a guard with these decisions.
   *
   * @param list<Decision> $decisions
   *   What is in force.
   * @param array<string, mixed> $settings
   *   Other settings.
   * @param string $basePath
   *   Where the site lives.
   */
  private function guard(array $decisions, array $settings = [], string $basePath = ''): Guard {
    $path = $this->snapshot('d.bin', $decisions);
    $all = $settings + ['snapshots' => [$path], 'siteName' => 'Shop <A>', 'site' => 'shop', 'contact' => 'write to me'];
    return new Guard(new Settings(...$all), new FileState($this->folder() . '/state' . random_int(0, PHP_INT_MAX)), $basePath);
  }

  /**
   * Writes a file of decisions.
   *
   * @param string $name
   *   Its name.
   * @param list<Decision> $decisions
   *   What is in force.
   */
  private function snapshot(string $name, array $decisions): string {
    $path = $this->folder() . "/$name";
    SnapshotWriter::replace($path, SnapshotWriter::encode($decisions, [], 1, self::NOW));
    return $path;
  }

  /**
   * Returns a decision on the visitor.
   */
  private static function decision(string $remediation, string $scope = 'ip', string $value = '203.0.113.9', int $ends = self::NOW + 3600): Decision {
    return new Decision($scope, $value, $remediation, 'parapet/perimeter', 'scenario', $ends, '0000abcd');
  }

  /**
   * Returns a request.
   *
   * @param array<string, string> $server
   *   What differs from a plain one.
   * @param string $ip
   *   Who asks.
   * @param array<string, mixed> $posted
   *   What was posted.
   */
  private function visit(array $server = [], string $ip = '203.0.113.9', array $posted = []): Visit {
    return Visit::fromServer($server, (string) Ip::pack($ip), $posted);
  }

  /**
   * Returns a request that brings a solution.
   *
   * @param array<string, mixed> $posted
   *   The solution.
   * @param string $base
   *   The site's base path.
   */
  private function solving(array $posted, string $base = '/sub'): Visit {
    return $this->visit(['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => "$base/parapet/check/solve"], '203.0.113.9', $posted);
  }

  /**
   * Asks for something below the waiting path.
   */
  private function waits(Guard $guard, string $what, int $now, string $cookie = '', string $ip = '203.0.113.9'): Outcome {
    return $guard->decide($this->visit(['REQUEST_URI' => "/sub/parapet/check/wait$what", 'HTTP_COOKIE' => $cookie], $ip), $now);
  }

  /**
   * Loads the style sheet and the image of a step, as a browser would.
   *
   * @return array{string, string, int}
   *   Where the step leads, the cookie of the image, and which it was.
   */
  private function looksAt(Guard $guard, string $body, int $now): array {
    self::assertSame(1, preg_match('~<a class="button" href="/sub/parapet/check/wait([^"]+)">~', $body, $link));
    self::assertSame(1, preg_match('~<link rel="stylesheet" href="/sub/parapet/check/wait([^"]+)">~', $body, $sheet));
    self::assertSame(1, preg_match('~<div class="marks"><span class="([^"]+)">~', $body, $worn));
    $style = $this->waits($guard, $sheet[1], $now)->page;
    self::assertSame('text/css; charset=utf-8', $style?->headers['Content-Type']);
    self::assertSame(1, preg_match("~\\.marks \\.$worn[1]\\{background-image:url\\(/sub/parapet/check/wait(/[^/]+/(\\d))\\)~", $style->body, $image));
    $loaded = $this->waits($guard, $image[1], $now);
    self::assertStringStartsWith('GIF89a', $loaded->page->body ?? '');
    return [html_entity_decode($link[1]), 'parapet_wait=' . $loaded->cookies['parapet_wait'][0], (int) $image[2]];
  }

  /**
   * Waits as long as it takes.
   */
  private function waitsThrough(Guard $guard, string $what): Outcome {
    $cookie = '';
    for ($step = 0; $step < 2; $step++) {
      [$what, $cookie] = $this->looksAt($guard, $this->waits($guard, $what, self::NOW + 5 * $step, $cookie)->page->body ?? '', self::NOW + 5 * $step);
    }
    return $this->waits($guard, $what, self::NOW + 10, $cookie);
  }

  /**
   * Returns the token in an address or a page of waiting.
   */
  private static function tokenOf(string $text): string {
    self::assertSame(1, preg_match('~/(1\.s\.[\w.-]+)~', $text, $match));
    return $match[1];
  }

  /**
   * Returns the token in a page.
   */
  private static function token(string $body): string {
    self::assertSame(1, preg_match('/data-token="([^"]+)"/', $body, $match));
    return $match[1];
  }

  /**
   * Does the work as a browser would.
   */
  private static function work(string $nonce, int $parts, int $bits): string {
    $answers = [];
    for ($part = 0; $part < $parts; $part++) {
      for ($number = 0; hexdec(substr(hash('sha256', "$nonce:$part:$number"), 0, 8)) >> (32 - $bits) !== 0; $number++);
      $answers[] = $number;
    }
    return implode('.', $answers);
  }

  /**
   * Reads the gateway's answers.
   *
   * @return array<string, mixed>
   *   Written by packages/enforcement/test/drupal/shared.test.ts.
   */
  private static function shared(string $name): array {
    return json_decode((string) file_get_contents(__DIR__ . "/../../../fixtures/$name.json"), TRUE, 64, JSON_THROW_ON_ERROR);
  }

}

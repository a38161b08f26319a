<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Extension\ModuleHandlerInterface;
use Drupal\Core\KeyValueStore\KeyValueFactoryInterface;
use Drupal\Core\Site\Settings as DrupalSettings;
use Drupal\Core\State\StateInterface as DrupalState;
use Drupal\parapet\Core\ApcuState;
use Drupal\parapet\Core\FileState;
use Drupal\parapet\Core\Guard\Settings;
use Drupal\parapet\Core\Perimeter\PatternSet;
use Drupal\parapet\Core\Signals\KeyedHash;
use Drupal\parapet\Core\Signals\Spool;
use Drupal\parapet\Core\StateInterface;
use Drupal\parapet\Middleware\ParapetMiddleware;

/**
 * Where the module keeps what it needs before Drupal is there.
 *
 * The folder holds the guard's settings, the module's own decisions.bin, the
 * spool of signals and the state of breakers. `$settings['parapet_directory']`
 * names it; else it is below the private files, else below the temporary ones.
 */
final class Site {

  public const DECISIONS = ParapetMiddleware::DECISIONS;
  /**
   * A link to the engine's file: found without reading settings first.
   */
  public const ENGINE = ParapetMiddleware::ENGINE;
  private const PULLED = 'pulled.bin';
  private const STORE = 'parapet';
  private const SECRET = 'secret';

  public function __construct(
    private readonly ConfigFactoryInterface $config,
    private readonly KeyValueFactoryInterface $store,
    private readonly DrupalState $state,
    private readonly ModuleHandlerInterface $modules,
  ) {}

  /**
   * Returns the folder, without asking Drupal's container for anything.
   */
  public static function folder(): string {
    return ParapetMiddleware::folder();
  }

  /**
   * Returns what the processes of this machine share.
   */
  public static function sharedState(): StateInterface {
    return ApcuState::isAvailable()
      ? new ApcuState(substr(hash('sha256', self::folder()), 0, 16))
      : new FileState(self::folder() . '/state');
  }

  /**
   * Returns the module's own file of decisions.
   */
  public static function ownDecisions(): string {
    return self::folder() . '/' . self::DECISIONS;
  }

  /**
   * Returns the file of what was pulled from an engine elsewhere.
   */
  public static function pulledDecisions(): string {
    return self::folder() . '/' . self::PULLED;
  }

  /**
   * Returns the spool of signals.
   */
  public function spool(): Spool {
    $named = DrupalSettings::get('parapet_spool');
    return new Spool(is_string($named) && $named !== '' ? $named : self::folder() . '/signals');
  }

  /**
   * Returns the hash under which names leave the site.
   */
  public function names(): KeyedHash {
    return new KeyedHash(hash_hmac('sha256', 'names', $this->secret()));
  }

  /**
   * Returns 64 hex digits that sign cookies.
   *
   * The gateway's where `$settings['parapet_gateway_key']` has it or names its
   * file; else one that the module made when it was installed.
   */
  public function secret(): string {
    $shared = $this->sharedSecret();
    return $shared === '' ? $this->ownSecret() : $shared;
  }

  /**
   * Returns 64 hex digits that sign what only this site reads.
   *
   * They stay the same when the site begins to share the gateway's.
   */
  public function ownSecret(): string {
    // Not in the state, which is cached: two processes must never have two.
    $store = $this->store->get(self::STORE);
    $own = $store->get(self::SECRET);
    if (!is_string($own) || $own === '') {
      // The store says that it has nothing also when the database did not
      // answer. What is signed with no secret, anybody could sign.
      $kept = Settings::read(self::folder());
      $own = $kept === NULL || $kept->isSharedSecret ? '' : $kept->secret;
    }
    if ($own === '') {
      $store->setIfNotExists(self::SECRET, bin2hex(random_bytes(32)));
      $own = $store->get(self::SECRET);
    }
    return is_string($own) && $own !== '' ? $own : throw new \RuntimeException('the database does not give the secret of Parapet');
  }

  /**
   * Whether cookies are signed with the gateway's secret.
   */
  public function isShared(): bool {
    return $this->sharedSecret() !== '';
  }

  /**
   * Returns the key with which sessions are vouched for; empty without one.
   */
  public function vouchingKey(): string {
    $key = DrupalSettings::get('parapet_vouching_key');
    return is_string($key) && preg_match('/^[0-9a-f]{64}$/D', $key) === 1 ? $key : '';
  }

  /**
   * Returns who is never stopped: what the owner named, and modules added.
   *
   * @return list<string>
   *   Addresses and ranges.
   */
  public function allowlist(): array {
    $allowlist = array_values(array_filter((array) $this->config->get('parapet.settings')->get('allowlist'), 'is_string'));
    $this->modules->alter('parapet_allowlist', $allowlist);
    return array_values(array_filter((array) $allowlist, 'is_string'));
  }

  /**
   * Writes down what the guard needs; returns whether that went well.
   */
  public function writeGuard(): bool {
    $config = $this->config->get('parapet.settings');
    $name = $this->config->get('system.site')->get('name');
    $file = (string) $config->get('engine.decisions_file');
    $isFile = $config->get('mode') === 'file' && $file !== '';
    $patterns = $config->get('perimeter.enabled') ? (array) $config->get('perimeter.patterns') : [];
    $settings = new Settings(
      $isFile ? [self::folder() . '/' . self::ENGINE, self::ownDecisions()] : [self::ownDecisions()],
      (bool) $config->get('enforce'),
      is_string($name) ? $name : '',
      (string) $config->get('site'),
      $this->secret(),
      $this->isShared(),
      -1,
      (string) $config->get('contact'),
      (new PatternSet(array_filter($patterns, 'is_string')))->patterns(),
      $this->allowlist(),
      array_values(array_filter((array) DrupalSettings::get('reverse_proxy_addresses', []), 'is_string')),
    );
    return $this->prepare() && $this->link($isFile ? $file : '') && $settings->write(self::folder());
  }

  /**
   * Removes everything that the module keeps outside the database.
   */
  public function clear(): void {
    $this->store->get(self::STORE)->deleteAll();
    $this->state->deleteMultiple(['parapet.engine', 'parapet.pulled']);
    // Only what is ours: the folder may be one that somebody shares.
    $folder = self::folder();
    $names = [Settings::FILE, self::DECISIONS, self::ENGINE, self::PULLED, 'stream', '.htaccess', 'stops-*.tsv', '*.tmp'];
    foreach ([...$names, 'state/*.state', 'signals/*.ndjson', 'signals/.dropped', 'signals/.full', 'signals/.*.tmp'] as $name) {
      $paths = glob("$folder/$name");
      array_map('unlink', $paths === FALSE ? [] : $paths);
    }
    // A link that leads nowhere is not found by glob().
    @unlink("$folder/" . self::ENGINE);
    foreach (["$folder/state", "$folder/signals", $folder] as $emptied) {
      @rmdir($emptied);
    }
  }

  /**
   * Lets a link lead to the engine's file, or takes it away.
   */
  private function link(string $file): bool {
    $link = self::folder() . '/' . self::ENGINE;
    if ($file === '') {
      @unlink($link);
      return TRUE;
    }
    if (@readlink($link) === $file) {
      return TRUE;
    }
    $temporary = $link . '.' . getmypid();
    return @symlink($file, $temporary) && @rename($temporary, $link);
  }

  /**
   * Makes the folder, closed to visitors.
   */
  private function prepare(): bool {
    $folder = self::folder();
    if (!is_dir($folder) && !@mkdir($folder, 0770, TRUE) && !is_dir($folder)) {
      return FALSE;
    }
    if (!file_exists("$folder/.htaccess")) {
      @file_put_contents("$folder/.htaccess", "Require all denied\n");
    }
    return is_writable($folder);
  }

  /**
   * Returns the gateway's secret in hex; empty when it is not known.
   */
  private function sharedSecret(): string {
    $named = DrupalSettings::get('parapet_gateway_key');
    if (!is_string($named) || $named === '') {
      return '';
    }
    $text = preg_match('/^[0-9a-f]{64}$/D', $named) === 1 ? $named : (string) @file_get_contents($named);
    if (strlen($text) === 32) {
      return bin2hex($text);
    }
    $line = trim(strtok($text, "\n") ?: '');
    return preg_match('/^[0-9a-f]{64}$/D', $line) === 1 ? $line : '';
  }

}

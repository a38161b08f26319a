<?php

declare(strict_types=1);

namespace Drupal\parapet;

use Drupal\Component\Plugin\Exception\PluginException;
use Drupal\Core\Config\ConfigFactoryInterface;
use Drupal\Core\Flood\FloodInterface;
use Drupal\Core\Language\LanguageManagerInterface;
use Drupal\Core\Logger\LoggerChannelFactoryInterface;
use Drupal\Core\Mail\MailManagerInterface;
use Drupal\parapet\Core\Guard\Outcome;
use Drupal\parapet\Core\Net\Ip;
use Drupal\parapet\Core\StepUp\OneTimeCode;
use Drupal\parapet\Middleware\ParapetMiddleware;
use Drupal\user\UserInterface;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Component\HttpFoundation\Session\SessionInterface;

/**
 * Confirms by a mailed code that somebody is who they say.
 *
 * Asked for where a decision or the engine says `step-up`. The code is bound to
 * the session that asked for it, is good once and for ten minutes, and only its
 * hash is kept. When no mail can be sent, nobody is kept out.
 */
final class StepUp {

  /**
   * What the engine said of this request.
   */
  public const ATTRIBUTE = '_parapet_step_up';
  public const SENT = 'sent';
  public const LIMITED = 'limited';
  public const FAILED = 'failed';
  private const PENDING = 'parapet_pending';
  private const CONFIRMED = 'parapet_confirmed';
  private const HELD = 'parapet_held';
  private const HELD_SECONDS = 1800;
  private const CONFIRMED_SECONDS = 43200;
  private const FLOOD = 'parapet.code';

  public function __construct(
    private readonly Site $site,
    private readonly ConfigFactoryInterface $config,
    private readonly MailManagerInterface $mails,
    private readonly FloodInterface $flood,
    private readonly LanguageManagerInterface $languages,
    private readonly LoggerChannelFactoryInterface $loggers,
    private readonly RequestStack $requests,
  ) {}

  /**
   * Whether the visitor has to confirm what is being done now.
   */
  public function isNeeded(): bool {
    $request = $this->requests->getCurrentRequest();
    if ($request === NULL || !$this->config->get('parapet.settings')->get('enforce')) {
      return FALSE;
    }
    $outcome = $request->attributes->get(ParapetMiddleware::ATTRIBUTE);
    $isAsked = $request->attributes->has(self::ATTRIBUTE)
      || ($outcome instanceof Outcome && $outcome->cause === 'step-up')
      // Behind the gateway, which takes out what visitors send under this name.
      || ($this->site->vouchingKey() !== '' && $request->headers->has('X-Parapet-Step-Up'));
    return $isAsked && time() - (int) $this->session()?->get(self::CONFIRMED) > self::CONFIRMED_SECONDS;
  }

  /**
   * Whether the TFA module sees to it that the account shows a second factor.
   *
   * It does when the account has set one up, as TFA itself finds out. Where a
   * role must have one and the account has none yet, TFA counts how often that
   * is let pass: its word must not be got around by a mailed code.
   */
  public function isElsewhere(UserInterface $account): bool {
    $tfa = $this->config->get('tfa.settings');
    $plugin = $tfa->get('default_validation_plugin');
    if (!$tfa->get('enabled') || !is_string($plugin) || $plugin === '' || !\Drupal::hasService('plugin.manager.tfa.validation') || !\Drupal::hasService('user.data')) {
      return FALSE;
    }
    if (array_intersect($account->getRoles(), array_filter((array) $tfa->get('required_roles'))) !== []) {
      return TRUE;
    }
    $kept = \Drupal::service('user.data')->get('tfa', (int) $account->id(), 'tfa_user_settings');
    if (!is_array($kept) || !(bool) ($kept['status'] ?? FALSE) || ($kept['data']['plugins'] ?? []) === []) {
      return FALSE;
    }
    try {
      $factor = \Drupal::service('plugin.manager.tfa.validation')->createInstance($plugin, ['uid' => $account->id()]);
      return is_object($factor) && method_exists($factor, 'ready') && $factor->ready();
    }
    catch (PluginException) {
      return FALSE;
    }
  }

  /**
   * Sends a code; the one before it is good for nothing any more.
   *
   * @param string $mail
   *   To whom.
   * @param \Drupal\user\UserInterface|null $account
   *   Whose address it is, where it is an account's.
   *
   * @return string
   *   SENT; LIMITED when too many were; FAILED when no mail can be sent, which
   *   keeps nobody out.
   */
  public function send(string $mail, ?UserInterface $account = NULL): string {
    $session = $this->session();
    if ($session === NULL || $mail === '') {
      return self::FAILED;
    }
    if (!$this->mayBeSent($mail, $account)) {
      return self::LIMITED;
    }
    $this->forget();
    $now = time();
    $id = bin2hex(random_bytes(16));
    $code = OneTimeCode::make();
    // Its tries are counted where requests that come at once cannot miss one
    // another; what it was is known to the session, as a keyed hash.
    Tables::connection()->insert(Scenarios::TABLE)->fields(['id' => hash('sha256', $id), 'level' => 0, 'at' => $now + OneTimeCode::SECONDS])->execute();
    $language = $account === NULL ? $this->languages->getCurrentLanguage()->getId() : $account->getPreferredLangcode();
    $sent = $this->mails->mail('parapet', 'code', $mail, $language, ['code' => OneTimeCode::readable($code)]);
    if (($sent['result'] ?? FALSE) !== TRUE) {
      $this->loggers->get('parapet')->error('No code could be mailed: whoever should have confirmed something by it was let in without. Look at how this site sends mail.');
      return self::FAILED;
    }
    $session->set(self::PENDING, ['id' => $id, 'mail' => $mail, 'digest' => OneTimeCode::digest($code, $id, $this->site->secret())]);
    return self::SENT;
  }

  /**
   * Returns to whom the last code was sent; empty when none is awaited.
   */
  public function awaitedFrom(): string {
    return $this->pending()['mail'];
  }

  /**
   * Whether this is the code that was sent; then the visitor is confirmed.
   */
  public function check(string $rawCode): bool {
    ['id' => $id, 'digest' => $digest] = $this->pending();
    $code = OneTimeCode::read($rawCode);
    if ($id === '' || $code === '') {
      return FALSE;
    }
    $key = hash('sha256', $id);
    // Counted before it is compared, and thrown away by whoever comes first: two
    // requests at once have no more tries than one, and one code is good once.
    $tried = (int) Tables::connection()->update(Scenarios::TABLE)
      ->expression('level', '[level] + 1')
      ->condition('id', $key)
      ->condition('level', OneTimeCode::MOST_TRIES, '<')
      ->condition('at', time(), '>')
      ->execute();
    $isRight = $tried > 0 && hash_equals($digest, OneTimeCode::digest($code, $id, $this->site->secret()));
    if (!$isRight || (int) Tables::connection()->delete(Scenarios::TABLE)->condition('id', $key)->execute() === 0) {
      return FALSE;
    }
    $this->session()?->remove(self::PENDING);
    $this->confirm();
    return TRUE;
  }

  /**
   * Remembers in the session that its owner has confirmed.
   */
  public function confirm(): void {
    $this->session()?->set(self::CONFIRMED, time());
  }

  /**
   * Keeps a login until it is confirmed.
   *
   * @param int $uid
   *   Whose password was right.
   * @param string $destination
   *   Where to go then; a path, or nothing.
   */
  public function hold(int $uid, string $destination): void {
    $this->session()?->set(self::HELD, ['uid' => $uid, 'destination' => $destination, 'at' => time()]);
  }

  /**
   * Returns whose login waits to be confirmed; 0 when none does.
   */
  public function held(): int {
    $held = $this->session()?->get(self::HELD);
    return is_array($held) && time() - (int) ($held['at'] ?? 0) <= self::HELD_SECONDS ? (int) ($held['uid'] ?? 0) : 0;
  }

  /**
   * Ends the waiting, and returns where to go; empty for the usual place.
   */
  public function release(): string {
    $held = $this->session()?->remove(self::HELD);
    return is_array($held) && is_string($held['destination'] ?? NULL) ? $held['destination'] : '';
  }

  /**
   * Returns the session; NULL where a request has none.
   */
  private function session(): ?SessionInterface {
    $request = $this->requests->getCurrentRequest();
    return $request !== NULL && $request->hasSession() ? $request->getSession() : NULL;
  }

  /**
   * Whether neither this client nor this address was sent too many.
   *
   * What others ask for keeps nobody out who may never be locked out.
   */
  private function mayBeSent(string $mail, ?UserInterface $account): bool {
    $packed = Ip::pack((string) $this->requests->getCurrentRequest()?->getClientIp());
    $client = $packed === NULL ? '' : bin2hex(Ip::clientKey($packed));
    $address = $this->site->names()->of($mail);
    $isSpared = $account !== NULL && ((int) $account->id() === 1 || $account->hasPermission('bypass parapet'));
    $limits = [["client.$client", 10, 3600], ["both.$address.$client", 3, 900]];
    if (!$isSpared) {
      $limits[] = ["mail.$address", 6, 3600];
    }
    foreach ($limits as [$who, $most, $seconds]) {
      if (!$this->flood->isAllowed(self::FLOOD, $most, $seconds, $who)) {
        return FALSE;
      }
    }
    foreach ($limits as [$who, , $seconds]) {
      $this->flood->register(self::FLOOD, $seconds, $who);
    }
    return TRUE;
  }

  /**
   * Takes the code back that is awaited.
   */
  private function forget(): void {
    $id = $this->pending()['id'];
    if ($id !== '') {
      Tables::connection()->delete(Scenarios::TABLE)->condition('id', hash('sha256', $id))->execute();
    }
  }

  /**
   * Returns which code is awaited.
   *
   * @return array{id: string, mail: string, digest: string}
   *   Empty when none is.
   */
  private function pending(): array {
    $kept = $this->session()?->get(self::PENDING);
    return [
      'id' => is_array($kept) && is_string($kept['id'] ?? NULL) ? $kept['id'] : '',
      'mail' => is_array($kept) && is_string($kept['mail'] ?? NULL) ? $kept['mail'] : '',
      'digest' => is_array($kept) && is_string($kept['digest'] ?? NULL) ? $kept['digest'] : '',
    ];
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Hook;

use Drupal\comment\CommentInterface;
use Drupal\Core\Hook\Attribute\Hook;
use Drupal\Core\Routing\RouteMatchInterface;
use Drupal\Core\Session\AccountInterface;
use Drupal\Core\StringTranslation\StringTranslationTrait;
use Drupal\Core\Url;
use Drupal\file\FileInterface;
use Drupal\parapet\Core\Signals\Signal;
use Drupal\parapet\Decisions;
use Drupal\parapet\Engine;
use Drupal\parapet\PerimeterWatch;
use Drupal\parapet\SignalRecorderInterface;
use Drupal\parapet\Site;
use Drupal\user\UserInterface;

/**
 * What the site tells: accounts, modules, files, texts; and its cron.
 */
final class SiteHooks {

  use StringTranslationTrait;

  public function __construct(
    private readonly SignalRecorderInterface $signals,
    private readonly Site $site,
    private readonly Decisions $decisions,
    private readonly Engine $engine,
    private readonly PerimeterWatch $perimeter,
    private readonly AccountInterface $account,
  ) {}

  /**
   * Implements hook_help().
   */
  #[Hook('help')]
  public function help(string $routeName, RouteMatchInterface $routeMatch): ?string {
    if ($routeName !== 'help.page.parapet') {
      return NULL;
    }
    return '<h2>' . $this->t('About') . '</h2><p>'
      . $this->t('Parapet stops attackers before the page cache and says why. Whoever asks for a page that this site never had and only scanners look for is banned; so is whoever fails to sign in again and again, or fills in fields that no person sees.')
      . '</p><h2>' . $this->t('Uses') . '</h2><dl><dt>' . $this->t('Somebody innocent was stopped') . '</dt><dd>'
      . $this->t('Find the record that the block page shows among the <a href=":report">reports</a> and unblock it, or run <em>drush parapet:unban ADDRESS</em>. Put addresses that must never be stopped on the <a href=":allowlist">allowlist</a>.', [
        ':report' => Url::fromRoute('parapet.report')->toString(),
        ':allowlist' => Url::fromRoute('parapet.allowlist')->toString(),
      ]) . '</dd><dt>' . $this->t('Behind a proxy or a CDN') . '</dt><dd>'
      . $this->t('settings.php has to name it (reverse_proxy and reverse_proxy_addresses): else every visitor has the address of the proxy. The status report says when it looks as if it did not.')
      . '</dd></dl>';
  }

  /**
   * Implements hook_mail().
   *
   * @param string $key
   *   `code`.
   * @param array<string, mixed> $message
   *   The mail.
   * @param array<string, mixed> $params
   *   `code`: eight digits in two halves.
   */
  #[Hook('mail')]
  public function mail(string $key, array &$message, array $params): void {
    if ($key !== 'code') {
      return;
    }
    $options = ['langcode' => $message['langcode']];
    $words = ['@site' => (string) \Drupal::config('system.site')->get('name'), '@code' => (string) $params['code']];
    $message['subject'] = (string) $this->t('@code is your code for @site', $words, $options);
    $message['body'] = [
      (string) $this->t('Your code for @site: @code', $words, $options),
      (string) $this->t('Enter it on the page that asked for it, within ten minutes. Do not give it to anybody, whoever asks.', [], $options),
      (string) $this->t('If you did not ask for it, somebody may know your password. Change it, and no more is needed: without the code nobody gets in.', [], $options),
    ];
  }

  /**
   * Implements hook_locale_translation_projects_alter().
   *
   * The module brings its translations along, wherever it is installed.
   *
   * @param array<string, array<string, mixed>> $projects
   *   Where translations come from.
   */
  #[Hook('locale_translation_projects_alter')]
  public function localeProjectsAlter(array &$projects): void {
    if (is_array($projects['parapet']['info'] ?? NULL)) {
      $projects['parapet']['info']['interface translation server pattern'] = \Drupal::moduleHandler()->getModule('parapet')->getPath() . '/translations/%project.%language.po';
    }
  }

  /**
   * Implements hook_cron().
   */
  #[Hook('cron')]
  public function cron(): void {
    $now = time();
    $this->decisions->prune();
    \Drupal::service('parapet.scenarios')->prune($now);
    \Drupal::service('parapet.stops')->prune($now);
    if ($this->engine->isDue($now)) {
      $this->engine->exchange($this->decisions, $now);
    }
    $this->decisions->publish();
  }

  /**
   * Implements hook_user_login().
   */
  #[Hook('user_login')]
  public function userLogin(UserInterface $account): void {
    $this->signals->record($this->about($this->signals->signal('login.ok'), $account)->with('roles', $account->getRoles()));
  }

  /**
   * Implements hook_user_logout().
   */
  #[Hook('user_logout')]
  public function userLogout(AccountInterface $account): void {
    $this->signals->record($this->signals->signal('login.out')->user($this->site->names()->of($account->getAccountName())));
  }

  /**
   * Implements hook_ENTITY_TYPE_insert() for users.
   */
  #[Hook('user_insert')]
  public function userInsert(UserInterface $account): void {
    $domain = substr((string) strrchr((string) $account->getEmail(), '@'), 1);
    $this->signals->record($this->byActor('account.created')
      ->with('target_user', $this->site->names()->of((string) $account->getAccountName()))
      ->with('by', $this->account->isAuthenticated() ? 'admin' : 'visitor')
      ->with('mail_domain', $domain === '' ? NULL : $domain)
      ->with('roles', $account->getRoles()));
  }

  /**
   * Implements hook_ENTITY_TYPE_update() for users.
   */
  #[Hook('user_update')]
  public function userUpdate(UserInterface $account): void {
    $before = method_exists($account, 'getOriginal') ? $account->getOriginal() : ($account->original ?? NULL);
    if (!$before instanceof UserInterface) {
      return;
    }
    $target = $this->site->names()->of((string) $account->getAccountName());
    $changed = array_keys(array_filter([
      'password' => $account->getPassword() !== $before->getPassword(),
      'mail' => $account->getEmail() !== $before->getEmail(),
      'name' => $account->getAccountName() !== $before->getAccountName(),
      'status' => $account->isBlocked() !== $before->isBlocked(),
    ]));
    if ($changed !== []) {
      $isOwn = (int) $this->account->id() === (int) $account->id();
      $this->signals->record($this->byActor('account.changed')->with('target_user', $target)->with('changed', $changed)->with('by', $isOwn ? 'visitor' : 'admin'));
    }
    foreach (['role.granted' => [$account, $before], 'role.revoked' => [$before, $account]] as $type => [$one, $other]) {
      $roles = array_values(array_diff($one->getRoles(), $other->getRoles()));
      if ($roles !== []) {
        $this->signals->record($this->byActor($type)->with('target_user', $target)->with('roles', $roles));
      }
    }
  }

  /**
   * Implements hook_ENTITY_TYPE_delete() for users.
   */
  #[Hook('user_delete')]
  public function userDelete(UserInterface $account): void {
    $this->signals->record($this->byActor('account.deleted')->with('target_user', $this->site->names()->of((string) $account->getAccountName())));
  }

  /**
   * Implements hook_modules_installed().
   *
   * @param list<string> $modules
   *   Their names.
   */
  #[Hook('modules_installed')]
  public function modulesInstalled(array $modules): void {
    foreach ($modules as $name) {
      $this->signals->record($this->byActor('module.installed')->with('name', $name));
    }
  }

  /**
   * Implements hook_modules_uninstalled().
   *
   * @param list<string> $modules
   *   Their names.
   */
  #[Hook('modules_uninstalled')]
  public function modulesUninstalled(array $modules): void {
    foreach ($modules as $name) {
      $this->signals->record($this->byActor('module.removed')->with('name', $name));
    }
  }

  /**
   * Implements hook_ENTITY_TYPE_insert() for files.
   */
  #[Hook('file_insert')]
  public function fileInsert(FileInterface $file): void {
    $this->signals->record($this->byActor('file.uploaded')
      ->with('extension', strtolower(pathinfo((string) $file->getFilename(), PATHINFO_EXTENSION)))
      ->with('mime', (string) $file->getMimeType())
      ->with('bytes', (int) $file->getSize()));
  }

  /**
   * Implements hook_ENTITY_TYPE_insert() for comments.
   */
  #[Hook('comment_insert')]
  public function commentInsert(CommentInterface $comment): void {
    $body = $comment->hasField('comment_body') ? $comment->get('comment_body')->getString() : '';
    $signal = $this->byActor('text.submitted')
      ->with('form', 'comment')
      ->with('text', trim((string) $comment->getSubject() . "\n" . $body))
      ->with('language', $comment->language()->getId());
    \Drupal::keyValueExpirable('parapet.texts')->setWithExpire((string) $comment->id(), [$signal->id, $signal->ip], 2592000);
    $this->signals->record($signal);
  }

  /**
   * Implements hook_ENTITY_TYPE_update() for comments.
   */
  #[Hook('comment_update')]
  public function commentUpdate(CommentInterface $comment): void {
    $before = method_exists($comment, 'getOriginal') ? $comment->getOriginal() : ($comment->original ?? NULL);
    if ($before instanceof CommentInterface && $before->isPublished() !== $comment->isPublished()) {
      $this->judged((string) $comment->id(), $comment->isPublished() ? 'ham' : 'spam');
    }
  }

  /**
   * Implements hook_ENTITY_TYPE_delete() for comments.
   */
  #[Hook('comment_delete')]
  public function commentDelete(CommentInterface $comment): void {
    if ($this->account->hasPermission('administer comments')) {
      $this->judged((string) $comment->id(), 'spam');
    }
  }

  /**
   * Implements hook_honeypot_reject().
   */
  #[Hook('honeypot_reject')]
  public function honeypotReject(string $formId, int|string $uid, string $type): void {
    $this->signals->record($this->signals->signal('form.rejected')
      ->with('form', $formId)
      ->with('reason', $type === 'honeypot' ? 'honeypot' : 'too-fast'));
    $ip = \Drupal::request()->getClientIp();
    if ($type === 'honeypot' && $ip !== NULL) {
      $this->perimeter->trapped($ip, $formId);
    }
  }

  /**
   * Tells what a moderator said of a text.
   */
  private function judged(string $commentId, string $verdict): void {
    $about = \Drupal::keyValueExpirable('parapet.texts')->get($commentId);
    if (is_array($about)) {
      // The address is the writer's: the moderator has done nothing wrong.
      $signal = Signal::of('text.judged', $about[1])->site(\Drupal::request()->getHost());
      $this->signals->record($this->about($signal, $this->account)->with('about', $about[0])->with('verdict', $verdict));
    }
  }

  /**
   * Returns a signal that says who does it.
   */
  private function byActor(string $type): Signal {
    return $this->about($this->signals->signal($type), $this->account);
  }

  /**
   * Says which account a signal is about.
   */
  private function about(Signal $signal, AccountInterface $account): Signal {
    return $account->isAuthenticated() ? $signal->user($this->site->names()->of((string) $account->getAccountName())) : $signal;
  }

}

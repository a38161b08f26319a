<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Pages;

/**
 * What people see who wait: the steps, the end, and why it did not work.
 */
final class WaitingPages {

  private const MOST_CHARACTERS = 2000;
  private const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  /**
   * The gateway's own pages, should it stand in front.
   */
  private const GATEWAY_PREFIX = '/.parapet/';

  /**
   * Where they are, below the site's base path.
   */
  public readonly string $path;

  public function __construct(private readonly Pages $pages, private readonly string $checkPath) {
    $this->path = "$checkPath/wait";
  }

  /**
   * Returns the address of the first step.
   *
   * @param string $wanted
   *   Path and query that the visitor wants.
   * @param bool $hasSent
   *   Whether a form was on its way there.
   */
  public function begin(string $wanted, bool $hasSent): string {
    return $this->address('', $this->wanted($wanted), $hasSent);
  }

  /**
   * Returns path and query as they can stand in an address.
   *
   * @param string $rawTarget
   *   What was asked for; what is no path of this site becomes `/`.
   */
  public function wanted(string $rawTarget): string {
    // `//host` and `/\host` are other sites to a browser.
    $isPath = preg_match('~^/(?![/\\\\])[^\\\\\t\r\n]*$~D', $rawTarget) === 1;
    $isOwn = str_starts_with($rawTarget, self::GATEWAY_PREFIX) || str_starts_with($rawTarget, "$this->checkPath/");
    if (!$isPath || $isOwn || strlen($rawTarget) > self::MOST_CHARACTERS) {
      return '/';
    }
    return (string) preg_replace_callback(
      '/[^\x21-\x7e]|["\'<>]/',
      static fn (array $found): string => sprintf('%%%02X', ord($found[0])),
      $rawTarget,
    );
  }

  /**
   * Returns a step.
   *
   * It goes on by a button: a page that goes on by itself hurries those who read
   * slowly (WCAG 2.2.1).
   */
  public function step(Reader $reader, string $token, string $worn, int $step, int $steps, int $seconds, string $to, bool $hasSent): Page {
    $words = Pages::words($reader->language);
    $time = $words[$seconds > 1 ? 'waits.s5' : 'waits.s1'];
    $title = strtr($words['wait.title'], ['{step}' => (string) $step, '{steps}' => (string) $steps]);
    $html = [
      Pages::paragraph(strtr($words['wait.lead'], ['{time}' => $time])),
      $hasSent ? '<p><strong>' . Pages::escape($words['check.sent']) . '</strong></p>' : '',
      sprintf('<progress max="%d" value="%.1F" aria-label="%s"></progress>', $steps, $step - 0.5, Pages::escape($words['check.progress'])),
      Pages::paragraph($words['goOnLead']),
      '<p><a class="button" href="' . Pages::escape($this->address($token, $to, $hasSent)) . '">' . Pages::escape($words['goOn']) . '</a></p>',
      "<div class=\"marks\"><span class=\"$worn\"></span></div>",
      '<details><summary>' . Pages::escape($words['check.whyTitle']) . '</summary>',
      Pages::paragraph($words['check.why']),
      Pages::paragraph($words['check.privacy']),
      '</details>',
    ];
    return $this->pages->notice($reader, 200, $title, implode('', $html), "<link rel=\"stylesheet\" href=\"$this->path/$token/style\">");
  }

  /**
   * Returns the style sheet of a step.
   *
   * The worn class has two rules: the later one is weaker, so a browser takes
   * the earlier, and who only looks for the class takes the wrong one.
   *
   * @param list<string> $marks
   *   The names of the images' rules.
   * @param int $right
   *   Which of them the page wears.
   * @param string $token
   *   The step.
   */
  public function style(array $marks, int $right, string $token): Page {
    $url = fn (int $i): string => "$this->path/$token/$i";
    $rules = ['.marks span{display:block;width:1px;height:1px}'];
    foreach ($marks as $i => $mark) {
      $rules[] = ".marks .$mark{background-image:url({$url($i)})}";
    }
    $rules[] = ".$marks[$right]{background-image:url({$url(0)})}";
    return self::file('text/css; charset=utf-8', implode("\n", $rules) . "\n");
  }

  /**
   * Returns one of the images.
   */
  public function image(): Page {
    return self::file('image/gif', (string) base64_decode(self::GIF, TRUE));
  }

  /**
   * Returns the way on: to the wanted page, or what to do about a form.
   */
  public function over(Reader $reader, string $to, bool $hasSent): Page {
    $words = Pages::words($reader->language);
    return $hasSent
      ? $this->pages->notice($reader, 200, $words['wait.doneTitle'], Pages::paragraph($words['wait.done']))
      : $this->pages->notice($reader, 303, $words['wait.doneTitle'], self::link($to, $words['goOn']))->with('Location', $to);
  }

  /**
   * Returns why waiting does not work, with a way to try again.
   *
   * @param Reader $reader
   *   Who reads it.
   * @param string $why
   *   `late`, `noStyles` or `full`.
   * @param int $status
   *   The status of the answer.
   * @param string $to
   *   The wanted page.
   */
  public function failure(Reader $reader, string $why, int $status, string $to): Page {
    $words = Pages::words($reader->language);
    $html = Pages::paragraph($words["wait.$why"]) . self::link($to, $words['tryAgain']);
    $page = $this->pages->notice($reader, $status, $words['wait.failedTitle'], $html);
    return $status === 429 ? $page->with('Retry-After', '600') : $page;
  }

  /**
   * Returns a file of a step, which nobody may keep.
   */
  private static function file(string $type, string $body): Page {
    return new Page(200, [
      'Content-Type' => $type,
      'Cache-Control' => 'no-store, private',
      'X-Content-Type-Options' => 'nosniff',
    ], $body);
  }

  /**
   * Returns a link that looks like a button.
   */
  private static function link(string $to, string $text): string {
    return '<p><a class="button" href="' . Pages::escape($to) . '">' . Pages::escape($text) . '</a></p>';
  }

  /**
   * Returns the address of a step.
   */
  private function address(string $token, string $to, bool $hasSent): string {
    return $this->path . ($token === '' ? '' : "/$token") . '?to=' . rawurlencode($to) . ($hasSent ? '&sent=1' : '');
  }

}

<?php

declare(strict_types=1);

namespace Drupal\parapet\Core\Pages;

use Drupal\parapet\Core\Decisions\Decision;
use Drupal\parapet\Core\Guard\Visit;

/**
 * The pages that a visitor sees instead of the site's, as the gateway has them.
 *
 * Everything stands in the page itself: many servers refuse addresses that begin
 * with a dot, and a page that stops an attack should cost one request. The
 * policy allows our own style and script by their hashes, and nothing else.
 */
final class Pages {

  private const WALL = 'M4 9h9v7h6V9h10v7h6V9h9v31H4z';
  private const TYPES = [
    'html' => 'text/html; charset=utf-8',
    'text' => 'text/plain; charset=utf-8',
    'json' => 'application/problem+json',
  ];
  /**
   * Whoever decides for decades means: until further notice.
   */
  private const LONGEST_SECONDS = 315360000;

  /**
   * Words, style and scripts.
   *
   * @var array{words: array<string, array<string, mixed>>, style: string, check: string, work: string}|null
   */
  private static ?array $parts = NULL;

  /**
   * The pages for who runs no scripts.
   */
  public readonly WaitingPages $waiting;

  public function __construct(
    private readonly string $siteName,
    /**
     * Where the check brings its answers, below the site's base path.
     */
    private readonly string $checkPath,
    /**
     * How the owner can be reached; any text or nothing.
     */
    private readonly string $contact = '',
  ) {
    $this->waiting = new WaitingPages($this, $checkPath);
  }

  /**
   * Returns 403 for somebody who is banned.
   */
  public function block(Reader $reader, Decision $decision, int $now): Page {
    $words = self::words($reader->language);
    $reason = Reason::of($decision->scenario, $decision->origin);
    $isKnown = $decision->ends - $now <= self::LONGEST_SECONDS;
    $end = $isKnown ? gmdate('Y-m-d H:i', $decision->ends + 59) . ' UTC' : $words['block.endsUnknown'];
    $rows = [
      $words['block.reasonTitle'] => $words["block.reasons.$reason"],
      $words['block.endsTitle'] => $end,
      $words['record'] => $decision->record,
    ];
    $body = match ($reader->format) {
      'html' => $this->frame($reader->language, $words['block.title'], implode('', [
        self::paragraph($words['block.lead']),
        '<dl>',
        ...array_map(
          static fn (string $name, string $value): string => '<dt>' . self::escape($name) . '</dt><dd'
            . ($name === $words['record'] ? ' class="record">' : '>') . self::escape($value) . '</dd>',
          array_keys($rows),
          $rows,
        ),
        '</dl>',
        self::paragraph($words['block.shared'], 'soft'),
        $this->contact === '' ? '' : '<h2>' . self::escape($words['contact']) . '</h2>' . self::paragraph($this->contact),
      ])),
      'text' => implode("\n", [
        $words['block.title'],
        '',
        $words['block.lead'],
        ...array_map(static fn (string $name, string $value): string => "$name: $value", array_keys($rows), $rows),
        '',
      ]),
      default => self::problem($words['block.title'], 403, $words['block.lead'], [
        'reason' => $reason,
        'ends' => $isKnown ? gmdate('Y-m-d\TH:i:s.000\Z', $decision->ends) : NULL,
        'record' => $decision->record,
      ]),
    };
    return $this->page($reader, 403, $body);
  }

  /**
   * Returns 429 for somebody who is to slow down.
   *
   * @param Reader $reader
   *   Who reads it.
   * @param int $seconds
   *   How long to wait.
   * @param string $record
   *   The decision.
   */
  public function slowDown(Reader $reader, int $seconds, string $record): Page {
    $words = self::words($reader->language);
    $wait = 60;
    foreach ([30, 10, 5, 1] as $known) {
      $wait = $known >= $seconds ? $known : $wait;
    }
    $lead = strtr($words['throttle.lead'], ['{time}' => $words["waits.s$wait"]]);
    $body = match ($reader->format) {
      'html' => $this->frame($reader->language, $words['throttle.title'], self::paragraph($lead)
        . self::paragraph($words['throttle.more'], 'soft')
        . self::paragraph($words['record'] . ': ' . $record, 'soft')),
      'text' => implode("\n", [$words['throttle.title'], '', $lead, $words['throttle.more'], "{$words['record']}: $record", '']),
      default => self::problem($words['throttle.title'], 429, $lead, ['retryAfter' => $wait, 'record' => $record]),
    };
    return $this->page($reader, 429, $body)->with('Retry-After', (string) $wait);
  }

  /**
   * Returns the check for somebody who has no pass.
   *
   * @param Reader $reader
   *   Who reads it.
   * @param string $token
   *   What is to be brought back; not used for programs.
   * @param string $question
   *   What the browser lays out.
   * @param \Drupal\parapet\Core\Guard\Visit $visit
   *   How the page was asked for that is wanted.
   * @param string $record
   *   The decision.
   */
  public function check(Reader $reader, string $token, string $question, Visit $visit, string $record): Page {
    $words = self::words($reader->language);
    if ($reader->format !== 'html') {
      $body = $reader->format === 'text'
        ? $words['check.title'] . "\n\n" . $words['check.program'] . "\n"
        : self::problem($words['check.title'], 403, $words['check.program'], ['record' => $record]);
      return $this->page($reader, 403, $body);
    }
    $isRead = $visit->method === 'GET' || $visit->method === 'HEAD';
    $wait = self::escape($this->waiting->begin($visit->rawTarget, !$isRead));
    $attributes = [
      'data-token' => $token,
      'data-layout' => $question,
      'data-method' => $visit->method,
      'data-checking' => $words['check.checking'],
      'data-working' => $words['check.working'],
      'data-done' => $words['check.done'],
      'data-failed' => $words['check.failed'],
      'data-nocookies' => $words['check.noCookies'],
      'data-sentdone' => $words['check.sentDone'],
    ];
    $written = '';
    foreach ($attributes as $name => $value) {
      $written .= ' ' . $name . '="' . self::escape($value) . '"';
    }
    $html = [
      '<p id="lead">' . self::escape($words['check.lead']) . '</p>',
      $isRead ? '' : '<p id="sent"><strong>' . self::escape($words['check.sent']) . '</strong></p>',
      "<div id=\"check\"$written><div id=\"live\" hidden>",
      '<progress id="bar" max="100" value="0" aria-label="' . self::escape($words['check.progress']) . '"></progress>',
      '<p class="status" id="status" role="status"></p></div></div>',
      '<p id="again" hidden><button type="button" id="retry">' . self::escape($words['tryAgain']) . '</button></p>',
      '<p id="after" hidden><button type="button" id="resend">' . self::escape($words['check.sendAgain']) . '</button> ',
      '<button type="button" id="back">' . self::escape($words['check.goBack']) . '</button></p>',
      '<noscript><p><strong>' . self::escape($words['check.noScript']) . '</strong></p></noscript>',
      '<p class="soft" id="slow">' . self::escape($words['check.slow']) . " <a href=\"$wait\">" . self::escape($words['check.slowLink']) . '</a></p>',
      '<details><summary>' . self::escape($words['check.whyTitle']) . '</summary>',
      self::paragraph($words['check.why']),
      self::paragraph($words['check.privacy']),
      self::paragraph($words['record'] . ': ' . $record),
      '</details>',
    ];
    $script = $this->script();
    $refresh = "<noscript><meta http-equiv=\"refresh\" content=\"0; url=$wait\"></noscript>";
    $body = $this->frame($reader->language, $words['check.title'], implode('', $html), $script, $refresh);
    return $this->page($reader, 403, $body, $script);
  }

  /**
   * Returns a page of any HTML, with files of our own.
   *
   * @param Reader $reader
   *   Who reads it, a person.
   * @param int $status
   *   The status of the answer.
   * @param string $title
   *   As text.
   * @param string $html
   *   What stands below the title.
   * @param string $head
   *   What else stands in the head.
   */
  public function notice(Reader $reader, int $status, string $title, string $html, string $head = ''): Page {
    return $this->page($reader, $status, $this->frame($reader->language, $title, $html, '', $head), '', $head !== '');
  }

  /**
   * Returns the answer to a solution: done, or what is asked next.
   *
   * @param array<string, mixed> $result
   *   `done`, or `next` and `layout`.
   */
  public function solution(array $result): Page {
    return new Page(200, [
      'Content-Type' => 'application/json',
      'Cache-Control' => 'no-store',
      'X-Content-Type-Options' => 'nosniff',
    ], (string) json_encode($result));
  }

  /**
   * Returns the script of the worker that does the proof of work.
   */
  public function worker(): Page {
    return new Page(200, [
      'Content-Type' => 'text/javascript; charset=utf-8',
      'Cache-Control' => 'public, max-age=86400',
      'X-Content-Type-Options' => 'nosniff',
    ], self::parts()['work']);
  }

  /**
   * Returns the head of an answer, which nobody may keep.
   */
  private function page(Reader $reader, int $status, string $body, string $script = '', bool $hasFiles = FALSE): Page {
    $headers = [
      'Content-Type' => self::TYPES[$reader->format],
      'Content-Language' => $reader->language,
      'Cache-Control' => 'no-store, private',
      'Vary' => 'Accept, Accept-Language, Sec-Fetch-Dest, X-Requested-With',
      'X-Content-Type-Options' => 'nosniff',
      'Referrer-Policy' => 'same-origin',
      'X-Robots-Tag' => 'noindex',
    ];
    if ($reader->format === 'html') {
      $allowed = $script === '' ? "'none'" : "'sha256-" . base64_encode(hash('sha256', $script, TRUE)) . "'";
      $style = "'sha256-" . base64_encode(hash('sha256', self::parts()['style'], TRUE)) . "'";
      $files = $hasFiles ? " 'self'; img-src 'self'" : '';
      $headers['Content-Security-Policy'] = "default-src 'none'; style-src $style$files; script-src $allowed; "
        . "worker-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
    }
    return new Page($status, $headers, $body);
  }

  /**
   * Returns the script of the check, with this site's addresses.
   */
  private function script(): string {
    return strtr(self::parts()['check'], [
      '/.parapet/solve' => $this->checkPath . '/solve',
      '{work}' => $this->checkPath . '/work.js',
    ]);
  }

  /**
   * Returns the whole page.
   */
  private function frame(string $language, string $title, string $body, string $script = '', string $head = ''): string {
    $from = strtr(self::words($language)['from'], ['{site}' => $this->siteName]);
    return '<!doctype html><html lang="' . $language . '"><head><meta charset="utf-8">'
      . '<meta name="viewport" content="width=device-width, initial-scale=1">'
      . '<title>' . self::escape($title) . '</title><style>' . self::parts()['style'] . '</style>' . $head
      . '</head><body><main><div class="card">'
      . '<svg class="wall" viewBox="4 9 40 31" aria-hidden="true"><path d="' . self::WALL . '"/></svg>'
      . '<h1>' . self::escape($title) . '</h1>' . $body . '</div></main>'
      . '<footer>' . self::escape($from) . ' · Parapet</footer>'
      . ($script === '' ? '' : '<script>' . $script . '</script>') . '</body></html>';
  }

  /**
   * Returns problem details (RFC 9457).
   *
   * @param string $title
   *   In a few words.
   * @param int $status
   *   The status of the answer.
   * @param string $detail
   *   In a sentence.
   * @param array<string, mixed> $more
   *   What else there is to say.
   */
  private static function problem(string $title, int $status, string $detail, array $more): string {
    return json_encode(
      ['type' => 'about:blank', 'title' => $title, 'status' => $status, 'detail' => $detail] + $more,
      JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE,
    ) . "\n";
  }

  /**
   * Returns a paragraph of any text.
   */
  public static function paragraph(string $text, string $class = ''): string {
    return '<p' . ($class === '' ? '' : " class=\"$class\"") . '>' . self::escape($text) . '</p>';
  }

  /**
   * Returns any text as text of a page.
   */
  public static function escape(string $text): string {
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
  }

  /**
   * Returns the words of a language, by `page.name`.
   *
   * @return array<string, string>
   *   The words.
   */
  public static function words(string $language): array {
    $words = self::flat(self::parts()['words'][$language] ?? self::parts()['words']['en']);
    // What only this module says.
    $own = [
      'en' => ['Reaching the owner', 'When the time is over, go on with the button.', 'Go on'],
      'de' => ['So erreichen Sie den Betreiber', 'Wenn die Zeit vorbei ist, geht es mit der Schaltfläche weiter.', 'Weiter'],
      'es' => ['Contacto', 'Cuando pase el tiempo, continúe con el botón.', 'Continuar'],
      'fr' => ['Contact', 'Une fois le temps écoulé, continuez avec le bouton.', 'Continuer'],
      'it' => ['Contatti', 'Trascorso il tempo, prosegua con il pulsante.', 'Prosegui'],
      'nl' => ['Contact', 'Ga verder met de knop als de tijd om is.', 'Verder'],
      'pl' => ['Kontakt', 'Po upływie tego czasu prosimy przejść dalej przyciskiem.', 'Dalej'],
      'pt' => ['Contacto', 'Quando o tempo terminar, continue com o botão.', 'Continuar'],
    ];
    [$words['contact'], $words['goOnLead'], $words['goOn']] = $own[$language] ?? $own['en'];
    return $words;
  }

  /**
   * Puts the names of nested words behind one another.
   *
   * @param array<string, mixed> $nested
   *   The words of a language.
   * @param string $prefix
   *   What stands in front.
   *
   * @return array<string, string>
   *   By `page.name`.
   */
  private static function flat(array $nested, string $prefix = ''): array {
    $flat = [];
    foreach ($nested as $name => $value) {
      if (is_array($value)) {
        /** @var array<string, mixed> $value */
        $flat += self::flat($value, "$prefix$name.");
      }
      elseif (is_string($value)) {
        $flat[$prefix . $name] = $value;
      }
    }
    return $flat;
  }

  /**
   * Returns what the pages are made of.
   *
   * @return array{words: array<string, array<string, mixed>>, style: string, check: string, work: string}
   *   Generated from the gateway's.
   */
  private static function parts(): array {
    if (self::$parts === NULL) {
      /** @var array{words: array<string, array<string, mixed>>, style: string, check: string, work: string} $parts */
      $parts = require __DIR__ . '/generated/pages.php';
      self::$parts = $parts;
    }
    return self::$parts;
  }

}

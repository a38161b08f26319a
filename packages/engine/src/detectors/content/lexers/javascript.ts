// Scripts that need no markup, because the site puts the text inside its own: `';alert(1)//`, `top['al'+'ert'](1)`,
// `${alert(1)}`, `[][(![]+[])…`. Words that scripts use are looked for together with what stands around them: a call in
// a sentence about programming has words around it, one that breaks out of a string has signs.

import type { Strength } from './finding.ts';
import { WordTable } from './wordTable.ts';

interface JavaScriptSign {
  readonly what: string;
  readonly strength: Strength;
  readonly start: number;
  readonly end: number;
  /** Whether it stands in `{{ }}` of a template in the browser. */
  readonly isExpression: boolean;
}

const SHOW = 1;
const RUN = 2;
const OBJECT = 3;
const MAKE = 4;
const MEMBER = 5;
const SEND = 6;

const WORDS: WordTable = new WordTable(
  [
    [SHOW, 'alert prompt confirm print'],
    [
      RUN,
      'eval settimeout setinterval setimmediate execscript importscripts import function generatorfunction asyncfunction',
    ],
    [
      OBJECT,
      'document window location self top parent frames globalthis this opener navigator history localstorage sessionstorage',
    ],
    [MAKE, 'fromcharcode atob unescape decodeuricomponent fromcodepoint'],
    [MEMBER, 'constructor call apply'],
    [SEND, 'fetch xmlhttprequest sendbeacon websocket getscript open write writeln eventsource postmessage'],
  ].flatMap(([kind, words]) =>
    String(words)
      .split(' ')
      .map((word): [string, number] => [word, Number(kind)]),
  ),
);

/** The strongest sign of a script without markup; undefined when there is none. */
export function findJavaScript(text: string): JavaScriptSign | undefined {
  let best = findJsFuck(text) ?? findExpression(text);
  const length = text.length;
  let at = 0;
  while (at < length && best?.strength !== 'sure') {
    if (!isWord(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < length && isWord(text.charCodeAt(at))) at += 1;
    const kind = WORDS.find(text, start, at);
    if (kind !== -1) best = stronger(best, judgeWord(text, start, at, kind));
  }
  return best;
}

function stronger(
  one: JavaScriptSign | undefined,
  other: JavaScriptSign | undefined,
): JavaScriptSign | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.strength === 'sure' || (other.strength === 'likely' && one.strength === 'weak') ? other : one;
}

function isWord(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code === 36
  );
}

function isBlank(code: number): boolean {
  return code <= 32 || code === 0xa0;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < start + 40 && at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  // Comments between a name and its bracket are blanks too.
  if (text.charCodeAt(at) === 47 && text.charCodeAt(at + 1) === 42) {
    const end = text.indexOf('*/', at + 2);
    if (end !== -1 && end < at + 100) return end + 2;
  }
  return at;
}

function judgeWord(text: string, start: number, end: number, kind: number): JavaScriptSign | undefined {
  const next = skipBlanks(text, end);
  const sign = text.charCodeAt(next);
  const isCalled = sign === 40 || sign === 96 || (sign === 63 && text.startsWith('?.(', next));
  const around = surroundings(text, start);
  const made = (what: string, strength: Strength): JavaScriptSign => ({
    what,
    strength,
    start,
    end: next + 1,
    isExpression: false,
  });
  switch (kind) {
    case SHOW: {
      const what = 'calls a dialog of the browser, as probes for scripts do';
      if (isCalled) return made(what, callStrength(text, next, around));
      // `a=alert,a(1)`, `(alert)(1)`, `onerror=alert;throw 1`, `[1].find(alert)`.
      const passes =
        (sign === 41 || sign === 44 || sign === 59 || sign === 93) &&
        around === 'broken' &&
        isDirect(text, start);
      return passes && /[=(:,[]/.test(text.charAt(start - 1)) && text.indexOf('(', 0) !== -1
        ? made(what, 'likely')
        : undefined;
    }
    case RUN: {
      if (!isCalled) return undefined;
      const isFunction = (text.charCodeAt(start) | 32) === 102;
      if (isFunction && text.charCodeAt(start) !== 70) return undefined;
      const first = text.charCodeAt(skipBlanks(text, next + 1));
      const isText =
        first === 34 ||
        first === 39 ||
        first === 96 ||
        first === 92 ||
        sign === 96 ||
        isLetterOf(text, next + 1, [
          'atob',
          'string',
          'unescape',
          'decode',
          'location',
          'name',
          'this',
          'window',
          'document',
          'self',
          'top',
        ]);
      return made(
        'runs text as a script',
        around === 'broken' && isText
          ? 'sure'
          : isText && around === 'first'
            ? 'likely'
            : isText && around === 'called'
              ? 'likely'
              : 'weak',
      );
    }
    case OBJECT:
      return judgeObject(text, start, end, next, around, made);
    case MAKE:
      return isCalled && text.charCodeAt(start - 1) !== 32
        ? made(
            'makes text for a script out of codes',
            around === 'broken' || around === 'first' || text.charCodeAt(start - 1) === 46
              ? 'likely'
              : 'weak',
          )
        : undefined;
    case MEMBER:
      if (sign === 96 && text.charCodeAt(start - 1) === 46)
        return made('calls a function of the browser by a template', 'likely');
      if (
        text.startsWith('constructor', start) &&
        /^\s*(?:\.\s*constructor|\[|\()/.test(text.slice(end, end + 20)) &&
        text.charCodeAt(start - 1) === 46
      )
        return made(
          'reaches for the maker of functions',
          /^\s*\.\s*constructor|^\s*\(\s*["'`]/.test(text.slice(end, end + 30)) ? 'sure' : 'weak',
        );
      return undefined;
    case SEND:
      if (!isCalled || around === 'word') return undefined;
      return /^[(`]\s*["'`]?(?:https?:|\/\/)|document|cookie|\+/.test(text.slice(next, next + 60)) &&
        around === 'broken'
        ? made('sends something to another server by a script', 'likely')
        : undefined;
    default:
      return undefined;
  }
}

function judgeObject(
  text: string,
  start: number,
  end: number,
  next: number,
  around: Surroundings,
  made: (what: string, strength: Strength) => JavaScriptSign,
): JavaScriptSign | undefined {
  const rest = text
    .slice(next, next + 60)
    .replaceAll(/\/\*.*?\*\//g, '')
    .trimStart();
  if (rest.startsWith('[')) {
    if (/^\[\s*(?:["'`]|\/|\d+[.)]|\+|!|~|atob|\(|8680439)/.test(rest) && text.charCodeAt(start - 1) !== 36) {
      const isCalled = /\+|\]\s*[(`[]|\/\.source|tostring/i.test(text.slice(next, next + 200));
      return made(
        'reaches for something of the browser by a made-up name',
        isCalled && around !== 'word' ? 'sure' : 'weak',
      );
    }
    return undefined;
  }
  const word = text.slice(start, end).toLowerCase();
  if (
    word === 'document' &&
    /^\s*\.\s*(?:cookie|domain|write(?:ln)?\s*\(|location|body\.|documentelement|createelement|getelement|queryselector|scripts|forms|url\b|referrer|baseuri|defaultview|implementation|domain)/i.test(
      rest,
    )
  ) {
    return made(
      'reads or changes the page by a script',
      around === 'broken' ? 'likely' : around === 'first' ? 'likely' : 'weak',
    );
  }
  if (
    word === 'location' &&
    /^\s*(?:\.\s*(?:href|hash|search|replace\s*\(|assign\s*\(|pathname))?\s*=\s*["'`a-z(/]/i.test(rest) &&
    around === 'broken'
  ) {
    return made(
      'sends the visitor to another page by a script',
      /=\s*["'`]?\s*(?:javascript|data|\/\/|name|https?:)/i.test(rest) ? 'likely' : 'weak',
    );
  }
  if (
    (word === 'window' ||
      word === 'self' ||
      word === 'top' ||
      word === 'parent' ||
      word === 'globalthis' ||
      word === 'frames') &&
    /^\s*\.\s*(?:alert|eval|location|name|open|document|onerror|confirm|prompt|atob)/i.test(rest)
  ) {
    return made(
      'reaches for something of the browser',
      around === 'broken' || around === 'first' ? 'likely' : 'weak',
    );
  }
  return undefined;
}

/** What stands before a word: nothing, a sign that breaks out or calls, a bracket that calls, or a word of a sentence. */
type Surroundings = 'first' | 'broken' | 'called' | 'word';

function surroundings(text: string, start: number): Surroundings {
  let at = start - 1;
  const floor = Math.max(0, start - 80);
  while (at >= floor && isBlank(text.charCodeAt(at))) at -= 1;
  if (at < 0) return 'first';
  const code = text.charCodeAt(at);
  if (isWord(code)) return isKeywordBefore(text, at) ? 'broken' : 'word';
  // `x.alert(1)` of a name is a call like others; `).alert(` and `].alert(` are not.
  if (code === 46)
    return /(?:window|self|top|parent|frames|this|document|\)|\])$/i.test(
      text.slice(Math.max(0, at - 10), at),
    )
      ? 'broken'
      : 'word';
  if (code === 44 || code === 58) return at === start - 1 ? 'broken' : 'word';
  if (code === 40 || code === 91) return /[\w$]/.test(text.charAt(at - 1)) ? 'called' : 'broken';
  if (code === 62 || code > 127) return 'word';
  // An opening quote or bracket of a sentence: `the "alert(1)" box`.
  if (
    (code === 34 || code === 39 || code === 96) &&
    at > 0 &&
    at === start - 1 &&
    isBlank(text.charCodeAt(at - 1)) &&
    isWord(text.charCodeAt(at - 2))
  )
    return 'word';
  return 'broken';
}

function isKeywordBefore(text: string, last: number): boolean {
  return /(?:^|[^\w$])(?:new|void|typeof|delete|throw|in|instanceof|await|yield|return|else|do|var|let|const|\d+)$/i.test(
    text.slice(Math.max(0, last - 11), last + 1),
  );
}

function isDirect(text: string, start: number): boolean {
  return start > 0 && !isBlank(text.charCodeAt(start - 1));
}

/** How much a call of a dialog proves by what stands before it and in it. */
function callStrength(text: string, open: number, around: Surroundings): Strength {
  const isShort = hasNoWordsInside(text, open);
  if (around === 'broken') return isShort && !isFollowedByEscape(text, open) ? 'sure' : 'likely';
  return around === 'first' && isShort && !goesOn(text, open) ? 'likely' : 'weak';
}

/** `?keys=alert(box)%20in`: an address with a search in it. */
function isFollowedByEscape(text: string, open: number): boolean {
  return /^[^)]{0,40}\)%20[a-z]/i.test(text.slice(open, open + 50));
}

/** Whether a call is left open or a sentence goes on behind it: `alert(box) in JavaScript`. */
function goesOn(text: string, open: number): boolean {
  const close = text.slice(open, open + 80).search(/[)`]\s*$|[)`](?=\s*[^\sa-z])|[)`]\s+[a-z]/i);
  return close === -1 || /^[)`]\s+[a-z]/i.test(text.slice(open + close, open + close + 40));
}

/** Whether what a call is given is no sentence: numbers, strings of one word, names with points, nested calls. */
function hasNoWordsInside(text: string, open: number): boolean {
  const inside = text.slice(open + 1, open + 40);
  const end = inside.search(/[)`]/);
  const given = end === -1 ? inside : inside.slice(0, end);
  return given.length <= 1 || !/[a-z]{2,} [a-z]{2,} [a-z]{2,}/i.test(given);
}

function isLetterOf(text: string, at: number, words: readonly string[]): boolean {
  const start = text
    .slice(at, at + 12)
    .trimStart()
    .toLowerCase();
  return words.some((word) => start.startsWith(word));
}

/** Scripts made of brackets and signs only: `[][(![]+[])[+[]]…`, `$=~[]`. */
function findJsFuck(text: string): JavaScriptSign | undefined {
  let at = text.indexOf('[]');
  let count = 0;
  let first = -1;
  while (at !== -1 && at < 4000 && count < 4) {
    const before = text.charCodeAt(at - 1);
    const after = text.charCodeAt(at + 2);
    const isOdd =
      before === 33 ||
      before === 43 ||
      before === 126 ||
      after === 43 ||
      (after === 91 && (text.charCodeAt(at + 3) === 40 || text.charCodeAt(at + 3) === 33));
    if (isOdd) {
      count += 1;
      if (first === -1) first = at;
    }
    at = text.indexOf('[]', at + 2);
  }
  if (first === -1) return undefined;
  return {
    what: 'is a script made of brackets and signs',
    strength: count >= 3 ? 'sure' : count === 2 ? 'likely' : 'weak',
    start: Math.max(0, first - 1),
    end: first + 2,
    isExpression: false,
  };
}

/** `{{constructor.constructor('alert(1)')()}}`: expressions of templates in the browser. */
function findExpression(text: string): JavaScriptSign | undefined {
  let at = text.indexOf('{{');
  for (let count = 0; at !== -1 && count < 8; count += 1) {
    const inside = text.slice(at + 2, at + 300);
    if (
      /constructor|\$(?:on|eval|apply|emit|parent|root)\b|_c\.|\$event|tostring\(\)|alert\s*[(`]|prototype|__proto__|orderby:/i.test(
        inside,
      )
    ) {
      return {
        what: 'runs a script in an expression of the page’s templates',
        strength: 'sure',
        start: at,
        end: at + 2,
        isExpression: true,
      };
    }
    at = text.indexOf('{{', at + 2);
  }
  return undefined;
}

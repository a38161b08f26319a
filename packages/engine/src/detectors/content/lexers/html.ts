// Whether a text would run a script in a visitor's browser. The text is read as a browser reads markup, which forgives
// nearly everything: tags without end, attributes without blanks between them, schemes with line ends inside. Markup
// that an editor writes (formatting, links, pictures, players) is told apart from what runs, loads or changes the page.

import { MAX_LEXED_CHARS } from './finding.ts';
import { EVENT_NAMES, hasScriptSigns, isBlank, isLetter } from './htmlNames.ts';
import { type ScriptFinding, TagSearch } from './htmlTags.ts';
import { findJavaScript } from './javascript.ts';
import { schemeBefore, urlDanger } from './scriptUrl.ts';

/** The strongest sign that a text would run in a browser; undefined when it has neither markup nor script. */
export function findScript(text: string): ScriptFinding | undefined {
  const seen = scan(text);
  if ((seen & ~ZERO) === 0) return undefined;
  // Browsers drop NUL inside names.
  const search = new TagSearch((seen & ZERO) === 0 ? text : text.replaceAll('\0', ''));
  if ((seen & ANGLE) !== 0) search.readTags();
  if (!search.isSure && (seen & EQUALS) !== 0) readBreakouts(search);
  if (!search.isSure && (seen & COLON) !== 0) readUrls(search);
  if (!search.isSure && (seen & CALL) !== 0) readScript(search);
  return search.best;
}

/** Whether a text is a script injected, as far as its markup says so: weak signs do not count. */
export function isScriptInjection(text: string): ScriptFinding | undefined {
  const found = findScript(text);
  return found === undefined || found.strength === 'weak' ? undefined : found;
}

const ANGLE = 1;
const EQUALS = 2;
const COLON = 4;
const CALL = 8;
const ZERO = 16;

const SCAN = new Uint8Array(128);
SCAN[0] = ZERO;
SCAN[60] = ANGLE;
SCAN[61] = EQUALS | CALL;
SCAN[58] = COLON;
for (const letter of '([`{+') SCAN[letter.charCodeAt(0)] = CALL;

function scan(text: string): number {
  const length = Math.min(text.length, MAX_LEXED_CHARS);
  let seen = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128) seen |= SCAN[code] ?? 0;
  }
  return seen;
}

/** `" onfocus=…`: handlers of a tag that the site has opened. */
function readBreakouts(search: TagSearch): void {
  const text = search.text;
  let at = text.indexOf('=');
  while (at !== -1 && at < search.length && !search.isSure) {
    let end = at;
    while (end > at - 4 && isBlank(text.charCodeAt(end - 1))) end -= 1;
    let start = end;
    while (start > end - 40 && start > 0 && isLetter(text.charCodeAt(start - 1))) start -= 1;
    if (
      end - start >= 5 &&
      (text.charCodeAt(start) | 32) === 111 &&
      (text.charCodeAt(start + 1) | 32) === 110
    ) {
      judgeBreakout(search, start, end, at + 1);
    } else if (end - start === 5 && text.slice(start, end).toLowerCase() === 'style') {
      const value = text.slice(at + 1, at + 200);
      if (
        /^\s*["'`]?[^;"']{0,60}(?:expression|javascript:|behaviou?r\s*:|-moz-binding)/i.test(value) &&
        start > 0
      ) {
        search.add('style', 'puts a script into a style', 'likely', start, at + 1, true);
      }
    }
    at = text.indexOf('=', at + 1);
  }
}

/** Addresses that run, wherever they stand. */
function readUrls(search: TagSearch): void {
  const text = search.text;
  let at = text.indexOf(':');
  while (at !== -1 && at < search.length && !search.isSure) {
    const scheme = schemeBefore(text, at);
    if (scheme !== -1) judgeScheme(search, scheme, at);
    else if (
      (text.charCodeAt(at - 1) | 32) === 97 &&
      text.slice(Math.max(0, at - 4), at).toLowerCase() === 'data'
    ) {
      if (urlDanger(text, at - 4, Math.min(search.length, at + 60)) === 'document') {
        const isFirst = text.slice(Math.max(0, at - 12), at - 4).trim() === '';
        const isMarkup =
          /base64|<|%3c/i.test(text.slice(at, at + 80)) && !text.slice(at, at + 16).includes('image/');
        search.add(
          'script-url',
          'opens a document made of its own address',
          isFirst && isMarkup ? 'sure' : isMarkup ? 'likely' : 'weak',
          at - 4,
          at + 20,
          true,
        );
      }
    }
    at = text.indexOf(':', at + 1);
  }
}

/** Scripts without markup around them. */
function readScript(search: TagSearch): void {
  const found = findJavaScript(
    search.text.length > search.length ? search.text.slice(0, search.length) : search.text,
  );
  if (found !== undefined)
    search.add(
      found.isExpression ? 'expression' : 'javascript',
      found.what,
      found.strength,
      found.start,
      found.end,
      true,
    );
}

function judgeBreakout(search: TagSearch, start: number, end: number, valueStart: number): void {
  const text = search.text;
  const before = text.charCodeAt(start - 1);
  const isApart =
    start === 0 ||
    isBlank(before) ||
    before === 34 ||
    before === 39 ||
    before === 96 ||
    before === 47 ||
    before === 59 ||
    before === 125;
  if (!isApart) return;
  const isKnown = EVENT_NAMES.find(text, start, end) !== -1;
  const from = Math.max(0, start - 200);
  const lead = text.slice(from, start);
  const closes = /["'`]/.test(lead) || /^[\s/]*$/.test(lead);
  const runs = hasScriptSigns(text, valueStart, Math.min(search.length, valueStart + 200));
  if (!isKnown && !(closes && runs)) return;
  const isBare = isKnown && closes && lead.trim().length > 0 && lead.trim().length <= 2;
  const strength = closes && runs ? (isKnown ? 'sure' : 'likely') : runs || isBare ? 'likely' : 'weak';
  search.add('handler', 'adds a handler to an element of the page', strength, start, valueStart, true);
}

function judgeScheme(search: TagSearch, scheme: number, colon: number): void {
  const text = search.text;
  const rest = text.slice(colon + 1, colon + 200);
  // A link that does nothing, as editors copy them.
  if (/^\s*void\s*\(?\s*0?\s*\)?\s*;?\s*(?:["'`]|$)/i.test(rest)) return;
  const runs = /[(`=[\\]|%28|%0a|\/\*|\/\//i.test(rest) && !/^\s[a-z]+ [a-z]+ /i.test(rest);
  const isFirst = text.slice(0, scheme).trim() === '';
  const isBroken = colon - scheme > 10;
  const isValue = /["'=(]\s*$/.test(text.slice(Math.max(0, scheme - 4), scheme));
  const strength =
    runs && (isFirst || isBroken || isValue)
      ? 'sure'
      : runs || (isFirst && colon + 1 >= text.length)
        ? 'likely'
        : 'weak';
  search.add('script-url', 'has an address that runs as a script', strength, scheme, colon + 1, true);
}

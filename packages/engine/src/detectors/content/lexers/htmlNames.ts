// The names of HTML looked up inside a text, and small questions about characters and values of attributes.

import { ACTIVE_ATTRIBUTES, EVENTS, TAGS, URL_ATTRIBUTES } from './htmlWords.table.ts';
import { WordTable } from './wordTable.ts';

export const TAG_KINDS: WordTable = new WordTable(
  TAGS.flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, number] => [name, kind.charCodeAt(0)]),
  ),
);
export const URL_NAMES: WordTable = new WordTable(URL_ATTRIBUTES.split(' ').map((name) => [name, 1]));
export const ACTIVE_NAMES: WordTable = new WordTable(ACTIVE_ATTRIBUTES.split(' ').map((name) => [name, 1]));
export const EVENT_NAMES: WordTable = new WordTable(EVENTS.split(' ').map((name) => [`on${name}`, 1]));

const HIDDEN_TAG: RegExp = /<\/?(?:script|img|svg|iframe|body|xmp|title|style|textarea|noscript)[\s/>]/i;

/** Tags that no editor writes and only old or odd browsers know. */
export const ODD_TAGS: ReadonlySet<string> = new Set(
  'handler listener import xss vmlframe scriptlet applet isindex layer ilayer bgsound event-source embed fencedframe portal maction frameset'.split(
    ' ',
  ),
);

export const SCRIPT_TAG = 115;
export const ACTIVE_TAG = 97;
export const FRAME_TAG = 102;

export function isBlank(code: number): boolean {
  return code <= 32 || code === 0xa0;
}

export function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

/** `javascript:void(0)`: a link that does nothing, as editors copy them. */
export function isNoScript(text: string, start: number, end: number): boolean {
  return (
    end - start < 30 && /^javascript:\s*(?:void\s*\(?\s*0?\s*\)?)?\s*;?\s*$/i.test(text.slice(start, end))
  );
}

export function startsWithWord(text: string, at: number, word: string): boolean {
  return text.length >= at + word.length && text.slice(at, at + word.length).toLowerCase() === word;
}

/** `on` and at least three letters. What browsers drop behind a name may follow. */
export function isHandlerName(text: string, start: number, end: number): boolean {
  if ((text.charCodeAt(start) | 32) !== 111 || (text.charCodeAt(start + 1) | 32) !== 110) return false;
  return lettersEnd(text, start, end) - start >= 5;
}

export function lettersEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isLetter(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether a value has what a script needs to do something: a call, an assignment, a template, a comment, an escape. */
export function hasScriptSigns(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (
      code === 40 ||
      code === 61 ||
      code === 96 ||
      code === 91 ||
      code === 123 ||
      code === 38 ||
      code === 92
    )
      return true;
    if (code === 62 && at > start) return false;
    if (code === 58 || (code === 46 && isLetter(text.charCodeAt(at + 1)))) return true;
  }
  return false;
}

export function isActiveStyle(text: string, start: number, end: number): boolean {
  const value = text
    .slice(start, Math.min(end, start + 1000))
    .toLowerCase()
    .replaceAll(/\/\*.*?\*\/|[\\\s\0]|\/\*\*\//g, '');
  return /expression[(&]|javascript:|vbscript:|-moz-binding|behaviou?r:|@import|url\(["']?data:text|&#/.test(
    value,
  );
}

/** Whether a value has a tag inside it that does something. */
export function hidesTag(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) === 60) return HIDDEN_TAG.test(text.slice(at, end));
  }
  return false;
}

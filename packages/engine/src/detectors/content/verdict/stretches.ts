// Which stretches of a long text are worth a close look. Attacks are made of characters and words that prose has few of,
// and a model that knows all n-grams takes twenty times as long for a text as looking for these does.

import type { Glance } from '../parts.ts';
import { signsOf } from '../signs.ts';

/** A shorter text is looked at as a whole. */
const WHOLE = 256;
const BEFORE = 96;
const BEHIND = 192;
/** When so much of the text is in stretches, it is one. */
const MOST_SHARE = 0.6;

/** 1: a sign wherever it stands; 2: a quote, 3: an opening bracket, 4: a slash or a dot, 5: a hyphen. */
const SIGNS = new Uint8Array(128);
for (const character of '<>{}[]$`|=%*#;@^~&+\\') SIGNS[character.charCodeAt(0)] = 1;
for (const character of '\'"') SIGNS[character.charCodeAt(0)] = 2;
SIGNS[40] = 3;
SIGNS[46] = SIGNS[47] = 4;
SIGNS[45] = 5;

const TELLING_SIGNS: number = signsOf('<>{}[]$`|=%*#;@^~&+\\\'"(\0');
/** Somebody may have smuggled in a line of headers or of a list. */
const TELLING_IN_SHORT: number = TELLING_SIGNS | signsOf('\n)');
const LINKS = ['or', 'and', 'not', 'xor'];
const BLANKS = ['  ', '\t', '\n', '\r'];
const CONSTANTS = '0 1 2 3 4 5 6 7 8 9 true false null not'.split(' ');
/** Of each sign or word that a stretch can be around, a piece that is in every text that has it. */
export const TELLING_WORDS: readonly string[] = [
  ...['..', '//', '--', ' /', '\n/', '\r/', '\t/', './', '-/', ',/', '?/', '!/', ':/'],
  ...'select union insert update delete drop truncate exec declare sleep benchmark waitfor having'.split(' '),
  ...'information_schema concat load_file outfile rlike cat curl wget ping bash powershell passwd'.split(' '),
  ...['case ', ' when ', ' then', ' -', '.ph'],
  ...'eval alert script onerror onload system phpinfo base64_decode file_get_contents'.split(' '),
  ...LINKS.flatMap((link) => BLANKS.map((blank) => link + blank)),
  ...LINKS.flatMap((link) => CONSTANTS.map((constant) => `${link} ${constant}`)),
];

/** Whether there can be a stretch in a text in which this is: words, numbers and names have none. */
export function mayHaveStretches(text: string, { signs, hasWord, isLexical }: Glance): boolean {
  if (hasWord || text.charCodeAt(0) === SLASH) return true;
  if (text.length > WHOLE) return (signs & TELLING_SIGNS) !== 0;
  return isLexical || (signs & TELLING_IN_SHORT) !== 0;
}

const SLASH = 47;
const LESS = 60;
/** What editors write: most of the angle brackets of a rich text. */
const PLAIN_TAG =
  /<\/?(?:p|br|b|i|u|em|strong|h[1-6]|ul|ol|li|blockquote|code|pre|span|div|a|table|tr|td|th|tbody|thead|hr|dl|dt|dd|sup|sub|cite|s|del|ins|figure|figcaption)(?: ?\/)?>/y;
const WORDS =
  /\b(?:select|union|insert|update|delete|drop|truncate|exec|execute|declare|sleep|benchmark|waitfor|having|information_schema|concat|load_file|outfile|rlike|cat|curl|wget|ping|bash|powershell|passwd|eval|alert|script|onerror|onload|system|phpinfo|base64_decode|file_get_contents|(?:or|and|not|xor)\s+(?:\d|true|false|null|not))\b/gi;

/** Returns the whole text, or the stretches of it around what attacks are made of; none when there is nothing. */
export function stretchesOf(text: string): readonly string[] {
  const { length } = text;
  if (length <= WHOLE) return [text];
  const signs = signsIn(text);
  if (signs.length === 0) return NONE;
  const stretches: string[] = [];
  let start = Math.max(0, signs[0]! - BEFORE);
  let end = Math.min(length, signs[0]! + BEHIND);
  let covered = 0;
  for (const at of signs) {
    if (at - BEFORE > end) {
      covered += end - start;
      stretches.push(text.slice(start, end));
      start = at - BEFORE;
    }
    end = Math.min(length, at + BEHIND);
  }
  covered += end - start;
  stretches.push(text.slice(start, end));
  return covered > length * MOST_SHARE ? [text] : stretches;
}

const NONE: readonly string[] = [];

/** Where signs stand, ascending; of neighbours only some. */
function signsIn(text: string): readonly number[] {
  const places: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const sign = code < 128 ? SIGNS[code]! : 0;
    if (sign === 0) continue;
    if (code === LESS) {
      const tag = plainTagAt(text, i);
      if (tag > 0) {
        i += tag - 1;
        continue;
      }
    }
    if (!isSign(text, i, sign)) continue;
    places.push(i);
    i += BEFORE / 2;
  }
  WORDS.lastIndex = 0;
  const words: number[] = [];
  for (let match = WORDS.exec(text); match !== null; match = WORDS.exec(text)) {
    words.push(match.index);
    WORDS.lastIndex += BEFORE / 2;
  }
  return words.length === 0 ? places : [...places, ...words].toSorted((one, other) => one - other);
}

/** Length of a tag that does nothing but shape text, without attributes; 0 for others. */
function plainTagAt(text: string, at: number): number {
  PLAIN_TAG.lastIndex = at;
  return PLAIN_TAG.test(text) ? PLAIN_TAG.lastIndex - at : 0;
}

function isSign(text: string, at: number, sign: number): boolean {
  const before = at === 0 ? 32 : text.charCodeAt(at - 1);
  const behind = at + 1 === text.length ? 32 : text.charCodeAt(at + 1);
  switch (sign) {
    case 1:
      return true;
    case 2:
      // An apostrophe and quoted words are prose; a quote that closes what nobody opened is not.
      return !(isWord(behind) || isWord(before)) || (isWord(before) && behind === 32 && at + 2 < text.length);
    case 3:
      return isWord(before);
    case 4:
      return text.charCodeAt(at) === 46 ? before === 46 : !isWord(before) || before === 47;
    default:
      return before === 45;
  }
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code >= 128
  );
}

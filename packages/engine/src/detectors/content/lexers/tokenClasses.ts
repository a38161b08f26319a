// A text as a sequence of token classes: words folded by case into classes of keywords, numbers and other words by
// shape, every sign by itself. One pass, no strings made, so that pairs and triples of classes can be features of the
// model whatever names, numbers and letters an attacker picks. Blanks between words are no tokens; line ends are.

import { SHAPE_CLASSES, SIGN_CLASSES, SINGLE_SIGNS, WORD_CLASSES } from './tokenClasses.table.ts';
import { EMPTY_HASH, nextHash, WordTable } from './wordTable.ts';

/** The name of each class, by its number; the first, `nothing`, is never in a sequence. */
export const TOKEN_CLASS_NAMES: readonly string[] = [
  ...SHAPE_CLASSES,
  ...SINGLE_SIGNS.split(''),
  ...SIGN_CLASSES,
  ...WORD_CLASSES.map(([name]) => name),
];

/** How many classes there are; every number in a sequence is below it and fits a byte. */
export const TOKEN_CLASS_COUNT: number = TOKEN_CLASS_NAMES.length;

/** The classes of the tokens of a text, of at most `maxTokens` of them. */
export function tokenClasses(text: string, maxTokens = 4096): Uint8Array {
  const into = new Uint8Array(Math.min(text.length, maxTokens));
  return into.subarray(0, readTokenClasses(text, into));
}

/**
 * Writes the classes of a text's tokens into `into` and returns how many there are; stops when it is full. Into
 * `starts`, where given, goes each token's position in the text. For callers that keep their own arrays.
 */
export function readTokenClasses(text: string, into: Uint8Array, starts?: Uint32Array): number {
  const length = text.length;
  const room = into.length;
  let count = 0;
  let at = 0;
  while (at < length && count < room) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === CARRIAGE_RETURN) {
      at += 1;
      continue;
    }
    const start = at;
    let hash = EMPTY_HASH;
    let seen = 0;
    let flags = wordFlags(code);
    let found: number;
    if (flags !== 0) {
      do {
        seen |= flags;
        hash = nextHash(hash, text.charCodeAt(at));
        at += 1;
        flags = at < length ? wordFlags(text.charCodeAt(at)) : 0;
      } while (flags !== 0);
      found = seen === DIGITS ? -1 : WORDS.findHashed(text, start, at, hash);
      if (found === -1) {
        if (seen === DIGITS) at = fractionEnd(text, at);
        found = shapeOf(text, start, at, seen);
      }
    } else {
      const sign = signAt(text, at, code);
      at += sign >> 8;
      found = sign & 255;
    }
    into[count] = found;
    if (starts !== undefined) starts[count] = start;
    count += 1;
  }
  return count;
}

const SPACE = 32;
const CARRIAGE_RETURN = 13;

// What a word is made of.
const DIGITS = 1;
const UNDERSCORES = 2;
const FOREIGN = 4;
const LETTERS = 8;
const HEX_LETTERS = 16;

const WORD_FLAGS = new Uint8Array(128);
for (let code = 48; code <= 57; code += 1) WORD_FLAGS[code] = DIGITS;
for (let code = 97; code <= 122; code += 1) {
  WORD_FLAGS[code] = code <= 102 ? HEX_LETTERS : LETTERS;
  WORD_FLAGS[code - 32] = code <= 102 ? HEX_LETTERS : LETTERS;
}
WORD_FLAGS[95] = UNDERSCORES;

/** What a character adds to a word; 0 when it is no part of one. */
function wordFlags(code: number): number {
  if (code < 128) return WORD_FLAGS[code] ?? 0;
  return isForeignLetter(code) ? FOREIGN : 0;
}

/** Roughly: letters of other alphabets stand in these blocks, punctuation and symbols outside them. */
function isForeignLetter(code: number): boolean {
  if (code < 0x2000)
    return code >= 0xc0 ? code !== 0xd7 && code !== 0xf7 : code === 0xaa || code === 0xb5 || code === 0xba;
  return (
    (code >= 0x2c00 && code < 0x2e00) ||
    (code >= 0x3040 && code < 0xd800) ||
    (code >= 0xf900 && code < 0xfe00)
  );
}

const shape = (name: string): number => SHAPE_CLASSES.indexOf(name);
const SHORT_WORD: number = shape('short-word');
const WORD: number = shape('word');
const LONG_WORD: number = shape('long-word');
const NAME_WITH_DIGITS: number = shape('name-with-digits');
const SNAKE_NAME: number = shape('snake-name');
const FOREIGN_WORD: number = shape('foreign-word');
const DIGIT: number = shape('digit');
const NUMBER: number = shape('number');
const LONG_NUMBER: number = shape('long-number');
const FRACTION: number = shape('fraction');
const SCIENTIFIC: number = shape('scientific');
const HEX_NUMBER: number = shape('hex-number');
const LONG_HEX: number = shape('long-hex');
const LONG_MIXED: number = shape('long-mixed');
const PERCENT_ESCAPE: number = shape('percent-escape');
const ESCAPE: number = shape('escape');
const NUMERIC_ENTITY: number = shape('numeric-entity');
const NAMED_ENTITY: number = shape('named-entity');
const EVENT_LIKE: number = shape('event-like');
const NEWLINE: number = shape('newline');
const ODD_SPACE: number = shape('odd-space');
const CONTROL: number = shape('control');
const REPLACEMENT: number = shape('replacement');
const FULL_WIDTH: number = shape('full-width');
const OTHER_SIGN: number = shape('other-sign');

function shapeOf(text: string, start: number, end: number, seen: number): number {
  const length = end - start;
  if ((seen & FOREIGN) !== 0) return FOREIGN_WORD;
  if ((seen & DIGITS) === 0) {
    if ((seen & UNDERSCORES) !== 0) return SNAKE_NAME;
    if (length >= 5 && isEventLike(text, start, end)) return EVENT_LIKE;
    return length <= 3 ? SHORT_WORD : length <= 16 ? WORD : LONG_WORD;
  }
  if (seen === DIGITS) {
    return length === 1 ? DIGIT : hasDot(text, start, end) ? FRACTION : length <= 5 ? NUMBER : LONG_NUMBER;
  }
  const second = text.charCodeAt(start + 1) | 32;
  if (text.charCodeAt(start) === 48 && second === 120) return HEX_NUMBER;
  if ((seen & (UNDERSCORES | LETTERS)) === 0 && isScientific(text, start, end)) return SCIENTIFIC;
  if ((seen & (UNDERSCORES | LETTERS)) === 0 && length >= 16) return LONG_HEX;
  if (length >= 20) return LONG_MIXED;
  return (seen & UNDERSCORES) === 0 ? NAME_WITH_DIGITS : SNAKE_NAME;
}

/** Where a number ends that goes on with a point and digits, as often as it does. */
function fractionEnd(text: string, end: number): number {
  let at = end;
  while (text.charCodeAt(at) === 46 && isDigit(text.charCodeAt(at + 1))) {
    at += 2;
    while (isDigit(text.charCodeAt(at))) at += 1;
  }
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function hasDot(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at) === 46) return true;
  return false;
}

/** Digits, one e, digits. */
function isScientific(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && isDigit(text.charCodeAt(at))) at += 1;
  if (at === start || at === end || (text.charCodeAt(at) | 32) !== 101) return false;
  at += 1;
  const exponent = at;
  while (at < end && isDigit(text.charCodeAt(at))) at += 1;
  return at === end && at > exponent;
}

/** A word that begins with `on` and is given a value, known to HTML or not. */
function isEventLike(text: string, start: number, end: number): boolean {
  if ((text.charCodeAt(start) | 32) !== 111 || (text.charCodeAt(start + 1) | 32) !== 110) return false;
  let at = end;
  while (at < end + 4 && isBlank(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === 61;
}

function isBlank(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13);
}

const FIRST_SIGN = SHAPE_CLASSES.length;
const FIRST_LONG_SIGN = FIRST_SIGN + SINGLE_SIGNS.length;
const FIRST_WORD_CLASS = FIRST_LONG_SIGN + SIGN_CLASSES.length;

const WORDS: WordTable = new WordTable(
  WORD_CLASSES.flatMap(([, words], index) =>
    words.split(' ').map((word): [string, number] => [word, FIRST_WORD_CLASS + index]),
  ),
);

/** The class of each sign alone, by its code; 0 for what is none. */
const SINGLE = new Uint8Array(128);
for (let index = 0; index < SINGLE_SIGNS.length; index += 1)
  SINGLE[SINGLE_SIGNS.charCodeAt(index)] = FIRST_SIGN + index;

/** The longer signs that begin with a character, by its code. */
const LONG_SIGNS: readonly (readonly (readonly [sign: string, number: number])[] | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => {
    const signs = SIGN_CLASSES.map((sign, index): [string, number] => [sign, FIRST_LONG_SIGN + index]).filter(
      ([sign]) => sign.charCodeAt(0) === code,
    );
    return signs.length === 0 ? undefined : signs;
  },
);

/** The sign at a position: its length in characters times 256, and its class. */
function signAt(text: string, at: number, code: number): number {
  if (code >= 128) return foreignSignAt(text, at, code);
  if (code === 37 && isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2))) {
    let end = at + 3;
    while (text.charCodeAt(end) === 37 && isHex(text.charCodeAt(end + 1)) && isHex(text.charCodeAt(end + 2)))
      end += 3;
    return ((end - at) << 8) | PERCENT_ESCAPE;
  }
  if (code === 92) {
    const length = escapeLength(text, at);
    if (length > 0) return (length << 8) | ESCAPE;
  }
  if (code === 38) {
    const entity = entityAt(text, at);
    if (entity > 0) return entity;
  }
  if (code === 36 || code === 35) {
    let end = at + 1;
    let hash = nextHash(EMPTY_HASH, code);
    while (end - at <= WORDS.longest && wordFlags(text.charCodeAt(end)) !== 0) {
      hash = nextHash(hash, text.charCodeAt(end));
      end += 1;
    }
    const found = end > at + 1 ? WORDS.findHashed(text, at, end, hash) : -1;
    if (found !== -1) return ((end - at) << 8) | found;
  }
  const single = SINGLE[code] ?? 0;
  if (single === 0) return blankAt(text, at, code);
  const longer = LONG_SIGNS[code];
  if (longer !== undefined) {
    for (const [sign, number] of longer) if (text.startsWith(sign, at)) return (sign.length << 8) | number;
  }
  return (1 << 8) | single;
}

function blankAt(text: string, at: number, code: number): number {
  let end = at + 1;
  if (code >= 9 && code <= 12) {
    while (isBlank(text.charCodeAt(end))) end += 1;
    return ((end - at) << 8) | (code === 10 ? NEWLINE : ODD_SPACE);
  }
  while (text.charCodeAt(end) === code) end += 1;
  return ((end - at) << 8) | CONTROL;
}

function foreignSignAt(text: string, at: number, code: number): number {
  const found = foreignSignClass(code);
  let end = at + 1;
  while (
    end < text.length &&
    !isForeignLetter(text.charCodeAt(end)) &&
    foreignSignClass(text.charCodeAt(end)) === found
  )
    end += 1;
  return ((end - at) << 8) | found;
}

function foreignSignClass(code: number): number {
  if (code < 128) return 0;
  if (code === 0xfffd) return REPLACEMENT;
  if (code >= 0xff01 && code <= 0xff5e) return FULL_WIDTH;
  if (
    code === 0xa0 ||
    code === 0x3000 ||
    code === 0x85 ||
    (code >= 0x2000 && code <= 0x200f) ||
    code === 0xfeff
  )
    return ODD_SPACE;
  return code < 0xa0 ? CONTROL : OTHER_SIGN;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

/** The length of a run of `\xHH`, `\uHHHH` and `\u{H…}`; 0 when there is none. */
function escapeLength(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === 92) {
    const kind = text.charCodeAt(at + 1) | 32;
    if (kind !== 120 && kind !== 117) break;
    let end = at + 2;
    if (text.charCodeAt(end) === 123) end += 1;
    const digits = end;
    while (end < digits + 6 && isHex(text.charCodeAt(end))) end += 1;
    if (end - digits < 2) break;
    if (text.charCodeAt(end) === 125) end += 1;
    at = end;
  }
  return at - start;
}

/** A run of numeric entities or one named entity: its length times 256, and its class; 0 when there is none. */
function entityAt(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === 38 && text.charCodeAt(at + 1) === 35) {
    let end = at + 2;
    if ((text.charCodeAt(end) | 32) === 120) end += 1;
    const digits = end;
    while (end < digits + 10 && isHex(text.charCodeAt(end))) end += 1;
    if (end === digits) break;
    if (text.charCodeAt(end) === 59) end += 1;
    at = end;
  }
  if (at > start) return ((at - start) << 8) | NUMERIC_ENTITY;
  let end = start + 1;
  while (end < start + 12 && (wordFlags(text.charCodeAt(end)) & (LETTERS | HEX_LETTERS)) !== 0) end += 1;
  return end > start + 2 && text.charCodeAt(end) === 59 ? ((end + 1 - start) << 8) | NAMED_ENTITY : 0;
}

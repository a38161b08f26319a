// A text read as SQL: tokens by kind, with comments, strings and numbers as five databases know them. What is lenient in
// any of them is lenient here, because the attacker knows which one it is and the reader does not.

import { SQL_WORDS } from './sqlWords.table.ts';
import { EMPTY_HASH, nextHash, WordTable } from './wordTable.ts';

/** What a text is a part of: nothing, or a string that the first of these quotes ends. */
export type SqlContext = '' | "'" | '"';

/** The tokens of one reading. The arrays are used again by the next. */
export interface SqlTokens {
  /** Character codes: of SQL_WORDS, or `1` number, `s` string, `n` name, `v` variable, `c` comment, `#` sign. */
  readonly kinds: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  count: number;
  /** Whether the last string is not closed. */
  isOpen: boolean;
  /** Whether there was a comment that MySQL runs: `/*!50000 …`. */
  hasRunComment: boolean;
}

const MAX_TOKENS = 2048;
/** Behind a quote that the text closes: what follows soon is what counts. */
const MAX_TOKENS_BEHIND = 128;

export function newSqlTokens(): SqlTokens {
  return {
    kinds: new Uint8Array(MAX_TOKENS),
    starts: new Uint32Array(MAX_TOKENS),
    ends: new Uint32Array(MAX_TOKENS),
    count: 0,
    isOpen: false,
    hasRunComment: false,
  };
}

const CODE = (letter: string): number => letter.charCodeAt(0);
const NUMBER: number = CODE('1');
const STRING: number = CODE('s');
const NAME: number = CODE('n');
const VARIABLE: number = CODE('v');
const COMMENT: number = CODE('c');
const LOGIC: number = CODE('&');
const COMPARE: number = CODE('=');
const ARITHMETIC: number = CODE('o');
const NEGATION: number = CODE('!');

const WORDS: WordTable = new WordTable(
  SQL_WORDS.flatMap(([kind, words]) => words.split(' ').map((word): [string, number] => [word, CODE(kind)])),
);

const IS_WORD = 1;
const IS_DIGIT = 2;
const IS_SPACE = 4;
const TRAITS = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) {
  const letter = String.fromCharCode(code);
  if (/[A-Za-z_$]/.test(letter) || code >= 0xc0) TRAITS[code] = IS_WORD;
  if (/[0-9]/.test(letter)) TRAITS[code] = IS_WORD | IS_DIGIT;
  if (code <= 32 || code === 0x7f || code === 0xa0 || code === 0x85) TRAITS[code] = IS_SPACE;
}

function traits(code: number): number {
  if (code < 256) return TRAITS[code] ?? 0;
  if (code === 0x3000 || code === 0xfeff || (code >= 0x2000 && code <= 0x200f)) return IS_SPACE;
  return (code >= 0x2010 && code <= 0x2bff) || (code >= 0x3001 && code <= 0x303f) ? 0 : IS_WORD;
}

/** Reads a text, at most `limit` characters of it, into `tokens`; stops when they are full. */
export function readSql(text: string, context: SqlContext, limit: number, tokens: SqlTokens): void {
  const length = Math.min(text.length, limit);
  tokens.count = 0;
  tokens.isOpen = false;
  tokens.hasRunComment = false;
  let at = 0;
  if (context !== '') {
    const quote = context.charCodeAt(0);
    while (at < length && text.charCodeAt(at) !== quote) at += 1;
    tokens.isOpen = at >= length;
    push(tokens, STRING, 0, at);
    at += 1;
  }
  const most = context === '' ? MAX_TOKENS : MAX_TOKENS_BEHIND;
  while (at < length && tokens.count < most) {
    const code = text.charCodeAt(at);
    const trait = traits(code);
    if ((trait & IS_SPACE) !== 0) at += 1;
    else if ((trait & IS_DIGIT) !== 0 || (code === DOT && isDigit(text.charCodeAt(at + 1))))
      at = readNumber(text, at, length, tokens);
    else if ((trait & IS_WORD) !== 0) at = readWord(text, at, length, tokens);
    else at = readSign(text, at, length, code, tokens);
  }
}

function push(tokens: SqlTokens, kind: number, start: number, end: number): void {
  if (tokens.count === MAX_TOKENS) return;
  tokens.kinds[tokens.count] = kind;
  tokens.starts[tokens.count] = start;
  tokens.ends[tokens.count] = end;
  tokens.count += 1;
}

const DOT = 46;
const BACKSLASH = 92;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Digits, points, exponents, `0x…` and `0b…`; a word that begins with digits is a name. */
function readNumber(text: string, start: number, length: number, tokens: SqlTokens): number {
  let at = start;
  if (text.charCodeAt(at) === 48 && (text.charCodeAt(at + 1) | 32) === 120) {
    at += 2;
    while (at < length && isHex(text.charCodeAt(at))) at += 1;
    push(tokens, NUMBER, start, at);
    return at;
  }
  while (at < length && isDigit(text.charCodeAt(at))) at += 1;
  if (text.charCodeAt(at) === DOT) {
    at += 1;
    while (at < length && isDigit(text.charCodeAt(at))) at += 1;
  }
  if ((text.charCodeAt(at) | 32) === 101) {
    let end = at + 1;
    const sign = text.charCodeAt(end);
    if ((sign === 43 || sign === 45) && isDigit(text.charCodeAt(end + 1))) end += 1;
    while (end < length && isDigit(text.charCodeAt(end))) end += 1;
    if (end > at + 1) at = end;
    // `1eunion select` and `1.e(` are read by MySQL as the number and what follows.
  }
  const end = wordEnd(text, at, length);
  if (end > at && end <= length) {
    const kind = WORDS.find(text, at, end);
    const skipsE = kind === -1 && (text.charCodeAt(at) | 32) === 101 ? WORDS.find(text, at + 1, end) : -1;
    if (kind !== -1 && kind !== CODE('f') && kind !== CODE('t')) {
      push(tokens, NUMBER, start, at);
      return at;
    }
    if (skipsE === CODE('U') || skipsE === CODE('&')) {
      push(tokens, NUMBER, start, at + 1);
      return at + 1;
    }
    push(tokens, NAME, start, end);
    return end;
  }
  push(tokens, NUMBER, start, at);
  return at;
}

function isHex(code: number): boolean {
  return isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
}

function wordEnd(text: string, start: number, length: number): number {
  let at = start;
  while (at < length && (traits(text.charCodeAt(at)) & IS_WORD) !== 0) at += 1;
  return at;
}

function readWord(text: string, start: number, length: number, tokens: SqlTokens): number {
  let at = start;
  let hash = EMPTY_HASH;
  while (at < length) {
    const code = text.charCodeAt(at);
    if ((traits(code) & IS_WORD) === 0) break;
    hash = nextHash(hash, code);
    at += 1;
  }
  const kind = WORDS.findHashed(text, start, at, hash);
  // N'…', x'…', e'…', b'…', u&'…', _utf8'…': the prefix is a part of the string.
  const next = text.charCodeAt(at);
  if (kind === -1 && (next === 39 || next === 34) && isStringPrefix(text, start, at))
    return readString(text, at, length, next, tokens);
  push(tokens, kind === -1 ? NAME : kind, start, at);
  return at;
}

function isStringPrefix(text: string, start: number, end: number): boolean {
  if (end - start === 1) return 'nNxXeEbBqQ'.includes(text.charAt(start));
  return text.charCodeAt(start) === 95 && end - start >= 4 && end - start <= 9;
}

/** A string up to the same quote, which twice or after a backslash does not end it. */
function readString(text: string, start: number, length: number, quote: number, tokens: SqlTokens): number {
  let at = start + 1;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 2;
    else if (code === quote) {
      if (text.charCodeAt(at + 1) !== quote) {
        push(tokens, quote === 96 ? NAME : STRING, start, at + 1);
        return at + 1;
      }
      at += 2;
    } else at += 1;
  }
  tokens.isOpen = true;
  push(tokens, quote === 96 ? NAME : STRING, start, length);
  return length;
}

function readSign(text: string, start: number, length: number, code: number, tokens: SqlTokens): number {
  const next = text.charCodeAt(start + 1);
  switch (code) {
    case 39:
    case 34:
    case 96:
      return readString(text, start, length, code, tokens);
    case 45: // `--` begins a comment, in MySQL only before a blank, elsewhere always.
      return next === 45
        ? comment(text, start, length, tokens)
        : sign(tokens, ARITHMETIC, start, next === 62 ? 2 : 1);
    case 35:
      return next === 62 || next === 45
        ? sign(tokens, ARITHMETIC, start, 2)
        : comment(text, start, length, tokens);
    case 47:
      return next === 42 ? blockComment(text, start, length, tokens) : sign(tokens, ARITHMETIC, start, 1);
    case 42: // The end of a comment that MySQL runs.
      return next === 47 ? start + 2 : sign(tokens, ARITHMETIC, start, 1);
    case 38:
    case 124:
      return next === code ? sign(tokens, LOGIC, start, 2) : sign(tokens, ARITHMETIC, start, 1);
    case 61:
    case 60:
    case 62:
      return compare(text, start, code, tokens);
    case 33:
      if (next === 61 || next === 60 || next === 62) return sign(tokens, COMPARE, start, 2);
      return sign(tokens, next === 126 ? COMPARE : NEGATION, start, next === 126 ? 2 : 1);
    case 126:
      return sign(tokens, NEGATION, start, 1);
    case 43:
    case 37:
    case 94:
      return sign(tokens, ARITHMETIC, start, 1);
    case 58:
      return next === 61
        ? sign(tokens, COMPARE, start, 2)
        : sign(tokens, next === 58 ? ARITHMETIC : code, start, next === 58 ? 2 : 1);
    case 64: // `@>` and `@@` without a name are operators of PostgreSQL.
      if (next === 62) return sign(tokens, COMPARE, start, 2);
      return variable(text, start, length, tokens);
    case 92: // `\N` is null in MySQL.
      return next === 78 ? sign(tokens, CODE('0'), start, 2) : sign(tokens, code, start, 1);
    case 91: {
      const end = wordEnd(text, start + 1, Math.min(length, start + 60));
      if (end > start + 1 && text.charCodeAt(end) === 93) return sign(tokens, NAME, start, end + 1 - start);
      return sign(tokens, code, start, 1);
    }
    default:
      return sign(tokens, code < 128 ? code : 63, start, 1);
  }
}

function sign(tokens: SqlTokens, kind: number, start: number, size: number): number {
  push(tokens, kind, start, start + size);
  return start + size;
}

function compare(text: string, start: number, code: number, tokens: SqlTokens): number {
  let at = start + 1;
  if (code === 60 && text.charCodeAt(at) === 64) return sign(tokens, COMPARE, start, 2);
  while (at < start + 3 && (text.charCodeAt(at) === 61 || text.charCodeAt(at) === 62)) at += 1;
  if (code === 60 && at === start + 1 && text.charCodeAt(at) === 60)
    return sign(tokens, ARITHMETIC, start, 2);
  if (code === 62 && text.charCodeAt(start + 1) === 62) return sign(tokens, ARITHMETIC, start, 2);
  return sign(tokens, COMPARE, start, at - start);
}

/** A comment to the end of the line. What follows on the next line is read on. */
function comment(text: string, start: number, length: number, tokens: SqlTokens): number {
  let at = start;
  while (at < length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at += 1;
  push(tokens, COMMENT, start, at);
  return at;
}

function blockComment(text: string, start: number, length: number, tokens: SqlTokens): number {
  if (text.charCodeAt(start + 2) === 33) {
    tokens.hasRunComment = true;
    let at = start + 3;
    while (at < length && isDigit(text.charCodeAt(at)) && at < start + 9) at += 1;
    return at;
  }
  const end = text.indexOf('*/', start + 2);
  if (end === -1 || end >= length) {
    push(tokens, COMMENT, start, length);
    return length;
  }
  // Closed comments are blanks.
  return end + 2;
}

/** `@name`, `@@name`, `@'name'`. */
function variable(text: string, start: number, length: number, tokens: SqlTokens): number {
  let at = start + 1;
  if (text.charCodeAt(at) === 64) at += 1;
  const quote = text.charCodeAt(at);
  if (quote === 39 || quote === 34 || quote === 96) {
    const end = text.indexOf(text.charAt(at), at + 1);
    at = end === -1 || end >= length ? length : end + 1;
  } else {
    at = wordEnd(text, at, length);
    while (text.charCodeAt(at) === DOT && at < length) at = wordEnd(text, at + 1, length);
  }
  push(tokens, VARIABLE, start, Math.min(at, length));
  return Math.min(at, length);
}

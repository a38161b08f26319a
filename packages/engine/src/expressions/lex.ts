// Text to tokens, by the lexical rules of expr-lang 1.17.

import { ExpressionFault } from './errors.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'bytes' | 'operator' | 'bracket' | 'end';
  /** The name, operator or bracket; the digits of a number; the unescaped text of a string. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WORD_OPERATORS = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);

const SPACE = /\s+/uy;
const WORD = /[\p{L}_$][\p{L}\p{Nd}_$]*/uy;
const ALPHANUMERIC = /[\p{L}\p{Nd}_$]/uy;
const NUMBER =
  /(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9][0-9_]*(?:\.(?!\.)[0-9_]*)?(?:[eE][+-]?[0-9_]*)?|\.[0-9][0-9_]*(?:[eE][+-]?[0-9_]*)?)/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const OPERATOR = /\?\.|\?\?|\?|\|\||\||::|:|\.\.|\.|[&!=*<>][&=*]|[&!=*<>]|[,;%+\-^/]|##?/y;

/** Returns the tokens of an expression, the last one of kind `end`; throws an ExpressionFault on bad text. */
export function lex(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const push = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, start: at, end: at + length });
    at += length;
  };
  while (at < source.length) {
    const skipped = take(SPACE) ?? take(COMMENT);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const character = source[at]!;
    if (character === '"' || character === "'") {
      const end = quotedEnd(source, at);
      push('string', unescape(source, at, end, false), end - at);
      continue;
    }
    if (character === '`') {
      const end = rawEnd(source, at);
      push('string', source.slice(at + 1, end - 1).replaceAll('``', '`'), end - at);
      continue;
    }
    if (/[bB]/.test(character) && /["']/.test(source[at + 1] ?? '')) {
      const end = quotedEnd(source, at + 1);
      push('bytes', unescape(source, at + 1, end, true), end - at);
      continue;
    }
    if ('()[]{}'.includes(character)) {
      push('bracket', character, 1);
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      push('number', number, number.length);
      if (take(ALPHANUMERIC) !== undefined) fail(`'${number}' is followed by a letter`, at);
      continue;
    }
    const word = take(WORD);
    if (word !== undefined) {
      push(WORD_OPERATORS.has(word) ? 'operator' : 'name', word, word.length);
      continue;
    }
    if (source.startsWith('/*', at)) fail('The comment is not closed', at, 'Close it with */');
    const operator = take(OPERATOR);
    if (operator === undefined) {
      const unknown = String.fromCodePoint(source.codePointAt(at)!);
      fail(`'${unknown}' is no character of an expression`, at, 'Put text into quotes');
    }
    push('operator', operator, operator.length);
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length });
  return tokens;
}

function fail(message: string, offset: number, hint?: string): never {
  throw new ExpressionFault('E_EXPRESSION_SYNTAX', message, offset, hint);
}

function quotedEnd(source: string, start: number): number {
  const quote = source[start]!;
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at]!;
    if (character === '\\') at++;
    else if (character === quote) return at + 1;
    else if (character === '\n') break;
  }
  return fail('The text is not closed', start, `Close it with ${quote} on the same line`);
}

/** Backtick strings have no escapes but one: two backticks are one. */
function rawEnd(source: string, start: number): number {
  let at = start + 1;
  for (;;) {
    at = source.indexOf('`', at);
    if (at < 0) return fail('The text is not closed', start, 'Close it with a backtick');
    if (source[at + 1] !== '`') return at + 1;
    at += 2;
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};

const NUMERIC_ESCAPE =
  /[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y;

/**
 * Returns the text between the quotes at `start` and `end - 1`. For bytes, a character of the result is a byte
 * where it was written as an escape; others are encoded in UTF-8 by the parser.
 */
function unescape(source: string, start: number, end: number, asBytes: boolean): string {
  const body = source.slice(start + 1, end - 1);
  if (!body.includes('\\') && !body.includes('\r') && !asBytes) return body;
  let text = '';
  for (let at = start + 1; at < end - 1; at++) {
    const character = source[at]!;
    if (character === '\r') {
      text += '\n';
      if (source[at + 1] === '\n') at++;
      continue;
    }
    if (character !== '\\') {
      const whole = String.fromCodePoint(source.codePointAt(at)!);
      text += asBytes ? utf8Bytes(whole) : whole;
      at += whole.length - 1;
      continue;
    }
    const next = source[at + 1] ?? '';
    const simple = SIMPLE_ESCAPES[next];
    if (simple !== undefined) {
      text += simple;
      at++;
      continue;
    }
    NUMERIC_ESCAPE.lastIndex = at + 1;
    const match = NUMERIC_ESCAPE.exec(source);
    const [whole = '', hex, octal, braced, short, long] = match ?? [];
    const unicode = braced ?? short ?? long;
    const code = octal === undefined ? parseInt(hex ?? unicode ?? '', 16) : parseInt(octal, 8);
    if (match === null || code > 0x10_ff_ff || (asBytes && unicode !== undefined)) {
      fail(`'\\${next}' is no escape`, at, `Write '\\\\${next}' for a backslash followed by '${next}'`);
    }
    text += String.fromCodePoint(code >= 0xd8_00 && code <= 0xdf_ff ? 0xff_fd : code);
    at += whole.length;
  }
  return text;
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

// Character references of HTML, numeric ones with or without their semicolon as browsers read them, and the named ones
// that stand for characters an attack needs.

import { hexValue, nextOf } from './percent.ts';

const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['colon', ':'],
  ['semi', ';'],
  ['comma', ','],
  ['period', '.'],
  ['lpar', '('],
  ['rpar', ')'],
  ['lsqb', '['],
  ['rsqb', ']'],
  ['lbrack', '['],
  ['rbrack', ']'],
  ['lcub', '{'],
  ['rcub', '}'],
  ['lbrace', '{'],
  ['rbrace', '}'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['grave', '`'],
  ['dollar', '$'],
  ['num', '#'],
  ['equals', '='],
  ['excl', '!'],
  ['quest', '?'],
  ['ast', '*'],
  ['plus', '+'],
  ['percnt', '%'],
  ['vert', '|'],
  ['lowbar', '_'],
  ['commat', '@'],
  ['Tab', '\t'],
  ['NewLine', '\n'],
]);

/** These are read without a semicolon too, as they were in use before it was asked for. */
const LOOSE: readonly string[] = ['lt', 'gt', 'amp', 'quot', 'LT', 'GT', 'AMP', 'QUOT'];
const LONGEST_NAME = 8;

/**
 * The text with its references decoded; undefined when none of them stands for more than a blank, which editors put
 * into every text.
 */
export function decodeEntities(text: string): string | undefined {
  let at = text.indexOf('&');
  let out = '';
  let copied = 0;
  let matters = false;
  while (at >= 0) {
    const read = text.charCodeAt(at + 1) === 0x23 ? readNumeric(text, at + 2) : readNamed(text, at + 1);
    if (read !== undefined) {
      out += text.slice(copied, at) + read.char;
      copied = read.end;
      matters ||= read.char !== ' ';
    }
    at = nextOf(text, '&', Math.max(copied, at + 1));
  }
  return matters ? out + text.slice(copied) : undefined;
}

interface Reference {
  readonly char: string;
  readonly end: number;
}

function readNumeric(text: string, start: number): Reference | undefined {
  const isHex = (text.charCodeAt(start) | 0x20) === 0x78;
  const base = isHex ? 16 : 10;
  let at = isHex ? start + 1 : start;
  const first = at;
  let code = 0;
  for (; at < text.length; at++) {
    const digit = hexValue(text.charCodeAt(at));
    if (digit < 0 || digit >= base) break;
    code = Math.min(code * base + digit, 0x110000);
  }
  if (at === first || code === 0 || code > 0x10ffff) return undefined;
  return { char: String.fromCodePoint(code), end: text.charCodeAt(at) === 0x3b ? at + 1 : at };
}

function readNamed(text: string, start: number): Reference | undefined {
  if (!isLetter(text.charCodeAt(start))) return undefined;
  let end = start;
  while (end < text.length && end - start <= LONGEST_NAME && isLetter(text.charCodeAt(end))) end++;
  if (text.charCodeAt(end) === 0x3b) {
    const name = text.slice(start, end);
    const char = NAMED.get(name) ?? NAMED.get(name.toLowerCase());
    return char === undefined ? undefined : { char, end: end + 1 };
  }
  const first = text.charCodeAt(start) | 0x20;
  // l, g, a, q
  if (first !== 0x6c && first !== 0x67 && first !== 0x61 && first !== 0x71) return undefined;
  const loose = LOOSE.find((name) => text.startsWith(name, start));
  const char = loose === undefined ? undefined : NAMED.get(loose.toLowerCase());
  return loose === undefined || char === undefined ? undefined : { char, end: start + loose.length };
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

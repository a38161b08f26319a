// HTML's character references as bytes: all numbers, and the names of the characters that attacks are written with.

import { toBytes } from './bytes.ts';

const LONGEST = 12;

/** Undoes character references; what is none that is known stays. */
export function decodeEntities(value: string): string {
  let at = value.indexOf('&');
  if (at < 0) return value;
  let out = '';
  let from = 0;
  while (at >= 0) {
    const reference = value[at + 1] === '#' ? numbered(value, at) : named(value, at);
    if (reference !== undefined) {
      out += value.slice(from, at) + toBytes(reference.text);
      from = reference.end;
    }
    at = value.indexOf('&', Math.max(at + 1, from));
  }
  return out + value.slice(from);
}

interface Reference {
  readonly text: string;
  readonly end: number;
}

function numbered(value: string, at: number): Reference | undefined {
  const isHex = value[at + 2] === 'x' || value[at + 2] === 'X';
  const start = at + (isHex ? 3 : 2);
  const digit = isHex ? /[0-9a-fA-F]/ : /[0-9]/;
  let end = start;
  let code = 0;
  while (end < value.length && digit.test(value[end]!)) {
    code = Math.min(code * (isHex ? 16 : 10) + Number.parseInt(value[end]!, 16), 0x110000);
    end++;
  }
  if (end === start) return undefined;
  if (value[end] === ';') end++;
  const isCharacter = code > 0 && code < 0x110000 && !(code >= 0xd800 && code < 0xe000);
  return { text: isCharacter ? String.fromCodePoint(code) : '\uFFFD', end };
}

function named(value: string, at: number): Reference | undefined {
  let end = at + 1;
  while (end < value.length && end - at <= LONGEST && /[0-9A-Za-z]/.test(value[end]!)) end++;
  const name = value.slice(at + 1, end);
  if (value[end] === ';') {
    const text = NAMES.get(name);
    return text === undefined ? undefined : { text, end: end + 1 };
  }
  // The old names need no semicolon, and may run into what follows.
  for (const old of OLD_NAMES) {
    if (name.startsWith(old)) return { text: NAMES.get(old)!, end: at + 1 + old.length };
  }
  return undefined;
}

const OLD_NAMES = ['quot', 'QUOT', 'nbsp', 'amp', 'AMP', 'lt', 'LT', 'gt', 'GT'];

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Tab: '\t',
    NewLine: '\n',
    nbsp: '\u00A0',
    excl: '!',
    quot: '"',
    QUOT: '"',
    num: '#',
    dollar: '$',
    percnt: '%',
    amp: '&',
    AMP: '&',
    apos: "'",
    lpar: '(',
    rpar: ')',
    ast: '*',
    midast: '*',
    plus: '+',
    comma: ',',
    period: '.',
    sol: '/',
    colon: ':',
    semi: ';',
    lt: '<',
    LT: '<',
    equals: '=',
    gt: '>',
    GT: '>',
    quest: '?',
    commat: '@',
    lsqb: '[',
    lbrack: '[',
    bsol: '\\',
    rsqb: ']',
    rbrack: ']',
    Hat: '^',
    lowbar: '_',
    UnderBar: '_',
    grave: '`',
    DiacriticalGrave: '`',
    lcub: '{',
    lbrace: '{',
    verbar: '|',
    vert: '|',
    VerticalLine: '|',
    rcub: '}',
    rbrace: '}',
    hyphen: '\u2010',
    lsquo: '\u2018',
    rsquo: '\u2019',
    ldquo: '\u201C',
    rdquo: '\u201D',
  }),
);

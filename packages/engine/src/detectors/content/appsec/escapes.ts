// Escapes of JavaScript and CSS strings, as Coraza's `jsDecode` and `cssDecode` undo them: of a character beyond one
// byte only the lower byte is kept, and full-width letters become the plain ones.

import { hexValue } from './bytes.ts';

export function decodeJavaScript(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  let out = value.slice(0, at);
  while (at < value.length) {
    const character = value[at]!;
    if (character !== '\\' || at + 1 >= value.length) {
      out += character;
      at++;
      continue;
    }
    const next = value[at + 1]!;
    if (next === 'u' && isHex(value, at + 2, 4)) {
      out += lowByte(value, at + 2, 4);
      at += 6;
    } else if (next === 'x' && isHex(value, at + 2, 2)) {
      out += lowByte(value, at + 2, 2);
      at += 4;
    } else if (isOctal(next)) {
      let digits = next;
      while (digits.length < 3 && isOctal(value[at + 1 + digits.length]))
        digits += value[at + 1 + digits.length]!;
      if (digits.length === 3 && digits > '377') digits = digits.slice(0, 2);
      out += String.fromCharCode(Number.parseInt(digits, 8));
      at += 1 + digits.length;
    } else {
      out += SINGLE[next] ?? next;
      at += 2;
    }
  }
  return out;
}

const SINGLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export function decodeCss(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  let out = value.slice(0, at);
  while (at < value.length) {
    if (value[at] !== '\\') {
      out += value[at++]!;
      continue;
    }
    at++;
    if (at >= value.length) break;
    let digits = 0;
    while (digits < 6 && isHex(value, at + digits, 1)) digits++;
    if (digits > 0) {
      out += lowByte(value, at, digits);
      at += digits;
      // One blank ends an escape and belongs to it.
      if (at < value.length && /[ \t-\r]/.test(value[at]!)) at++;
    } else {
      if (value[at] !== '\n') out += value[at]!;
      at++;
    }
  }
  return out;
}

/** The last two of `digits` digits as a byte; U+FF01 to U+FF5E as the plain character. */
function lowByte(value: string, at: number, digits: number): string {
  const code = Number.parseInt(value.slice(at, at + digits), 16);
  const low = code & 0xff;
  return String.fromCharCode(code >>> 8 === 0xff && low > 0 && low < 0x5f ? low + 0x20 : low);
}

function isHex(value: string, at: number, count: number): boolean {
  if (at + count > value.length) return false;
  for (let i = 0; i < count; i++) if (hexValue(value.charCodeAt(at + i)) < 0) return false;
  return true;
}

function isOctal(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '7';
}

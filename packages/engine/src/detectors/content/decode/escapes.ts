// Backslash escapes that JavaScript, PHP and shells undo: \u0041, \u{41}, \x41, \101.

import { hexValue, nextOf } from './percent.ts';
import { decodeLenient, isOverlong } from './utf8.ts';

/** The text with its escapes undone; undefined when it has none. Bytes in `\x` that follow each other are read as UTF-8. */
export function decodeEscapes(text: string): string | undefined {
  let at = text.indexOf('\\');
  let out = '';
  let copied = 0;
  let isChanged = false;
  while (at >= 0) {
    const read = readEscape(text, at);
    if (read !== undefined) {
      isChanged = true;
      out += text.slice(copied, at) + read.text;
      copied = read.end;
    }
    at = nextOf(text, '\\', Math.max(copied, at + 1));
  }
  return isChanged ? out + text.slice(copied) : undefined;
}

interface Escape {
  readonly text: string;
  readonly end: number;
}

function readEscape(text: string, at: number): Escape | undefined {
  const kind = text.charCodeAt(at + 1);
  if ((kind | 0x20) === 0x75) return readUnicode(text, at + 2);
  if ((kind | 0x20) === 0x78) return readBytes(text, at);
  if (kind >= 0x30 && kind <= 0x33) return readOctal(text, at + 1);
  return undefined;
}

function readUnicode(text: string, start: number): Escape | undefined {
  if (text.charCodeAt(start) === 0x7b) {
    const close = text.indexOf('}', start);
    if (close < 0 || close - start > 9) return undefined;
    const code = readHex(text, start + 1, close);
    return code < 0 || code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), end: close + 1 };
  }
  const code = start + 4 > text.length ? -1 : readHex(text, start, start + 4);
  return code < 0 ? undefined : { text: String.fromCharCode(code), end: start + 4 };
}

function readBytes(text: string, at: number): Escape | undefined {
  const bytes: number[] = [];
  let seen = 0;
  let end = at;
  while (text.charCodeAt(end) === 0x5c && (text.charCodeAt(end + 1) | 0x20) === 0x78 && bytes.length < 1024) {
    const byte = end + 4 > text.length ? -1 : readHex(text, end + 2, end + 4);
    if (byte < 0) break;
    bytes.push(byte);
    seen |= byte;
    end += 4;
  }
  if (bytes.length === 0) return undefined;
  if (seen < 0x80) return { text: String.fromCharCode(...bytes), end };
  const array = Uint8Array.from(bytes);
  const decoded = isOverlong(array, array.length)
    ? decodeLenient(array, array.length)
    : Buffer.from(array.buffer).toString('utf8');
  return { text: decoded, end };
}

// Three digits only: `\1` is a reference of a pattern, and `\12` begins many a path of Windows.
function readOctal(text: string, start: number): Escape | undefined {
  let code = 0;
  for (let i = start; i < start + 3; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 7)) return undefined;
    code = code * 8 + digit;
  }
  return code < 0x20 || code > 0x7e ? undefined : { text: String.fromCharCode(code), end: start + 3 };
}

function readHex(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return end > start ? value : -1;
}

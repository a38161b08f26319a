// What a value is made of, found in one pass over a table of characters: most values are plain words, numbers and
// tokens, and need no decoder at all. Each bit says that one decoder has something to look for.

import { HAS_CONTROL_SIGN, HAS_WIDE_SIGN, signsOf } from '../signs.ts';
import { copyUnits, SHORTEST_COPIED } from '../unitBytes.ts';

export const HAS_PERCENT = 1;
export const HAS_AMPERSAND = 2;
export const HAS_BACKSLASH = 4;
export const HAS_WIDE = 8;
export const HAS_CONTROL = 16;
/** A character that base64, plain or for addresses, broken into lines or not, does not have. */
export const HAS_OTHER_THAN_BASE64 = 32;
/** A character outside letters, digits, `_`, `-` and `.`. */
export const HAS_UNUSUAL = 64;
export const HAS_COLON = 128;
/** A character outside hexadecimal digits. */
export const HAS_OTHER_THAN_HEX = 256;
export const HAS_BLANK = 512;
export const HAS_DOT = 1024;

const WIDE_TRAITS = HAS_WIDE | HAS_OTHER_THAN_BASE64 | HAS_UNUSUAL | HAS_OTHER_THAN_HEX;
/** The bits of each byte; 128 and above stand for units beyond ASCII. */
export const TRAITS: Uint16Array = new Uint16Array(256).fill(WIDE_TRAITS);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  let bits = 0;
  if (char === '%') bits |= HAS_PERCENT;
  if (char === '&') bits |= HAS_AMPERSAND;
  if (char === '\\') bits |= HAS_BACKSLASH;
  if (char === ':') bits |= HAS_COLON;
  if (code === 127 || (code < 32 && !/[\t\n\r]/.test(char))) bits |= HAS_CONTROL;
  if (!/[A-Za-z0-9+/=_\s-]/.test(char)) bits |= HAS_OTHER_THAN_BASE64;
  if (/\s/.test(char)) bits |= HAS_BLANK;
  if (!/[A-Za-z0-9_.-]/.test(char)) bits |= HAS_UNUSUAL;
  if (!/[A-Fa-f0-9]/.test(char)) bits |= HAS_OTHER_THAN_HEX;
  if (char === '.') bits |= HAS_DOT;
  TRAITS[code] = bits;
}

/** Read so much at a time. */
const CHUNK = 8192;
const BYTES = new Uint8Array(CHUNK);

/** The bits above of every character of the text together; 0 or only `HAS_OTHER_THAN_HEX` and the like when plain. */
export function traitsOf(text: string): number {
  const { length } = text;
  let bits = 0;
  if (length < SHORTEST_COPIED) {
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      bits |= code < 128 ? TRAITS[code]! : WIDE_TRAITS;
    }
    return bits;
  }
  for (let start = 0; start < length; start += CHUNK) {
    const chunk = length <= CHUNK ? text : text.slice(start, start + CHUNK);
    copyUnits(chunk, BYTES);
    for (let i = 0; i < chunk.length; i++) bits |= TRAITS[BYTES[i]!]!;
  }
  return bits;
}

const PERCENT_SIGN: number = signsOf('%');
const AMPERSAND_SIGN: number = signsOf('&');
const BACKSLASH_SIGN: number = signsOf('\\');
const COLON_SIGN: number = signsOf(':');
const BASE64_SIGNS: number = signsOf('+/=-\n');
const USUAL_SIGNS: number = signsOf('.-');
/** Shorter words are no base64. */
const SHORTEST_BASE64 = 10;

/** The same of a text whose signs are known; whether it has blanks and hexadecimal digits alone only where it matters. */
export function traitsFrom(signs: number, text: string): number {
  let bits = 0;
  if ((signs & PERCENT_SIGN) !== 0) bits |= HAS_PERCENT;
  if ((signs & AMPERSAND_SIGN) !== 0) bits |= HAS_AMPERSAND;
  if ((signs & BACKSLASH_SIGN) !== 0) bits |= HAS_BACKSLASH;
  if ((signs & COLON_SIGN) !== 0) bits |= HAS_COLON;
  if ((signs & HAS_WIDE_SIGN) !== 0) bits |= HAS_WIDE;
  if ((signs & HAS_CONTROL_SIGN) !== 0) bits |= HAS_CONTROL;
  if ((signs & ~USUAL_SIGNS) !== 0) bits |= HAS_UNUSUAL;
  if ((signs & ~BASE64_SIGNS) !== 0) return bits | HAS_OTHER_THAN_BASE64 | HAS_OTHER_THAN_HEX;
  return text.length < SHORTEST_BASE64 ? bits : traitsOf(text);
}

const USUAL_IN_NAMES = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-[]:@ ') {
  USUAL_IN_NAMES[char.charCodeAt(0)] = 1;
}

/** Whether a name of a parameter or key holds what forms and APIs do not put there: quotes, `#`, `$`, `<`, two dots, much text. */
export function isUnusualName(name: string): boolean {
  if (name.length > 128) return true;
  let dots = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 128 || USUAL_IN_NAMES[code] === 0) return true;
    // Paths of classes and properties, which PHP makes `_` of.
    if (code === 0x2e && ++dots > 1) return true;
  }
  return false;
}

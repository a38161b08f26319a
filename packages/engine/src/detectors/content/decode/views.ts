// The other readings of a value. A chain: each step takes off the outermost layer of encoding and looks again, so a
// payload wrapped twice shows in the second view; the steps that find nothing cost a look at the bits of `traitsOf`.

import type { Decoding, View } from '../parts.ts';
import { unwrapBase64, unwrapHex, type Unwrapped } from './armour.ts';
import { decodeEntities } from './entities.ts';
import { decodeEscapes } from './escapes.ts';
import { foldToAscii } from './folding.ts';
import { VIEW_DEPTH, VIEWS_PER_PART } from './limits.ts';
import { decodePercentAgain } from './percent.ts';
import {
  HAS_AMPERSAND,
  HAS_BACKSLASH,
  HAS_BLANK,
  HAS_COLON,
  HAS_CONTROL,
  HAS_OTHER_THAN_BASE64,
  HAS_OTHER_THAN_HEX,
  HAS_PERCENT,
  HAS_WIDE,
  traitsOf,
} from './traits.ts';

export const NO_VIEWS: readonly View[] = [];

const LAYERED = HAS_PERCENT | HAS_AMPERSAND | HAS_BACKSLASH | HAS_WIDE | HAS_CONTROL;

/**
 * The other readings of a value with these traits, nearest first; `lenient` is its reading with overlong characters
 * taken for what they stand for, when that differs. At most `room` characters in all.
 */
export function viewsOf(
  value: string,
  traits: number,
  lenient: string | undefined,
  room: number,
): readonly View[] {
  const views: View[] = [];
  let left = room;
  let text = value;
  let bits = traits;
  let decodings: readonly Decoding[] = [];
  if (lenient !== undefined && lenient !== value) {
    decodings = ['overlong'];
    text = lenient;
    bits = traitsOf(text);
    views.push({ text, decodings });
    left -= text.length;
  }
  for (let depth = 0; depth < VIEW_DEPTH && views.length < VIEWS_PER_PART; depth++) {
    const step = unwrapOnce(text, bits);
    if (step === undefined || step.text.length > left || step.text.length === 0) break;
    text = step.text;
    bits = traitsOf(text);
    left -= text.length;
    decodings = [...decodings, ...step.decodings];
    views.push({ text, decodings });
  }
  return views.length === 0 ? NO_VIEWS : views;
}

/** Whether a value with these traits may have other readings; of most that have none that is known without a try. */
export function mayUnwrap(value: string, traits: number): boolean {
  if ((traits & LAYERED) !== 0) return true;
  if ((traits & HAS_OTHER_THAN_BASE64) === 0) return value.length >= 10;
  if (value.includes('ADw') || value.includes('0x2') || hasPlusForBlank(value, traits)) return true;
  return (traits & HAS_COLON) !== 0 && value.includes('base64,');
}

function unwrapOnce(text: string, bits: number): Unwrapped | undefined {
  if ((bits & HAS_CONTROL) !== 0) {
    const shown = withoutNulls(text);
    if (shown !== undefined) return shown;
  }
  if ((bits & HAS_PERCENT) !== 0) {
    const again = decodePercentAgain(text);
    if (again !== undefined) return { text: again.text, decodings: percentDecodings(again) };
  }
  if ((bits & HAS_AMPERSAND) !== 0) {
    const decoded = decodeEntities(text);
    if (decoded !== undefined) return { text: decoded, decodings: ['entity'] };
  }
  if ((bits & HAS_BACKSLASH) !== 0) {
    const decoded = decodeEscapes(text);
    if (decoded !== undefined) return { text: decoded, decodings: ['escape'] };
  }
  if ((bits & HAS_WIDE) !== 0) {
    const folded = foldToAscii(text);
    if (folded !== undefined) return { text: folded, decodings: ['unicode'] };
  }
  return unwrapArmour(text, bits) ?? readOddForms(text, bits);
}

function percentDecodings(again: NonNullable<ReturnType<typeof decodePercentAgain>>): Decoding[] {
  const decodings: Decoding[] = [];
  if (again.hasPercent) decodings.push('percent');
  if (again.hasPercentU) decodings.push('percent-u');
  if (again.isOverlong) decodings.push('overlong');
  return decodings;
}

// A NUL ends a string in C, and is dropped by databases; two-byte text put where one-byte text belongs has many.
function withoutNulls(text: string): Unwrapped | undefined {
  const first = text.indexOf('\0');
  if (first < 0) return undefined;
  const shown = text.replaceAll('\0', '');
  return { text: shown, decodings: [shown.length * 1.5 <= text.length ? 'utf16' : 'nul'] };
}

function unwrapArmour(text: string, bits: number): Unwrapped | undefined {
  if ((bits & HAS_OTHER_THAN_BASE64) === 0) {
    if ((bits & HAS_OTHER_THAN_HEX) === 0 || text.startsWith('0x')) {
      const unwrapped = unwrapHex(text);
      if (unwrapped !== undefined) return unwrapped;
    }
    if ((bits & HAS_BLANK) === 0) return unwrapBase64(text);
    // Broken into lines, or a `+` that a form took for a blank; words have more blanks.
    if (text.length < 16 || !hasFewBlanks(text)) return undefined;
    return unwrapBase64(text.replace(/[\r\n\t]/g, '').replaceAll(' ', '+'));
  }
  const at = text.indexOf('base64,');
  if (at >= 0 && (bits & HAS_COLON) !== 0) return unwrapBase64(text.slice(at + 7, base64End(text, at + 7)));
  return undefined;
}

function hasFewBlanks(text: string): boolean {
  let left = 1 + text.length / 12;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) <= 0x20 && --left < 0) return false;
  return true;
}

function base64End(text: string, start: number): number {
  let end = start;
  while (end < text.length && (traitsOf(text.charAt(end)) & HAS_OTHER_THAN_BASE64) === 0) end++;
  return end;
}

/** `or+1=1`, which software that decodes a form's value again reads with blanks; in a text with blanks it is a sign. */
function hasPlusForBlank(text: string, bits: number): boolean {
  if ((bits & HAS_BLANK) !== 0 || !text.includes('+')) return false;
  // A token has one by chance, and no words.
  return ((bits & HAS_OTHER_THAN_BASE64) === 0 ? PLUS_IN_WORDS : PLUS_BY_WORD).test(text);
}

const PLUS_BY_WORD = /[a-z]\+|\+[a-z]/i;
const PLUS_IN_WORDS = /^[a-z\d/=]{0,16}(?:\+[a-z\d/=]{0,16})+$/i;

// UTF-7 as old browsers read it (`+ADw-` is `<`; a form makes a blank of the `+`), dots and slashes written `0x2e`, and
// blanks of a form inside a form.
function readOddForms(text: string, bits: number): Unwrapped | undefined {
  if (text.includes('ADw')) {
    const decoded = text.replace(/[+ ]([A-Za-z0-9/]{2,64})-/g, (all, base64: string) => {
      const bytes = Buffer.from(base64, 'base64');
      const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
      return even.length === 0 ? all : Buffer.from(even).swap16().toString('utf16le');
    });
    if (decoded !== text) return { text: decoded, decodings: ['utf7'] };
  }
  if (text.includes('0x2')) {
    const decoded = text.replace(/0x(2e|2f|5c)/gi, (_all, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
    if (decoded !== text) return { text: decoded, decodings: ['hex'] };
  }
  if (hasPlusForBlank(text, bits)) return { text: text.replaceAll('+', ' '), decodings: ['plus'] };
  return undefined;
}

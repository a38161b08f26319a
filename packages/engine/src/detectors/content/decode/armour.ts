// Text wrapped as other text: base64 and hexadecimal. Taken off only where the result is text, so that tokens, hashes
// and pictures stay what they are.

import { gunzipSync } from 'node:zlib';
import type { Decoding } from '../parts.ts';
import { HAS_OTHER_THAN_BASE64, traitsOf } from './traits.ts';

export interface Unwrapped {
  readonly text: string;
  readonly decodings: readonly Decoding[];
}

const MIN_BASE64 = 8;
const MIN_HEX = 16;
const MAX_INFLATED = 65_536;
const PRINTABLE_SHARE = 0.97;

/** What the base64 text, plain or for addresses, holds; undefined when that is no text (or no more than one word). */
export function unwrapBase64(text: string): Unwrapped | undefined {
  const length = lengthWithoutPadding(text);
  if (length < MIN_BASE64 || length % 4 === 1) return undefined;
  // Short words are base64 by accident; what is hidden in so little says so by its padding.
  if (length < 12 && length === text.length) return undefined;
  if (!mayHoldText(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return readBytes(bytes, 'base64');
}

/** Of so many bytes one that no text has is more than may be. */
const MOST_ALL_PRINTABLE = 33;
/** Of a longer text so many bytes are looked at, and one in three of them may be no text. */
const LOOKED_AT = 24;

const DIGITS = new Int8Array(128).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) DIGITS[ALPHABET.charCodeAt(value)] = value;
DIGITS[0x2d] = 62;
DIGITS[0x5f] = 63;

/** Whether the beginning of what base64 holds could be that of a text, of gzip or of UTF-16: words hold bytes of every kind. */
function mayHoldText(text: string): boolean {
  const most = text.length * 0.75 < MOST_ALL_PRINTABLE ? 0 : LOOKED_AT / 3;
  let bits = 0;
  let held = 0;
  let read = 0;
  let odd = 0;
  let zeros = 0;
  let following = 0;
  for (let i = 0; i < text.length && read < LOOKED_AT; i++) {
    const unit = text.charCodeAt(i);
    const digit = unit < 128 ? DIGITS[unit]! : -1;
    if (digit < 0) continue;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    read++;
    if (byte === 0) zeros++;
    if (read === 2 && byte === 0x8b && odd > 0) return true;
    const isFollowing = byte >= 0x80 && byte < 0xc0;
    if (following > 0) {
      following--;
      if (!isFollowing) odd++;
    } else if (byte >= 0x80) {
      if (isFollowing || byte < 0xc2 || byte > 0xf4) odd++;
      else following = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    } else if (byte === 0x7f || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) odd++;
    // The second byte of gzip has not been seen; zeros may be those of UTF-16.
    if (odd > most + zeros && read >= 2) return false;
  }
  return true;
}

/** The same of a word that may be anything: only of one in base64 or hexadecimal digits throughout. */
export function unwrapBase64Word(word: string): Unwrapped | undefined {
  return (traitsOf(word) & HAS_OTHER_THAN_BASE64) === 0 ? (unwrapHex(word) ?? unwrapBase64(word)) : undefined;
}

/** What the hexadecimal text holds, with or without `0x` in front; undefined when that is no text. */
export function unwrapHex(text: string): Unwrapped | undefined {
  const start = text.startsWith('0x') || text.startsWith('0X') ? 2 : 0;
  const length = text.length - start;
  if (length < MIN_HEX || length % 2 === 1) return undefined;
  const bytes = Buffer.from(start === 0 ? text : text.slice(start), 'hex');
  return bytes.length * 2 === length ? readBytes(bytes, 'hex') : undefined;
}

function lengthWithoutPadding(text: string): number {
  let length = text.length;
  while (length > 0 && text.charCodeAt(length - 1) === 0x3d) length--;
  return length;
}

function readBytes(bytes: Buffer, decoding: Decoding): Unwrapped | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const inflated = inflated64K(bytes);
    const text = inflated === undefined ? undefined : readText(inflated);
    return text === undefined ? undefined : { text, decodings: [decoding, 'inflate'] };
  }
  if (isUtf16(bytes)) {
    const text = bytes.toString('utf16le');
    return { text, decodings: [decoding, 'utf16'] };
  }
  const text = readText(bytes);
  return text === undefined ? undefined : { text, decodings: [decoding] };
}

function inflated64K(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED });
  } catch {
    // Not gzip after all, cut, or larger than any text that somebody hides in a parameter.
    return undefined;
  }
}

// What PowerShell's -EncodedCommand takes: every second byte is zero.
function isUtf16(bytes: Buffer): boolean {
  if (bytes.length < 8 || bytes.length % 2 === 1) return false;
  let zeros = 0;
  for (let i = 1; i < bytes.length; i += 2) if (bytes[i] === 0) zeros++;
  return zeros * 2 >= (bytes.length / 2) * 1.9;
}

// Text: nearly all of it printable, and something in it that is no letter or digit, for only that can do harm.
function readText(bytes: Buffer): string | undefined {
  let printable = 0;
  let high = 0;
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13) printable++;
    else if (byte >= 0x80) high++;
  }
  if (high > 0) {
    const text = bytes.toString('utf8');
    let broken = 0;
    for (let i = text.indexOf('\ufffd'); i >= 0; i = text.indexOf('\ufffd', i + 1)) broken++;
    const fair = printable + high - broken;
    return fair >= bytes.length * PRINTABLE_SHARE && broken === 0 ? text : undefined;
  }
  return printable >= bytes.length * PRINTABLE_SHARE ? bytes.toString('latin1', 0, bytes.length) : undefined;
}

// Percent-encoding: once as PHP's urldecode() does it, and again as careless software behind the site does, with
// `%uXXXX` of old JavaScript and IIS, and with overlong UTF-8.

import { decodeLenient, isOverlong } from './utf8.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
/** Escapes that are read together. */
const LONGEST_RUN = 4096;

const HEX = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  HEX[value.toString(16).charCodeAt(0)] = value;
  HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** The value of a hexadecimal digit; -1 for every other character. */
export function hexValue(code: number): number {
  return HEX[code] ?? -1;
}

/** Where the character is next, or -1; searches only when it is not at once, as it is in text that is full of it. */
export function nextOf(text: string, char: string, from: number): number {
  return text.charCodeAt(from) === char.charCodeAt(0) ? from : text.indexOf(char, from);
}

/** What values are decoded in, one after the other; nothing in it outlives a call. */
const SHARED = Buffer.allocUnsafeSlow(16_384);
const SHARED_UNITS = new Uint16Array(16_384);
const BYTES_OF_UNITS = Buffer.from(SHARED_UNITS.buffer);

/** Decodes values out of raw text of one character a byte; it knows of the last value whether it was overlong. */
export class PercentDecoder {
  #bytes: Buffer = SHARED;
  #length = 0;
  /** Whether the last value held a character in more bytes than UTF-8 allows. */
  isOverlong = false;

  /** The text from `start` to `end`, `+` as a space in forms and queries; broken escapes stay as PHP leaves them. */
  decode(raw: string, start: number, end: number, isForm: boolean): string {
    this.isOverlong = false;
    const plus = isForm ? PLUS : PERCENT;
    let at = start;
    for (; at < end; at++) {
      const code = raw.charCodeAt(at);
      if (code === PERCENT || code >= 0x80 || code === plus) break;
    }
    if (at === end) return raw.slice(start, end);
    if (this.#bytes.length < end - start) this.#bytes = Buffer.allocUnsafeSlow((end - start) * 2);
    const bytes = this.#bytes;
    let length = 0;
    for (let i = start; i < at; i++) bytes[length++] = raw.charCodeAt(i);
    let seen = 0;
    for (; at < end; at++) {
      let code = raw.charCodeAt(at);
      if (code === PERCENT) {
        if (at + 2 < end) {
          const high = HEX[raw.charCodeAt(at + 1)] ?? -1;
          const low = HEX[raw.charCodeAt(at + 2)] ?? -1;
          if (high >= 0 && low >= 0) {
            code = high * 16 + low;
            at += 2;
          }
        }
      } else if (code === plus) code = 0x20;
      bytes[length++] = code;
      seen |= code;
    }
    this.#length = length;
    if (seen < 0x80) return bytes.toString('latin1', 0, length);
    this.isOverlong = isOverlong(bytes, length);
    return bytes.toString('utf8', 0, length);
  }

  /** Raw text of one character a byte as text. */
  utf8(raw: string): string {
    this.isOverlong = false;
    let i = 0;
    while (i < raw.length && raw.charCodeAt(i) < 0x80) i++;
    if (i === raw.length) return raw;
    if (this.#bytes.length < raw.length) this.#bytes = Buffer.allocUnsafeSlow(raw.length * 2);
    this.#length = this.#bytes.write(raw, 'latin1');
    this.isOverlong = isOverlong(this.#bytes, this.#length);
    return this.#bytes.toString('utf8', 0, this.#length);
  }

  /** The last value as a decoder sees it that takes overlong forms. */
  lenient(): string {
    return decodeLenient(this.#bytes, this.#length);
  }
}

export interface DecodedAgain {
  readonly text: string;
  readonly hasPercent: boolean;
  readonly hasPercentU: boolean;
  readonly isOverlong: boolean;
}

/**
 * The text with its percent escapes decoded, `%uXXXX` too, overlong forms taken for what they stand for; undefined
 * when there is nothing to decode.
 */
export function decodePercentAgain(text: string): DecodedAgain | undefined {
  const first = firstEscape(text);
  if (first < 0) return undefined;
  const { length } = text;
  const units = length <= SHARED_UNITS.length ? SHARED_UNITS : new Uint16Array(length);
  const bytes = units === SHARED_UNITS ? BYTES_OF_UNITS : Buffer.from(units.buffer);
  bytes.write(text, 'utf16le');
  let out = first;
  let hasPercent = false;
  let hasPercentU = false;
  let overlong = false;
  // What is decoded is never longer than what it is decoded from, and takes its place.
  for (let at = first; at < length;) {
    const unit = units[at]!;
    if (unit !== PERCENT || at + 2 >= length) {
      units[out++] = unit;
      at++;
      continue;
    }
    const byte = hexValue(units[at + 1]!) * 16 + hexValue(units[at + 2]!);
    if (byte >= 0 && byte < 0x80 && hexValue(units[at + 2]!) >= 0) {
      hasPercent = true;
      units[out++] = byte;
      at += 3;
      continue;
    }
    const wide = readPercentU(text, at);
    const run = wide < 0 ? readRun(text, at) : undefined;
    if (wide >= 0) {
      hasPercentU = true;
      units[out++] = wide;
      at += 6;
    } else if (run === undefined) {
      units[out++] = unit;
      at++;
    } else {
      hasPercent = true;
      overlong ||= run.isOverlong;
      for (let i = 0; i < run.text.length; i++) units[out++] = run.text.charCodeAt(i);
      at = run.end;
    }
  }
  return { text: textOf(units, bytes, out), hasPercent, hasPercentU, isOverlong: overlong };
}

/** Where the first thing stands that can be decoded; -1 when there is none. */
function firstEscape(text: string): number {
  let at = text.indexOf('%');
  while (at >= 0 && readPercentU(text, at) < 0 && readRun(text, at) === undefined)
    at = nextOf(text, '%', at + 1);
  return at;
}

/** The first units as a text, which costs half as much to read when it is one of single bytes. */
function textOf(units: Uint16Array, bytes: Buffer, length: number): string {
  let seen = 0;
  for (let i = 0; i < length; i++) seen |= units[i]!;
  if (seen > 0xff) return bytes.toString('utf16le', 0, length * 2);
  for (let i = 0; i < length; i++) bytes[i] = units[i]!;
  return bytes.toString('latin1', 0, length);
}

function readPercentU(text: string, at: number): number {
  if ((text.charCodeAt(at + 1) | 0x20) !== 0x75 || at + 6 > text.length) return -1;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

interface Run {
  readonly text: string;
  readonly end: number;
  readonly isOverlong: boolean;
}

// Escapes that follow each other are one run, as a character may be spread over them. The broken `%c0%qf` and
// `%bg%qf` are as well: decoders that do arithmetic on letters without checking read them as `%c0%af`.
function readRun(text: string, at: number): Run | undefined {
  if (letterValue(text.charCodeAt(at + 1)) < 0) return undefined;
  const bytes: number[] = [];
  let i = at;
  let seen = 0;
  while (text.charCodeAt(i) === PERCENT && bytes.length < LONGEST_RUN) {
    let high = hexValue(text.charCodeAt(i + 1));
    let low = hexValue(text.charCodeAt(i + 2));
    if (high < 0 || low < 0) {
      high = letterValue(text.charCodeAt(i + 1));
      low = letterValue(text.charCodeAt(i + 2));
      const broken = (high * 16 + low) & 0xff;
      const last = bytes.at(-1) ?? 0;
      const isSecond = last === 0xc0 || last === 0xc1;
      const isFirst = (broken === 0xc0 || broken === 0xc1) && text.charCodeAt(i + 3) === PERCENT;
      if (high < 0 || low < 0 || !(isSecond || isFirst)) break;
    }
    const byte = (high * 16 + low) & 0xff;
    bytes.push(byte);
    seen |= byte;
    i += 3;
  }
  if (bytes.length === 0) return undefined;
  // A lead byte whose second byte is not escaped: `%c0.` and `%c0/`.
  const last = bytes.at(-1);
  const following = text.charCodeAt(i);
  if ((last === 0xc0 || last === 0xc1) && (following === 0x2e || following === 0x2f || following === 0x5c)) {
    bytes.push(following);
    i++;
  }
  if (seen < 0x80)
    return {
      text: String.fromCharCode.apply(null, bytes.slice(0, 4096)),
      end: at + 3 * Math.min(bytes.length, 4096),
      isOverlong: false,
    };
  const array = Uint8Array.from(bytes);
  return { text: decodeLenient(array, array.length), end: i, isOverlong: isOverlong(array, array.length) };
}

function letterValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x57 : -1;
}

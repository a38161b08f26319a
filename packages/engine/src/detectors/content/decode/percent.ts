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
  let at = text.indexOf('%');
  let out = '';
  let copied = 0;
  let hasPercent = false;
  let hasPercentU = false;
  let overlong = false;
  while (at >= 0) {
    const unit = readPercentU(text, at);
    if (unit >= 0) {
      hasPercentU = true;
      out += text.slice(copied, at) + String.fromCharCode(unit);
      copied = at + 6;
    } else {
      const run = readRun(text, at);
      if (run !== undefined) {
        hasPercent = true;
        overlong ||= run.isOverlong;
        out += text.slice(copied, at) + run.text;
        copied = run.end;
      }
    }
    at = nextOf(text, '%', Math.max(copied, at + 1));
  }
  if (!hasPercent && !hasPercentU) return undefined;
  return { text: out + text.slice(copied), hasPercent, hasPercentU, isOverlong: overlong };
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

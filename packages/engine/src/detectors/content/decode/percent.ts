// Percent-encoding: once as PHP's urldecode() does it, and again as careless software behind the site does, with
// `%uXXXX` of old JavaScript and IIS, and with overlong UTF-8.

import { decodeLenient, isOverlong } from './utf8.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;

/** The value of a hexadecimal digit; -1 for every other character. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Decodes values out of raw text of one character a byte; one for each request, as it keeps what the last value was. */
export class PercentDecoder {
  #bytes: Buffer = Buffer.allocUnsafe(1024);
  #length = 0;
  /** Whether the last value held a character in more bytes than UTF-8 allows. */
  isOverlong = false;

  /** The text from `start` to `end`, `+` as a space in forms and queries; broken escapes stay as PHP leaves them. */
  decode(raw: string, start: number, end: number, isForm: boolean): string {
    this.isOverlong = false;
    let i = start;
    for (; i < end; i++) {
      const code = raw.charCodeAt(i);
      if (code === PERCENT || code >= 0x80 || (isForm && code === PLUS)) break;
    }
    if (i === end) return raw.slice(start, end);
    if (this.#bytes.length < end - start) this.#bytes = Buffer.allocUnsafe((end - start) * 2);
    const bytes = this.#bytes;
    let length = bytes.write(raw.slice(start, i), 'latin1');
    let seen = 0;
    for (; i < end; i++) {
      let code = raw.charCodeAt(i);
      if (code === PERCENT && i + 2 < end) {
        const high = hexValue(raw.charCodeAt(i + 1));
        const low = high < 0 ? -1 : hexValue(raw.charCodeAt(i + 2));
        if (low >= 0) {
          code = high * 16 + low;
          i += 2;
        }
      } else if (isForm && code === PLUS) code = 0x20;
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
    if (this.#bytes.length < raw.length) this.#bytes = Buffer.allocUnsafe(raw.length * 2);
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
    at = text.indexOf('%', Math.max(copied, at + 1));
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

// Escapes that follow each other are one run, as a character may be spread over them. The broken `%c0%qf` is one as
// well: decoders that do arithmetic on letters without checking read it as `%c0%af`.
function readRun(text: string, at: number): Run | undefined {
  const bytes: number[] = [];
  let i = at;
  let seen = 0;
  while (text.charCodeAt(i) === PERCENT) {
    let high = hexValue(text.charCodeAt(i + 1));
    let low = hexValue(text.charCodeAt(i + 2));
    if (high < 0 || low < 0) {
      const last = bytes.at(-1) ?? 0;
      if (last !== 0xc0 && last !== 0xc1) break;
      high = letterValue(text.charCodeAt(i + 1));
      low = letterValue(text.charCodeAt(i + 2));
      if (high < 0 || low < 0) break;
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

// A path as the most forgiving of servers would read it: percent escapes undone as often as they are nested, overlong
// and invalid UTF-8 folded to what it once meant, both slashes alike, wide and look-alike signs as ASCII. Written once
// for all encodings, so that a new mixture of old ones is read too.

export interface PathText {
  /** With `/` for every separator. */
  readonly plain: string;
  /** For each character of `plain` where it begins in the text; undefined when they are the same. */
  readonly origins: Uint32Array | undefined;
  /** How many dots and separators were written in an odd way. */
  readonly oddCount: number;
}

/** Reads at most `limit` characters of a text as a path. */
export function readPath(text: string, limit: number): PathText {
  const length = Math.min(text.length, limit);
  if (!needsReading(text, length))
    return { plain: length === text.length ? text : text.slice(0, length), origins: undefined, oddCount: 0 };
  const origins = new Uint32Array(length * 2);
  let plain = '';
  let oddCount = 0;
  let at = 0;
  while (at < length) {
    const unit = readUnit(text, at, length);
    const size = unit >>> 18;
    const code = unit & 0xffff;
    if ((unit & ODD) !== 0) oddCount += 1;
    origins[plain.length] = at;
    // U+2025 stands for two dots.
    if (code === 0x2025) {
      plain += '..';
      origins[plain.length - 1] = at;
    } else plain += code === 0 ? NUL : String.fromCharCode(code);
    at += size;
  }
  return { plain, origins, oddCount };
}

const ODD = 0x10000;
/** What stands for NUL: it ends a name, and servers drop it between dots. */
const NUL = '\u0001';
const DOT = 46;
const SLASH = 47;

/** Whether anything in a text could be read in another way. */
function needsReading(text: string, length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (
      code === 37 ||
      code === 92 ||
      code > 127 ||
      code < 9 ||
      (code === 120 && text.charCodeAt(at - 1) === 48)
    )
      return true;
  }
  return false;
}

function unitOf(code: number, size: number, isOdd: boolean): number {
  return (size << 18) | (isOdd ? ODD : 0) | code;
}

/** One character: its length in the text times 2^18, a mark when it was odd, and its code; 0 for controls. */
function readUnit(text: string, at: number, length: number): number {
  const code = text.charCodeAt(at);
  if (code === 92) return readBackslash(text, at);
  if (code === 37) return readPercent(text, at, length);
  if (code === 48 && (text.charCodeAt(at + 1) | 32) === 120) return readHexText(text, at);
  if (code < 9) return unitOf(0, 1, true);
  if (code < 0x80) return unitOf(code, 1, false);
  if (code >= 0xc0 && code <= 0xfd) return readOverlong(text, at, code, 1, length);
  const plain = LOOK_ALIKES.get(code);
  return plain === undefined ? unitOf(code, 1, false) : unitOf(plain, 1, true);
}

/** Signs that some converters turn into dots and slashes. */
const LOOK_ALIKES: ReadonlyMap<number, number> = new Map([
  [0xff0e, DOT],
  [0x2024, DOT],
  [0xfe52, DOT],
  [0x2025, 0x2025],
  [0xff0f, SLASH],
  [0x2215, SLASH],
  [0x2044, SLASH],
  [0xff3c, SLASH],
  [0x2216, SLASH],
  [0x29f5, SLASH],
  [0x29f8, SLASH],
  [0xfe68, SLASH],
  [0xefc8, SLASH],
  [0xf025, SLASH],
  [0xff05, 37],
]);

/** `\`, and `\x2e`, `\u002e` and `\056` when they mean a dot or a slash. */
function readBackslash(text: string, at: number): number {
  const kind = text.charCodeAt(at + 1) | 32;
  const digits = kind === 117 ? 4 : kind === 120 ? 2 : 0;
  if (digits > 0) {
    const code = hexValue(text, at + 2, digits);
    const plain = fold(code);
    if (plain !== 0) return unitOf(plain, digits + 2, true);
    if (code === 0) return unitOf(0, digits + 2, true);
  }
  return unitOf(SLASH, 1, false);
}

/** The dot or slash that a code is or looks like; 0 for others. */
function fold(code: number): number {
  if (code === DOT || code === SLASH) return code;
  if (code === 92) return SLASH;
  const alike = LOOK_ALIKES.get(code);
  return alike === DOT || alike === SLASH ? alike : 0;
}

function hexValue(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = hexDigit(text.charCodeAt(index));
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const small = code | 32;
  return small >= 97 && small <= 102 ? small - 87 : -1;
}

/** `0x2e`, `%0x2f`: codes written out. */
function readHexText(text: string, at: number): number {
  const plain = fold(hexValue(text, at + 2, 2));
  return plain === 0 ? unitOf(48, 1, false) : unitOf(plain, 4, true);
}

const MAX_NESTING = 6;

/** A byte written with percent signs, however often they are escaped themselves: its length times 256, and the byte. */
function readByte(text: string, at: number, nesting: number): number {
  let code = text.charCodeAt(at);
  if (code !== 37 || nesting > MAX_NESTING) return code > 255 || code !== code ? -1 : (1 << 8) | code;
  let size = 1;
  for (let round = 0; round < MAX_NESTING; round += 1) {
    const first = readByte(text, at + size, nesting + 1);
    const high = first === -1 ? -1 : hexDigit(first & 255);
    if (high === -1) break;
    // `%%32%%65`: a sign too many before the second digit.
    const next = at + size + (first >> 8);
    const extra = text.charCodeAt(next) === 37 && text.charCodeAt(next + 1) === 37 ? 1 : 0;
    const second = readByte(text, next + extra, nesting + 1);
    const low = second === -1 ? -1 : hexDigit(second & 255);
    if (low === -1) break;
    size += (first >> 8) + (second >> 8) + extra;
    code = high * 16 + low;
    if (code !== 37) break;
  }
  return (size << 8) | code;
}

function readPercent(text: string, at: number, length: number): number {
  if ((text.charCodeAt(at + 1) | 32) === 117) {
    const code = hexValue(text, at + 2, 4);
    const plain = code > 0 ? fold(code) : 0;
    if (plain !== 0) return unitOf(plain, 6, true);
    if (code > 32) return unitOf(LOOK_ALIKES.get(code) ?? code, 6, true);
  }
  if (text.charCodeAt(at + 1) === 48 && (text.charCodeAt(at + 2) | 32) === 120) {
    const plain = fold(hexValue(text, at + 3, 2));
    if (plain !== 0) return unitOf(plain, 5, true);
  }
  if (/^%bg%qf/i.test(text.slice(at, at + 6))) return unitOf(SLASH, 6, true);
  const read = readByte(text, at, 0);
  const size = read === -1 ? 1 : read >> 8;
  const byte = read === -1 ? 37 : read & 255;
  if (size === 1) return unitOf(37, 1, false);
  if (byte < 9 || byte === 127) return unitOf(0, size, true);
  if (byte >= 0xc0) return readOverlong(text, at, byte, size, length);
  if (byte === 92) return unitOf(SLASH, size, true);
  return unitOf(byte, size, byte === DOT || byte === SLASH);
}

/** UTF-8 longer than needed, with continuation bytes that need not be valid: `%c0%ae`, `%c0%2e`, `%e0%80%af`, `%c1%9c`. */
function readOverlong(text: string, start: number, lead: number, leadSize: number, length: number): number {
  const count = lead >= 0xfc ? 5 : lead >= 0xf8 ? 4 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  let value = count === 1 ? lead & 0x1f : count === 2 ? lead & 0x0f : count === 3 ? lead & 0x07 : lead & 0x03;
  let at = start + leadSize;
  for (let index = 0; index < count; index += 1) {
    const read = at < length ? readByte(text, at, 1) : -1;
    const byte = read & 255;
    if (read === -1 || (leadSize === 1 && byte < 0x80)) return unitOf(lead, leadSize, false);
    if (lead <= 0xc1) {
      // Lists of such attacks have every second byte that any server ever took for a dot or a slash.
      const near = nearByte(text, at, lead, byte);
      if (near !== 0) return unitOf(near & 255, at + (near >> 8 || read >> 8) - start, true);
    }
    if (read >> 8 === 1 && leadSize > 1) return unitOf(lead, leadSize, false);
    value = (value << 6) | (byte & 0x3f);
    at += read >> 8;
  }
  const plain = fold(value);
  return plain === 0 ? unitOf(lead, leadSize, false) : unitOf(plain, at - start, true);
}

/** A dot or slash that a byte behind `%c0` or `%c1` was taken for, with the length of what is no escape; 0 for others. */
function nearByte(text: string, at: number, lead: number, byte: number): number {
  if (byte === 37) return /^%(?:8s|pc|9v|qf)/i.test(text.slice(at, at + 3)) ? (3 << 8) | SLASH : 0;
  if (lead === 0xc0) {
    if (byte === DOT || byte === 0x5e || byte === 0x6e || byte === 0xae || byte === 0xee || byte === 0xfe)
      return DOT;
    if (byte === SLASH || byte === 92 || byte === 0xaf) return SLASH;
    return 0;
  }
  return byte === 0x9c || byte === 0x1c || byte === 0xaf ? SLASH : 0;
}

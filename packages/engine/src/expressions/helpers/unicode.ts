// Go's strings are bytes in UTF-8 and its case mapping is one character to one; JavaScript's are UTF-16, and its
// mapping may change the length (ß becomes SS). Text from hostile logs must come out as in Go, or a rule misses.

const NOT_ASCII = /[^\u0000-\u007f]/;

export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** strings.ToUpper. */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapRunes(text, upperRune);
}

/** strings.ToLower. */
export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapRunes(text, lowerRune);
}

/** Returns the text with a replacement character for each half of a surrogate pair, which UTF-8 cannot hold. */
export function toWellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** Returns the offset in bytes of an offset in UTF-16 units; -1 stays -1. */
export function byteOffset(text: string, offset: number): number {
  return offset < 0 ? -1 : Buffer.byteLength(text.slice(0, offset));
}

/** Returns the text with one UTF-16 unit for each of its bytes, for code that counts bytes. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/** Compares as Go does, byte by byte. */
export function compareBytes(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** White space as unicode.IsSpace has it; \s also holds the byte order mark and lacks U+0085. */
export const SPACES = '\t-\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** strings.TrimSpace. */
export function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (from < to && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isSpace(code: number): boolean {
  if (code < 0x80) return code === 32 || (code >= 9 && code <= 13);
  return ONE_SPACE.test(String.fromCharCode(code));
}

const ONE_SPACE = new RegExp(`[${SPACES}]`);

function mapRunes(text: string, mapRune: (rune: string) => string): string {
  let mapped = '';
  for (const rune of text) mapped += mapRune(rune);
  return mapped;
}

function upperRune(rune: string): string {
  const upper = rune.toUpperCase();
  return isOneRune(upper) ? upper : (SIMPLE_UPPER[rune] ?? rune);
}

// Only U+0130 grows when lowered, and its one-to-one mapping is a plain i.
function lowerRune(rune: string): string {
  const lower = rune.toLowerCase();
  return isOneRune(lower) ? lower : 'i';
}

function isOneRune(text: string): boolean {
  return text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);
}

// Greek letters with iota subscript: their full mapping is two letters, their simple one is the title case.
const SIMPLE_UPPER: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...[0x1f80, 0x1f90, 0x1fa0].flatMap((start) =>
      Array.from({ length: 8 }, (_, i) => [start + i, 8] as const),
    ),
    ...[0x1fb3, 0x1fc3, 0x1ff3].map((code) => [code, 9] as const),
  ].map(([code, distance]) => [String.fromCodePoint(code), String.fromCodePoint(code + distance)]),
);

// Bytes as text. PHP compares bytes, so an overlong `/` is no slash to it; but what stands behind PHP (a Java service,
// a database, a file system of Windows) may read one. The strict reading keeps U+FFFD for what is no UTF-8; the lenient
// one gives what the most careless decoder would see.

/** Whether the bytes hold a character in more bytes than it needs, or a broken form that careless decoders take for one. */
export function isOverlong(bytes: Uint8Array, length: number): boolean {
  for (let i = 0; i + 1 < length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0xc0) continue;
    const next = bytes[i + 1] ?? 0;
    if (isContinuation(next) ? byte <= 0xc1 || next < leastAfter(byte) : brokenForm(bytes, i, length) !== 0)
      return true;
  }
  return false;
}

// `C0 2E` and `C0 6E` are a dot to decoders that do not look at the two highest bits, `C1 1C` a backslash, `E0 40 AF` a
// slash. The character that it stands for; 0 for others, which are text in an old character set.
function brokenForm(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const next = bytes[at + 1] ?? 0;
  if (at + 1 >= end || first > 0xe0) return 0;
  if (first <= 0xc1) {
    if (isOfPaths(next)) return next;
    const code = ((first & 0x1f) << 6) | (next & 0x3f);
    return isOfPaths(code) ? code : 0;
  }
  if (first < 0xe0 || at + 2 >= end) return 0;
  const code = ((next & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f);
  return next < 0x80 && isContinuation(bytes[at + 2] ?? 0) && isOfPaths(code) ? code : 0;
}

function isOfPaths(code: number): boolean {
  return code === 0x2e || code === 0x2f || code === 0x5c;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

// The least second byte of a character that needs as many bytes as the first one says.
function leastAfter(first: number): number {
  switch (first) {
    case 0xe0:
      return 0xa0;
    case 0xf0:
      return 0x90;
    case 0xf8:
      return 0x88;
    case 0xfc:
      return 0x84;
    default:
      return 0;
  }
}

/** Of longer text only both ends, each half as long, are read leniently. */
const LONGEST = 65_536;

/** The text that a decoder sees which takes overlong forms; what it cannot read is kept as U+FFFD. */
export function decodeLenient(bytes: Uint8Array, length: number): string {
  if (length <= LONGEST) return decodeBetween(bytes, 0, length);
  const half = LONGEST / 2;
  return `${decodeBetween(bytes, 0, half)}\n${decodeBetween(bytes, length - half, length)}`;
}

function decodeBetween(bytes: Uint8Array, start: number, end: number): string {
  // No character has fewer bytes than it has units of UTF-16.
  const units = new Uint16Array(end - start);
  let count = 0;
  for (let i = start; i < end;) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      units[count++] = byte;
      i++;
      continue;
    }
    const read = readLenient(bytes, i, end);
    const code = Math.floor(read / LENGTHS);
    if (code > 0xffff) {
      units[count++] = 0xd800 + ((code - 0x10000) >> 10);
      units[count++] = 0xdc00 + (code & 0x3ff);
    } else units[count++] = code;
    i += read % LENGTHS;
  }
  return Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
}

const LENGTHS = 8;
const UNREADABLE = 0xfffd;

// The character at this place and how many bytes it has, as one number: `code * LENGTHS + length`.
function readLenient(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at] ?? 0;
  if (byte < 0xc0 || byte > 0xfd || at + 1 >= end) return UNREADABLE * LENGTHS + 1;
  const next = bytes[at + 1] ?? 0;
  if (!isContinuation(next)) {
    const broken = brokenForm(bytes, at, end);
    return broken === 0 ? UNREADABLE * LENGTHS + 1 : broken * LENGTHS + (byte >= 0xe0 ? 3 : 2);
  }
  // Told for a slash since IIS 4, though it is an `o`.
  if (byte === 0xc1 && next === 0xaf) return 0x2f * LENGTHS + 2;
  const wanted = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : byte < 0xfc ? 5 : 6;
  let code = byte & ((1 << (7 - wanted)) - 1);
  let length = 1;
  for (; length < wanted && at + length < end; length++) {
    const following = bytes[at + length] ?? 0;
    if (!isContinuation(following)) break;
    code = code * 64 + (following & 0x3f);
  }
  const isRead = length === wanted && code <= 0x10ffff && !isIdle(code);
  return (isRead ? code : UNREADABLE) * LENGTHS + length;
}

// Control characters that end and part nothing: nobody gains by hiding them, and many a Chinese character in two bytes
// of GBK would be one.
function isIdle(code: number): boolean {
  return code === 0x7f || (code < 0x20 && code !== 0 && code !== 9 && code !== 10 && code !== 13);
}

// Bytes as text. PHP compares bytes, so an overlong `/` is no slash to it; but what stands behind PHP (a Java service,
// a database, a file system of Windows) may read one. The strict reading keeps U+FFFD for what is no UTF-8; the lenient
// one gives what the most careless decoder would see.

const LENIENT_LENGTHS: readonly (readonly [first: number, mask: number, length: number])[] = [
  [0xfc, 0x01, 6],
  [0xf8, 0x03, 5],
  [0xf0, 0x07, 4],
  [0xe0, 0x0f, 3],
  [0xc0, 0x1f, 2],
];

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

/** The text that a decoder sees which takes overlong forms; what it cannot read is kept as U+FFFD. */
export function decodeLenient(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let i = 0; i < length;) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      i++;
      continue;
    }
    const read = readLenient(bytes, i, length);
    text += read.code > 0x10ffff ? '\ufffd' : String.fromCodePoint(read.code);
    i += read.length;
  }
  return text;
}

function readLenient(bytes: Uint8Array, at: number, end: number): { code: number; length: number } {
  const byte = bytes[at] ?? 0;
  const shape = LENIENT_LENGTHS.find(([first]) => byte >= first);
  if (shape === undefined || at + 1 >= end) return { code: 0xfffd, length: 1 };
  const [, mask, wanted] = shape;
  const next = bytes[at + 1] ?? 0;
  if (!isContinuation(next)) {
    const broken = brokenForm(bytes, at, end);
    if (broken !== 0) return { code: broken, length: byte >= 0xe0 ? 3 : 2 };
  }
  // Told for a slash since IIS 4, though it is an `o`.
  if (byte === 0xc1 && next === 0xaf) return { code: 0x2f, length: 2 };
  let code = byte & mask;
  let length = 1;
  for (; length < wanted && at + length < end; length++) {
    const following = bytes[at + length] ?? 0;
    if ((following & 0xc0) !== 0x80) break;
    code = code * 64 + (following & 0x3f);
  }
  return length === wanted ? { code, length } : { code: 0xfffd, length };
}

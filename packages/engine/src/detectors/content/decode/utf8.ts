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
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0xc0) continue;
    const next = i + 1 < length ? (bytes[i + 1] ?? 0) : 0x80;
    if (byte <= 0xc1) {
      if (i + 1 < length) return true;
    } else if (byte === 0xe0 ? next >= 0x80 && next < 0xa0 : byte >= 0xf0 && next >= 0x80 && next < 0x90) {
      // 0xf1 to 0xf4 may be followed by 0x80 to 0x8f, only 0xf0 and what is above 0xf4 may not.
      if (byte === 0xe0 || byte === 0xf0 || byte > 0xf4) return true;
    }
  }
  return false;
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
  if (wanted === 2 && byte <= 0xc1 && next < 0x80) {
    // Broken: `C0 2E` is a dot to decoders that do not look at the two highest bits, `C1 1C` a backslash.
    return { code: next >= 0x20 ? next : ((byte & mask) << 6) | next, length: 2 };
  }
  let code = byte & mask;
  let length = 1;
  for (; length < wanted && at + length < end; length++) {
    const following = bytes[at + length] ?? 0;
    if ((following & 0xc0) !== 0x80) break;
    code = code * 64 + (following & 0x3f);
  }
  return length === wanted ? { code, length } : { code: 0xfffd, length };
}

// Values are compared as bytes, one character each, as a request brings them; what a rule's author wrote is turned
// into bytes once, when it is read.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Returns the UTF-8 bytes of a text, one character a byte; the text itself when it is ASCII. */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  return latin1(encoder.encode(text));
}

/** Returns the text that the bytes are in UTF-8, with U+FFFD for what is none. */
export function toText(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return decoder.decode(Buffer.from(bytes, 'latin1'));
}

/** Returns one character a byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Returns the value of a hexadecimal digit's character code, or -1. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * Undoes %XX and, where `plusIsSpace`, `+`; what is no valid escape stays. This is Coraza's `urlDecode` and the
 * decoding of its arguments.
 */
export function unescapeUrl(text: string, plusIsSpace: boolean): string {
  let at = nextEscape(text, 0, plusIsSpace);
  if (at < 0) return text;
  let out = '';
  let from = 0;
  while (at >= 0) {
    if (text.charCodeAt(at) === 0x2b) {
      out += `${text.slice(from, at)} `;
      from = at + 1;
    } else {
      const high = hexValue(text.charCodeAt(at + 1));
      const low = hexValue(text.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        out += text.slice(from, at) + String.fromCharCode(high * 16 + low);
        from = at + 3;
        at += 2;
      }
    }
    at = nextEscape(text, at + 1, plusIsSpace);
  }
  return from === 0 ? text : out + text.slice(from);
}

function nextEscape(text: string, from: number, plusIsSpace: boolean): number {
  if (!plusIsSpace) return text.indexOf('%', from);
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x25 || code === 0x2b) return i;
  }
  return -1;
}

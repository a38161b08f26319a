// Writes what is told of a request straight into the bytes of a batch: fields are copied from the head as it came,
// escaped on the way, and no string is made of them. What comes out is, byte for byte, what nginxLine.ts makes as text.

import { viewOf } from '../http/fields.ts';
import type { RequestHead } from '../http/request-head.ts';
import { AUTHORIZATION, REFERER, USER_AGENT } from '../http/names.ts';
import { dateOf, escapeLog, MAX_FIELD, MAX_TARGET, userOf } from './nginxLine.ts';

/** 1 for what is written as it is: what nginx's `escape=default` leaves alone. */
const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 32 && byte < 127 && byte !== 34 && byte !== 92),
);
const SPACE = 32;
const QUOTE = 34;
/** How long an escaped byte can be. */
const ESCAPED = 4;
const HEX: Buffer = Buffer.from('0123456789ABCDEF');
/** Beyond this, division by ten is left to the runtime. */
const MOST_DIGITS_AT_ONCE = 999_999_999;

export class RecordBytes {
  readonly bytes: Buffer;
  end: number;
  readonly #view: DataView;
  #date = '';
  #stamp: Buffer = Buffer.alloc(0);

  /** Bytes before `start` are the caller's. */
  constructor(size: number, start: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer);
    this.end = start;
  }

  /** As `lineOf` in nginxLine.ts. */
  line(ip: string, head: RequestHead, status: number, bodyBytes: number, atMs: number): void {
    this.ascii(ip);
    if (head.onlyLine(AUTHORIZATION) === -1) this.#copyStamp(atMs);
    else this.ascii(` - ${userOf(head.header('authorization') ?? '')} [${dateOf(atMs)}] "`);
    const { bytes, lineStart, targetStart, targetEnd } = head;
    if (targetStart === head.methodEnd + 1 && (targetEnd - targetStart) * ESCAPED <= MAX_TARGET) {
      // As it came, with its version, unless there is something in it that lines have otherwise or cut.
      this.span(bytes, lineStart, head.lineEnd - 2, MAX_FIELD + MAX_TARGET);
    } else {
      this.span(bytes, lineStart, head.methodEnd, MAX_FIELD);
      this.byte(SPACE);
      this.span(bytes, targetStart, targetEnd, MAX_TARGET);
      this.ascii(head.version === '1.1' ? ' HTTP/1.1' : ' HTTP/1.0');
    }
    this.byte(QUOTE);
    this.byte(SPACE);
    this.number(status);
    this.byte(SPACE);
    this.number(bodyBytes);
    this.byte(SPACE);
    this.byte(QUOTE);
    this.#field(head, REFERER, 'referer');
    this.byte(QUOTE);
    this.byte(SPACE);
    this.byte(QUOTE);
    this.#field(head, USER_AGENT, 'user-agent');
    this.byte(QUOTE);
  }

  byte(byte: number): void {
    this.bytes[this.end++] = byte;
  }

  /** Text of our own, of printable ASCII. */
  ascii(text: string): void {
    const { bytes } = this;
    let to = this.end;
    for (let i = 0; i < text.length; i++) bytes[to++] = text.charCodeAt(i);
    this.end = to;
  }

  /** As `escapeLog`. */
  text(text: string, most: number): void {
    const { bytes } = this;
    let to = this.end;
    const stop = text.length < most ? text.length : most;
    for (let i = 0; i < stop; i++) {
      const code = text.charCodeAt(i);
      if (code > 255 || PLAIN[code] === 0) {
        this.end += bytes.write(escapeLog(text, most), this.end, 'latin1');
        return;
      }
      bytes[to++] = code;
    }
    this.end = to;
  }

  /** As `escapeLog` of bytes[start, end) as text. */
  span(from: Uint8Array, start: number, end: number, most: number): void {
    const { bytes } = this;
    const view = this.#view;
    const source = viewOf(from.buffer);
    const base = from.byteOffset;
    let to = this.end;
    const stop = end - start < most ? end : start + most;
    let i = start;
    // Four bytes at a time while none is to be escaped: a high bit, below 0x20, a quote, a backslash, 0x7f.
    for (const last = stop - 3; i < last; i += 4, to += 4) {
      const four = source.getInt32(base + i, true);
      const quote = four ^ 0x22222222;
      const slash = four ^ 0x5c5c5c5c;
      const rubout = four ^ 0x7f7f7f7f;
      const odd =
        four |
        (four - 0x20202020) |
        ((quote - 0x01010101) & ~quote) |
        ((slash - 0x01010101) & ~slash) |
        ((rubout - 0x01010101) & ~rubout);
      if ((odd & 0x80808080) !== 0) break;
      view.setInt32(to, four, true);
    }
    for (; i < stop; i++) {
      const byte = from[i]!;
      if (PLAIN[byte] === 0) {
        this.#escape(from, i, end, to, this.end + most);
        return;
      }
      bytes[to++] = byte;
    }
    this.end = to;
  }

  /** A count, rounded; nothing when it is negative, which is what is not known. */
  number(value: number): void {
    if (value < 0) return;
    let rest = Math.round(value);
    if (rest > MOST_DIGITS_AT_ONCE) return this.ascii(String(rest));
    const { bytes } = this;
    let digits = 1;
    for (let bound = 10; rest >= bound; bound *= 10) digits++;
    this.end += digits;
    for (let to = this.end - 1; digits > 0; digits--, to--) {
      const tenth = Math.trunc(rest / 10);
      bytes[to] = 48 + rest - tenth * 10;
      rest = tenth;
    }
  }

  /** The rest of a span from its first byte that is not plain on, up to `limit`: an escape may be cut there. */
  #escape(from: Uint8Array, start: number, end: number, to: number, limit: number): void {
    const { bytes } = this;
    for (let i = start; i < end && to < limit; i++) {
      const byte = from[i]!;
      if (PLAIN[byte] !== 0) {
        bytes[to++] = byte;
        continue;
      }
      bytes[to] = 92;
      bytes[to + 1] = 120;
      bytes[to + 2] = HEX[byte >> 4]!;
      bytes[to + 3] = HEX[byte & 15]!;
      to += 4;
    }
    this.end = to < limit ? to : limit;
  }

  #field(head: RequestHead, id: number, name: string): void {
    const line = head.onlyLine(id);
    if (line >= 0) return this.span(head.bytes, head.valueStart(line), head.valueEnd(line), MAX_FIELD);
    // Several lines of one name are joined, which is rare enough to be done as text.
    const value = line === -1 ? undefined : head.header(name);
    if (value === undefined) this.byte(45);
    else this.text(value, MAX_FIELD);
  }

  /** What stands between address and request of nearly every line. */
  #copyStamp(atMs: number): void {
    const date = dateOf(atMs);
    if (date !== this.#date) {
      this.#date = date;
      this.#stamp = Buffer.from(` - - [${date}] "`, 'latin1');
    }
    const { bytes } = this;
    const stamp = this.#stamp;
    let to = this.end;
    for (let i = 0; i < stamp.length; i++) bytes[to++] = stamp[i]!;
    this.end = to;
  }
}

// The head of a request that came as texts (HTTP/2, a line of a log), written down as if it had come as bytes.

import type { HeadBytes, InspectedRequest } from '@parapet/kinds';

const MOST_BYTES = 8192;
const BLANK = 0x20;
const COLON = 0x3a;

export class WrittenHead implements HeadBytes {
  readonly bytes: Uint8Array = new Uint8Array(MOST_BYTES);
  readonly lineStart = 0;
  targetStart = 0;
  targetEnd = 0;
  headerCount = 0;
  /** Start and end of each name, and where its value ends. */
  readonly #at: number[] = [];
  #end = 0;

  /** Returns whether all of it could be written: it is not long, and has one character a byte. */
  write({ method, rawTarget, headers }: InspectedRequest): boolean {
    this.#end = 0;
    if (!this.#put(method, BLANK)) return false;
    this.targetStart = this.#end;
    if (!this.#put(rawTarget, BLANK)) return false;
    this.targetEnd = this.#end - 1;
    this.headerCount = headers.length;
    for (let i = 0; i < headers.length; i++) {
      const [name, value] = headers[i]!;
      this.#at[i * 3] = this.#end;
      // What a name ends with cannot be told from its value where both have it.
      if (name.includes(':') || !this.#put(name, COLON)) return false;
      this.#at[i * 3 + 1] = this.#end - 1;
      if (!this.#put(value, BLANK)) return false;
      this.#at[i * 3 + 2] = this.#end - 1;
    }
    return true;
  }

  nameStart(line: number): number {
    return this.#at[line * 3]!;
  }

  nameEnd(line: number): number {
    return this.#at[line * 3 + 1]!;
  }

  valueEnd(line: number): number {
    return this.#at[line * 3 + 2]!;
  }

  #put(text: string, ending: number): boolean {
    const { length } = text;
    const { bytes } = this;
    if (this.#end + length >= MOST_BYTES) return false;
    let at = this.#end;
    let seen = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      bytes[at++] = unit;
      seen |= unit;
    }
    bytes[at] = ending;
    this.#end = at + 1;
    return seen <= 0xff;
  }
}

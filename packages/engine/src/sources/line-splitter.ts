// Bytes in, lines out. Each line is decoded on its own: a kept piece of a line then keeps that line alive and not
// the chunk of a quarter megabyte it came from (V8 slices point into their parent).

import { isAscii } from 'node:buffer';

export interface SplitOptions {
  /** Longer lines are cut here and the rest of them is dropped. */
  readonly maxLineBytes?: number;
  /** Deliver empty lines too; they are skipped otherwise, as nothing can be learnt from them. */
  readonly keepEmpty?: boolean;
}

const DEFAULT_MAX_LINE_BYTES = 65_536;
const NEWLINE = 10;

export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #keepEmpty: boolean;
  /** The start of a line whose end has not been read yet, at most maxLineBytes + 1 of it. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #pendingBytes = 0;
  #cutLines = 0;

  constructor(options: SplitOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    this.#keepEmpty = options.keepEmpty ?? false;
  }

  /** Bytes taken since the end of the last whole line. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** How many lines were longer than allowed. */
  get cutLines(): number {
    return this.#cutLines;
  }

  /** Appends the lines that end within the chunk; the chunk may be reused afterwards. */
  push(chunk: Buffer, lines: string[]): void {
    let start = 0;
    if (this.#pendingBytes > 0) {
      const end = chunk.indexOf(NEWLINE);
      this.#hold(chunk.subarray(0, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#release(lines);
      start = end + 1;
    }
    const encoding = isAscii(chunk) ? 'latin1' : 'utf8';
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#decode(chunk, start, end, encoding, lines);
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** Delivers the unfinished last line: nothing will follow it. */
  end(lines: string[]): void {
    if (this.#pendingBytes > 0) this.#release(lines);
  }

  #hold(bytes: Buffer): void {
    this.#pendingBytes += bytes.length;
    const room = this.#maxLineBytes + 2 - this.#heldBytes;
    if (room <= 0) return;
    // A file with holes (truncated under a writer that does not append) has runs of NUL before a line.
    let start = 0;
    if (this.#heldBytes === 0) while (start < bytes.length && bytes[start] === 0) start++;
    const kept = Buffer.from(bytes.subarray(start, start + room));
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #release(lines: string[]): void {
    const line = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#pendingBytes = 0;
    this.#decode(line, 0, line.length, 'utf8', lines);
  }

  #decode(bytes: Buffer, from: number, to: number, encoding: 'latin1' | 'utf8', lines: string[]): void {
    let start = from;
    let end = to;
    while (start < end && bytes[start] === 0) start++;
    if (end > start && bytes[end - 1] === 13) end--;
    if (end - start > this.#maxLineBytes) {
      this.#cutLines++;
      end = start + this.#maxLineBytes;
      // Not in the middle of a character.
      while (end > start && (bytes[end]! & 0xc0) === 0x80) end--;
    }
    if (end === start && !this.#keepEmpty) return;
    lines.push(bytes.toString(encoding, start, end));
  }
}

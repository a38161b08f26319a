// What the head of a request and that of an answer have in common (RFC 9112 2): one line of its own kind, field lines,
// and bytes that arrive in pieces. Strings are made when they are asked for.

import { ConnectionOptions } from './connection.ts';
import { FieldLines, hasNewLine, NOTHING } from './fields.ts';
import { refusalOf, type RefusalCode, type RefusalReason } from './refusals.ts';

export abstract class MessageHead {
  /** Where the first line begins (a tolerated empty line before it is left out) and ends, with its CRLF. */
  lineStart = 0;
  lineEnd = 0;
  /** Behind the empty line. */
  headEnd = 0;
  version: '1.0' | '1.1' = '1.1';
  contentLength = 0;
  /** Whether the connection can be used again after the body. */
  keepsAlive = false;
  refusal: RefusalReason | undefined = undefined;
  /** How many spans between lineStart and headEnd are not sent on. */
  dropCount = 0;
  /** Start and end of each, ascending: whole lines with their CRLF, or the authority of a request's target. */
  readonly drops: number[] = [];

  protected readonly lines: FieldLines;
  protected readonly options: ConnectionOptions = new ConnectionOptions();
  protected buffer: Buffer = NOTHING;
  readonly #headBytes: number;
  readonly #tooLongLine: RefusalCode;
  #start = 0;
  /** How many bytes have been looked at for the end of a line. */
  #seen = 0;

  /** `tooLongLine`: what a first line that does not end within the head's limit is refused for. */
  constructor(limits: { readonly headBytes: number; readonly headers: number }, tooLongLine: RefusalCode) {
    this.#headBytes = limits.headBytes;
    this.#tooLongLine = tooLongLine;
    this.lines = new FieldLines(limits.headers);
  }

  /** Ready for the next message. */
  clear(): void {
    this.lines.clear();
    this.options.clear();
    this.refusal = undefined;
    this.#seen = this.lineEnd = this.dropCount = this.contentLength = 0;
    this.keepsAlive = false;
  }

  header(name: string): string | undefined {
    return this.lines.value(name);
  }

  headers(): Iterable<readonly [name: string, value: string]> {
    return this.lines.entries();
  }

  /**
   * Reads the lines of the head that begins at `start`. Returns the offset behind the empty line; 0 when more bytes are
   * needed, and then it is called again with the same bytes and more of them, at the same place or another; -1 when the
   * head is refused. The bytes must stay as they are for as long as the head is asked anything.
   */
  protected readLines(buffer: Buffer, start: number, end: number): number {
    if (this.refusal !== undefined) return -1;
    this.buffer = buffer;
    const isLimited = end - start >= this.#headBytes;
    const stop = isLimited ? start + this.#headBytes : end;
    if (this.#seen !== 0) {
      if (start !== this.#start && this.lineEnd !== 0) this.shift(start - this.#start);
      if (!isLimited && !hasNewLine(buffer, start + this.#seen, stop)) return this.#wait(start, stop);
    }
    if (this.lineEnd === 0) {
      const line = this.readFirstLine(start, stop);
      if (line < 0) return -1;
      if (line === 0) return isLimited ? this.refuse(this.#tooLongLine) : this.#wait(start, stop);
      this.lineEnd = this.lines.next = line;
    }
    const headEnd = this.lines.read(buffer, this.lines.next, stop);
    if (headEnd === 0) return isLimited ? this.refuse('head-too-large') : this.#wait(start, stop);
    if (headEnd < 0) this.refusal = this.lines.refusal;
    else this.headEnd = headEnd;
    return headEnd;
  }

  /** Reads the line that the field lines follow and sets `lineStart`; answers as `readLines`. */
  protected abstract readFirstLine(start: number, stop: number): number;

  /** The same bytes are that many further on: moves every offset that was read before the field lines. */
  protected shift(by: number): void {
    this.lineStart += by;
    this.lineEnd += by;
    this.lines.shift(by);
    for (let i = 0; i < this.dropCount * 2; i++) this.drops[i]! += by;
  }

  protected refuse(code: RefusalCode): number {
    this.refusal = refusalOf(code);
    return -1;
  }

  #wait(start: number, stop: number): number {
    this.#seen = stop - start;
    this.#start = start;
    return 0;
  }
}

// The head of what an upstream answers (RFC 9112 4). As strict about framing as for requests: an answer that two
// readers could end in two places would hand one visitor what belongs to another.

import type { ResponseView } from '@parapet/kinds';
import { CR, LF, SP, VALUE } from './bytes.ts';
import { latin1 } from './fields.ts';
import { isChunked, readContentLength } from './framing.ts';
import { MessageHead } from './message-head.ts';
import {
  CACHE,
  CONNECTION,
  CONTENT_LENGTH,
  HOP,
  OWN_HEADER,
  ROLES,
  TRANSFER_ENCODING,
  UPGRADE,
} from './names.ts';
import { refusalOfByte, type RefusalCode } from './refusals.ts';

export class ResponseHead extends MessageHead implements ResponseView {
  status = 0;
  /** `close`: the body ends with the connection. */
  framing: 'none' | 'length' | 'chunked' | 'close' = 'none';
  /** 1xx but 101: another head follows. */
  isInterim = false;

  #hasCacheStatus = false;

  constructor(limits: { readonly headBytes: number; readonly headers: number }) {
    super(limits, 'head-too-large');
  }

  /** Ready for the next answer. */
  override clear(): void {
    super.clear();
    this.status = 0;
    this.framing = 'none';
    this.isInterim = this.#hasCacheStatus = false;
  }

  /** Reads the head that begins at `start`; answers as `MessageHead.readLines`. */
  parse(buffer: Buffer, start: number, end: number, requestMethod: string): number {
    const headEnd = this.readLines(buffer, start, end);
    return headEnd > 0 ? this.#finish(headEnd, requestMethod) : headEnd;
  }

  /** Those that are sent on. */
  *keptHeaders(): Iterable<readonly [name: string, value: string]> {
    let line = 0;
    for (const entry of this.lines.entries()) {
      const at = this.lines.at[line++ * 4]!;
      let drop = 0;
      while (drop < this.dropCount && this.drops[drop * 2] !== at) drop++;
      if (drop === this.dropCount) yield entry;
    }
  }

  /** What the upstream's cache, or the one nearest to it, says of the answer; empty when none says anything. */
  get cacheStatus(): string {
    if (!this.#hasCacheStatus) return '';
    return this.header('x-drupal-cache') ?? this.header('x-cache') ?? this.header('cf-cache-status') ?? '';
  }

  /** The words behind the status, as sent. */
  get reasonPhrase(): string {
    return latin1(this.buffer, Math.min(this.lineStart + 13, this.lineEnd - 2), this.lineEnd - 2);
  }

  /** `HTTP/1.1 200 OK`; the words, and with them the space before, may be missing. */
  protected override readFirstLine(start: number, stop: number): number {
    const buffer = this.buffer;
    this.lineStart = start;
    for (let i = start; i < start + 12; i++) {
      if (i >= stop) return 0;
      const wanted = STATUS_LINE[i - start]!;
      if (wanted === 0 ? buffer[i]! < 48 || buffer[i]! > 57 : buffer[i] !== wanted)
        return this.refuse('status-line');
    }
    const minor = buffer[start + 7]! - 48;
    this.status =
      (buffer[start + 9]! - 48) * 100 + (buffer[start + 10]! - 48) * 10 + buffer[start + 11]! - 48;
    if (minor > 1 || this.status < 100) return this.refuse('status-line');
    this.version = minor === 1 ? '1.1' : '1.0';
    let i = start + 12;
    if (i < stop && buffer[i] !== SP && buffer[i] !== CR) return this.refuse('status-line');
    while (i < stop && VALUE[buffer[i]!] !== 0) i++;
    if (i + 1 >= stop) return i < stop && buffer[i] !== CR ? this.refuse(refusalOfByte(buffer[i]!)) : 0;
    if (buffer[i] !== CR) return this.refuse(refusalOfByte(buffer[i]!));
    return buffer[i + 1] === LF ? i + 2 : this.refuse('bare-cr');
  }

  #finish(headEnd: number, requestMethod: string): number {
    const lines = this.lines;
    let lengthLine = -1;
    let codingLine = -1;
    let roles = 0;
    let hasOwn = false;
    for (let line = 0; line < lines.count; line++) {
      const id = lines.ids[line]!;
      if (id === 0) continue;
      if (id === CONTENT_LENGTH) {
        if (lengthLine >= 0) return this.refuse('content-length-twice');
        lengthLine = line;
      } else if (id === TRANSFER_ENCODING) {
        if (codingLine >= 0) return this.refuse('te-twice');
        codingLine = line;
      } else if (id === CONNECTION) {
        const refusal = this.options.read(lines, line, false);
        if (refusal !== undefined) return this.refuse(refusal);
      } else if (id === OWN_HEADER) {
        hasOwn = true;
      }
      roles |= ROLES[id]!;
    }
    this.#hasCacheStatus = (roles & CACHE) !== 0;
    const refusal = this.#frame(lengthLine, codingLine, requestMethod);
    if (refusal !== undefined) return this.refuse(refusal);
    // A body that must not be there has perhaps been sent all the same: nothing after it can be trusted.
    const isBodiless = this.status < 200 || this.status === 204;
    const hasWrongBody = isBodiless && (codingLine >= 0 || this.contentLength > 0);
    const { hasClose, hasKeepAlive, namedCount } = this.options;
    this.keepsAlive =
      !hasClose &&
      !hasWrongBody &&
      this.framing !== 'close' &&
      this.status !== 101 &&
      (this.version === '1.1' || hasKeepAlive);
    this.isInterim = this.status < 200 && this.status !== 101;
    if ((roles & HOP) !== 0 || hasOwn || namedCount > 0 || hasWrongBody) this.#collectDrops(hasWrongBody);
    return headEnd;
  }

  /** RFC 9112 6.3, but what it lets a reader repair is refused. */
  #frame(lengthLine: number, codingLine: number, requestMethod: string): RefusalCode | undefined {
    if (codingLine >= 0 && lengthLine >= 0) return 'te-and-cl';
    if (codingLine >= 0) {
      if (!isChunked(this.lines, codingLine)) return 'te-not-chunked';
      if (this.version === '1.0') return 'te-in-1.0';
    }
    if (lengthLine >= 0) {
      this.contentLength = readContentLength(this.lines, lengthLine);
      if (this.contentLength < 0) return 'content-length';
    }
    const { status } = this;
    if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) this.framing = 'none';
    else if (codingLine >= 0) this.framing = 'chunked';
    else if (lengthLine >= 0) this.framing = this.contentLength > 0 ? 'length' : 'none';
    else this.framing = 'close';
    return undefined;
  }

  #collectDrops(dropsFraming: boolean): void {
    const lines = this.lines;
    const { isNamed, namedCount } = this.options;
    for (let line = 0; line < lines.count; line++) {
      const id = lines.ids[line]!;
      const isFraming = id === CONTENT_LENGTH || id === TRANSFER_ENCODING;
      const isHop = (ROLES[id]! & HOP) !== 0 && (id !== UPGRADE || this.status !== 101);
      if (
        !isHop &&
        id !== OWN_HEADER &&
        !(dropsFraming && isFraming) &&
        !(namedCount > 0 && isNamed[line] === 1)
      )
        continue;
      this.drops[this.dropCount * 2] = lines.at[line * 4]!;
      this.drops[this.dropCount++ * 2 + 1] = lines.endOf(line, this.headEnd);
    }
  }
}

/** 0 where a digit stands. */
const STATUS_LINE: Uint8Array = Uint8Array.from([72, 84, 84, 80, 47, 49, 46, 0, 32, 0, 0, 0]);

// The head of a request (RFC 9112 3), read in one pass over its bytes; strings are made when they are asked for. One
// object serves a connection: clear() makes it ready for the next request.

import type { HeadBytes, RequestView } from '@parapet/kinds';
import { CR, LF, LOWER, METHOD, SP } from './bytes.ts';
import { isWord, latin1 } from './fields.ts';
import { readContentLength, refuseTransferEncoding } from './framing.ts';
import { hostEnd } from './host.ts';
import { MessageHead } from './message-head.ts';
import { CLAIM, CONNECTION, CONTENT_LENGTH, EXPECT, HOP, HOST, LOOKALIKE, ROLES } from './names.ts';
import { TRANSFER_ENCODING, UPGRADE } from './names.ts';
import { refusalOfByte, type RefusalCode } from './refusals.ts';

/** nginx and Apache stop at 8 KiB; Drupal's addresses of aggregated files are the longest honest ones. */
const MOST_TARGET_BYTES = 16_384;
const MOST_METHOD_BYTES = 24;

/** Why a span is not sent on as it is. */
export const DROP_HOP = 1;
/** What the client says about itself: a trusted proxy's word may be kept. */
export const DROP_CLAIM = 2;
export const DROP_LOOKALIKE = 3;
/** `http://host` before the path of an absolute-form target. */
export const DROP_AUTHORITY = 4;

export class RequestHead extends MessageHead implements RequestView, HeadBytes {
  /** The path and query, or `*`. */
  targetStart = 0;
  targetEnd = 0;
  methodEnd = 0;
  framing: 'none' | 'length' | 'chunked' = 'none';
  expectsContinue = false;
  /** The one protocol the client would change to, in lower case, or empty. Its Upgrade line is then no drop. */
  upgrade = '';
  /** Why, one of the DROP_ constants each. */
  readonly dropKinds: number[] = [];

  #hostLine = -1;
  #hostNameEnd = 0;
  #authorityStart = 0;
  #method: string | undefined = undefined;
  #target: string | undefined = undefined;
  #host: string | undefined = undefined;

  constructor(limits: { readonly headBytes: number; readonly headers: number }) {
    super(limits, 'target-too-long');
  }

  /** Ready for the next request. */
  override clear(): void {
    super.clear();
    this.#method = this.#target = this.#host = undefined;
    this.framing = 'none';
    this.expectsContinue = false;
    this.upgrade = '';
    this.#hostLine = -1;
  }

  /** Reads the head that begins at `start`; answers as `MessageHead.readLines`. */
  parse(buffer: Buffer, start: number, end: number): number {
    const headEnd = this.readLines(buffer, start, end);
    return headEnd > 0 ? this.#finish(headEnd) : headEnd;
  }

  get hasBody(): boolean {
    return this.framing !== 'none';
  }

  get method(): string {
    return (this.#method ??= methodText(this.buffer, this.lineStart, this.methodEnd));
  }

  /** As sent, path and query; of an absolute-form target the part behind the authority. */
  get rawTarget(): string {
    return (this.#target ??= latin1(this.buffer, this.targetStart, this.targetEnd));
  }

  get host(): string {
    if (this.#host === undefined) {
      const start = this.#hostLine < 0 ? 0 : this.lines.at[this.#hostLine * 4 + 2]!;
      this.#host = this.#hostLine < 0 ? '' : latin1(this.buffer, start, this.#hostNameEnd).toLowerCase();
    }
    return this.#host;
  }

  /** As sent, with the port; empty when none was sent. */
  get rawHost(): string {
    return this.#hostLine < 0 ? '' : this.lines.text(this.#hostLine);
  }

  /** Whether `rawHost` is this, without making it. */
  hasRawHost(text: string): boolean {
    const line = this.#hostLine;
    if (line < 0) return text === '';
    const start = this.valueStart(line);
    if (this.valueEnd(line) - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.buffer[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Writes `host` as bytes at `at`, at most so many of them, and returns where it ends. */
  writeHost(to: Uint8Array, at: number, most: number): number {
    const line = this.#hostLine;
    if (line < 0) return at;
    const start = this.valueStart(line);
    const end = Math.min(this.#hostNameEnd, start + most);
    // What a host is made of is a token's characters, brackets and colons, which have no other case.
    for (let i = start; i < end; i++) to[at++] = LOWER[this.buffer[i]!]!;
    return at;
  }

  /** Where the Host line is, with its CRLF; both 0 when there is none. */
  get hostLineStart(): number {
    return this.#hostLine < 0 ? 0 : this.lines.at[this.#hostLine * 4]!;
  }

  get hostLineEnd(): number {
    return this.#hostLine < 0 ? 0 : this.lines.endOf(this.#hostLine, this.headEnd);
  }

  /** What the offsets are in. */
  get bytes(): Buffer {
    return this.buffer;
  }

  get raw(): HeadBytes {
    return this;
  }

  /** The line with the name of this id, of names.ts; -1 when there is none, -2 when there are several. */
  onlyLine(id: number): number {
    return this.lines.only(id);
  }

  nameStart(line: number): number {
    return this.lines.at[line * 4]!;
  }

  nameEnd(line: number): number {
    return this.lines.at[line * 4 + 1]!;
  }

  valueStart(line: number): number {
    return this.lines.at[line * 4 + 2]!;
  }

  valueEnd(line: number): number {
    return this.lines.at[line * 4 + 3]!;
  }

  get headerCount(): number {
    return this.lines.count;
  }

  protected override shift(by: number): void {
    super.shift(by);
    this.methodEnd += by;
    this.targetStart += by;
    this.targetEnd += by;
    this.#authorityStart += by;
  }

  protected override readFirstLine(start: number, stop: number): number {
    const buffer = this.buffer;
    let i = start;
    // One empty line: some clients send it behind a body (RFC 9112 2.2).
    if (buffer[i] === CR && i < stop) {
      if (i + 1 >= stop) return 0;
      if (buffer[i + 1] !== LF) return this.refuse('bare-cr');
      i += 2;
      if (i < stop && buffer[i] === CR) return this.refuse('empty-lines');
    }
    this.lineStart = i;
    const method = METHOD;
    while (i < stop && method[buffer[i]!] !== 0) i++;
    if (i - this.lineStart > MOST_METHOD_BYTES) return this.refuse('method');
    if (i >= stop) return 0;
    if (buffer[i] !== SP || i === this.lineStart) return this.refuse(codeOf(buffer[i]!, 'method'));
    this.methodEnd = i++;
    const targetStart = i;
    const most = targetStart + MOST_TARGET_BYTES;
    const targetStop = stop < most ? stop : most;
    while (i < targetStop && isOfTarget(buffer[i]!)) i++;
    if (i >= targetStop) return i >= stop && stop !== most ? 0 : this.refuse('target-too-long');
    if (buffer[i] !== SP) return this.#refuseTarget(i, stop);
    if (i === targetStart) return this.refuse('request-line');
    this.targetStart = this.#authorityStart = targetStart;
    this.targetEnd = i;
    return this.#readVersion(i + 1, stop);
  }

  #refuseTarget(at: number, stop: number): number {
    const byte = this.buffer[at]!;
    if (byte === 35) return this.refuse('target-fragment');
    if (byte !== CR) return this.refuse(codeOf(byte, 'target'));
    if (at + 1 >= stop) return 0;
    return this.refuse(this.buffer[at + 1] === LF ? 'http-0.9' : 'bare-cr');
  }

  #readVersion(start: number, stop: number): number {
    const buffer = this.buffer;
    let i = start;
    for (; i < start + 8; i++) {
      if (i >= stop) return 0;
      const wanted = HTTP_VERSION[i - start]!;
      // The two digits of the version are looked at below.
      if (wanted === 0 ? !isDigit(buffer[i]!) : buffer[i] !== wanted)
        return this.refuse(codeOf(buffer[i]!, 'request-line'));
    }
    if (i + 1 >= stop) return 0;
    if (buffer[i] !== CR) return this.refuse(codeOf(buffer[i]!, 'request-line'));
    if (buffer[i + 1] !== LF) return this.refuse('bare-cr');
    const minor = buffer[start + 7]!;
    if (buffer[start + 5] !== 49 || minor > 49) return this.refuse('version');
    this.version = minor === 49 ? '1.1' : '1.0';
    return this.#checkTarget() ? i + 2 : -1;
  }

  /** The four forms of RFC 9112 3.2; an authority is compared with Host when that is known. */
  #checkTarget(): boolean {
    const buffer = this.buffer;
    const first = buffer[this.targetStart];
    if (isWord(buffer, this.lineStart, this.methodEnd, 'connect')) this.refuse('connect');
    // HTTP/2 begins with it, and nothing else does.
    else if (isWord(buffer, this.lineStart, this.methodEnd, 'pri')) this.refuse('method');
    else if (first === 42 /* * */) {
      const isWhole = this.targetEnd - this.targetStart === 1;
      if (!isWhole || !isWord(buffer, this.lineStart, this.methodEnd, 'options')) this.refuse('target');
    } else if (first !== 47 /* / */) this.#checkAbsolute();
    return this.refusal === undefined;
  }

  #checkAbsolute(): void {
    const buffer = this.buffer;
    const start = this.targetStart;
    let authority = start;
    if (isWord(buffer, start, start + 4, 'http')) authority = start + 4;
    if (isWord(buffer, start, start + 5, 'https')) authority = start + 5;
    const hasScheme =
      authority > start &&
      buffer[authority] === 58 &&
      buffer[authority + 1] === 47 &&
      buffer[authority + 2] === 47;
    if (!hasScheme)
      return void this.refuse(hasSchemeMark(buffer, start, this.targetEnd) ? 'absolute-form' : 'target');
    this.#authorityStart = authority + 3;
    let i = this.#authorityStart;
    while (i < this.targetEnd && buffer[i] !== 47 && buffer[i] !== 63) i++;
    // The path may not be left out: a server would have to put the `/` in, and not all do.
    if (i >= this.targetEnd || buffer[i] === 63) return void this.refuse('absolute-form');
    if (hostEnd(buffer, this.#authorityStart, i) < 0) return void this.refuse('absolute-form');
    this.#drop(start, i, DROP_AUTHORITY);
    this.targetStart = i;
  }

  #finish(headEnd: number): number {
    const lines = this.lines;
    const { ids } = lines;
    let lengthLine = -1;
    let codingLine = -1;
    let upgradeLine = -1;
    let expectLine = -1;
    let drops = 0;
    for (let line = 0; line < lines.count; line++) {
      const id = ids[line]!;
      if (id === 0) continue;
      if (id === HOST) {
        if (this.#hostLine >= 0) return this.refuse('host-twice');
        this.#hostLine = line;
      } else if (id === CONTENT_LENGTH) {
        if (lengthLine >= 0) return this.refuse('content-length-twice');
        lengthLine = line;
      } else if (id === TRANSFER_ENCODING) {
        if (codingLine >= 0) return this.refuse('te-twice');
        codingLine = line;
      } else if (id === CONNECTION) {
        const refusal = this.options.read(lines, line, true);
        if (refusal !== undefined) return this.refuse(refusal);
      } else if (id === UPGRADE) {
        // Two lines are a list, and a list is a choice that is not ours to make.
        upgradeLine = upgradeLine === -1 ? line : -2;
      } else if (id === EXPECT) {
        if (!isWord(lines.buffer, lines.at[line * 4 + 2]!, lines.at[line * 4 + 3]!, '100-continue'))
          return this.refuse('expectation');
        expectLine = line;
      }
      drops |= ROLES[id]!;
    }
    const refusal = this.#checkHost() ?? this.#frame(lengthLine, codingLine);
    if (refusal !== undefined) return this.refuse(refusal);
    const { hasClose, hasKeepAlive, hasUpgrade, namedCount } = this.options;
    this.keepsAlive = !hasClose && (this.version === '1.1' || hasKeepAlive);
    // A 1.0 client cannot be meant by either (RFC 9110 7.8, 10.1.1).
    if (this.version === '1.1') {
      this.expectsContinue = expectLine >= 0 && this.framing !== 'none';
      if (hasUpgrade && upgradeLine >= 0 && this.framing === 'none')
        this.upgrade = this.#readUpgrade(upgradeLine);
    }
    const keptUpgrade = this.upgrade === '' ? -1 : upgradeLine;
    const lostExpect = expectLine >= 0 && !this.expectsContinue ? expectLine : -1;
    if ((drops & (HOP | CLAIM | LOOKALIKE)) !== 0 || namedCount > 0 || lostExpect >= 0)
      this.#collectDrops(keptUpgrade, lostExpect);
    return headEnd;
  }

  #checkHost(): RefusalCode | undefined {
    const isAbsolute = this.dropCount > 0;
    if (this.#hostLine < 0) {
      if (this.version === '1.1') return 'host-missing';
      return isAbsolute ? 'authority-not-host' : undefined;
    }
    const { at, buffer } = this.lines;
    const start = at[this.#hostLine * 4 + 2]!;
    const end = at[this.#hostLine * 4 + 3]!;
    this.#hostNameEnd = hostEnd(buffer, start, end);
    if (this.#hostNameEnd < 0) return 'host-invalid';
    if (!isAbsolute) return undefined;
    // The target would win by RFC 9112 3.2.2, but not with everybody: as with HAProxy, both must say the same.
    const authority = latin1(buffer, this.#authorityStart, this.targetStart);
    return authority.toLowerCase() === latin1(buffer, start, end).toLowerCase()
      ? undefined
      : 'authority-not-host';
  }

  #frame(lengthLine: number, codingLine: number): RefusalCode | undefined {
    if (codingLine >= 0) {
      if (lengthLine >= 0) return 'te-and-cl';
      this.framing = 'chunked';
      const refusal = refuseTransferEncoding(this.lines, codingLine);
      return refusal ?? (this.version === '1.0' ? 'te-in-1.0' : undefined);
    }
    if (lengthLine < 0) return undefined;
    this.contentLength = readContentLength(this.lines, lengthLine);
    if (this.contentLength > 0) this.framing = 'length';
    return this.contentLength < 0 ? 'content-length' : undefined;
  }

  /** HTTP/2 without TLS is never agreed to behind our back: what follows would pass unseen. */
  #readUpgrade(line: number): string {
    const text = this.lines.text(line).toLowerCase();
    return /^[a-z0-9.+-]+(?:\/[a-z0-9.]+)?$/.test(text) && !/^h2c?$|^http|^tls/.test(text) ? text : '';
  }

  #collectDrops(keptUpgrade: number, lostExpect: number): void {
    const lines = this.lines;
    const { isNamed, namedCount } = this.options;
    for (let line = 0; line < lines.count; line++) {
      const roles = ROLES[lines.ids[line]!]!;
      if (line === keptUpgrade) continue;
      let kind = 0;
      if ((roles & HOP) !== 0 || line === lostExpect || (namedCount > 0 && isNamed[line] === 1))
        kind = DROP_HOP;
      else if ((roles & CLAIM) !== 0) kind = DROP_CLAIM;
      else if ((roles & LOOKALIKE) !== 0) kind = DROP_LOOKALIKE;
      if (kind !== 0) this.#drop(lines.at[line * 4]!, lines.endOf(line, this.headEnd), kind);
    }
  }

  #drop(start: number, end: number, kind: number): void {
    this.drops[this.dropCount * 2] = start;
    this.drops[this.dropCount * 2 + 1] = end;
    this.dropKinds[this.dropCount++] = kind;
  }
}

/** 0 where a digit stands. */
const HTTP_VERSION: Uint8Array = Uint8Array.from([72, 84, 84, 80, 47, 0, 46, 0]);

/**
 * Visible but `#`, and bytes from 0x80, since old links to Drupal sites hold raw UTF-8 and every server takes it; none
 * of these bytes ends anything for any reader.
 */
function isOfTarget(byte: number): boolean {
  return byte > 32 && byte !== 127 && byte !== 35;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** The reason for a control character, wherever it is met; else what it spoils. */
function codeOf(byte: number, code: RefusalCode): RefusalCode {
  return byte === SP || byte === CR || (byte >= SP && byte !== 127) ? code : refusalOfByte(byte);
}

function hasSchemeMark(buffer: Buffer, start: number, end: number): boolean {
  return latin1(buffer, start, end).includes('://');
}

/** The usual one without a new string. */
function methodText(buffer: Buffer, start: number, end: number): string {
  const first = buffer[start];
  if (end - start === 3 && first === 71 && buffer[start + 1] === 69 && buffer[start + 2] === 84) return 'GET';

  return latin1(buffer, start, end);
}

// A chunked body (RFC 9112 7.1), read as it passes: nothing is copied but trailers, which are short and must be
// whole to be looked at. One class for both ways; a request may not have chunk extensions, which nobody uses and
// several servers have read wrongly.

import { CR, HEX, HTAB, LF, SP, VALUE } from './bytes.ts';
import { FieldLines } from './fields.ts';
import { refusalOf, refusalOfByte, type RefusalCode, type RefusalReason } from './refusals.ts';

const MOST_DIGITS = 16;
const MOST_EXTENSION_BYTES = 1024;
const MOST_TRAILER_BYTES = 8192;
const MOST_TRAILERS = 32;

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILERS = 6;
const DONE = 7;

export class ChunkedReader {
  refusal: RefusalReason | undefined = undefined;
  /** How many bytes of the body itself have passed, without sizes and trailers. */
  bodyBytes = 0;
  /** How many spans of the body were in the bytes read last. */
  dataCount = 0;
  /** Start and end of each. */
  readonly data: number[] = [];

  readonly #isRequest: boolean;
  #state = SIZE;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailers: Buffer | undefined = undefined;
  #trailerBytes = 0;
  #fields: FieldLines | undefined = undefined;

  constructor(of: 'request' | 'response') {
    this.#isRequest = of === 'request';
  }

  get isDone(): boolean {
    return this.#state === DONE;
  }

  /** Ready for the next body. */
  clear(): void {
    this.refusal = undefined;
    this.bodyBytes = this.dataCount = 0;
    this.#startChunk();
    this.#trailerBytes = 0;
    this.#fields = undefined;
  }

  /** What stood behind the last chunk, names in lower case; valid until the next body. */
  get trailers(): Iterable<readonly [name: string, value: string]> {
    return this.#fields?.entries() ?? [];
  }

  /** Returns the offset behind the last byte that belongs to the body, or -1 when it is refused. */
  read(buffer: Buffer, start: number, end: number): number {
    this.dataCount = 0;
    if (this.refusal !== undefined) return -1;
    let i = start;
    while (i < end && this.#state !== DONE) {
      if (this.#state === DATA) {
        i = this.#passData(i, end);
      } else if (this.#state === TRAILERS) {
        i = this.#readTrailers(buffer, i, end);
        if (i < 0) return -1;
      } else {
        const refusal = this.#take(buffer[i]!);
        if (refusal !== undefined) return this.#refuse(refusal);
        i++;
      }
    }
    return i;
  }

  #passData(start: number, end: number): number {
    const length = Math.min(this.#size, end - start);
    this.data[this.dataCount * 2] = start;
    this.data[this.dataCount++ * 2 + 1] = start + length;
    this.#size -= length;
    this.bodyBytes += length;
    if (this.#size === 0) this.#state = DATA_CR;
    return start + length;
  }

  /** One byte of what stands between the data. */
  #take(byte: number): RefusalCode | undefined {
    if (this.#state === SIZE) return this.#takeSize(byte);
    if (this.#state === EXTENSION) return this.#takeExtension(byte);
    if (this.#state === SIZE_LF) {
      if (byte !== LF) return 'bare-cr';
      this.#state = this.#size === 0 ? TRAILERS : DATA;
    } else if (this.#state === DATA_CR) {
      if (byte !== CR) return byte === LF ? 'bare-lf' : 'chunk-end';
      this.#state = DATA_LF;
    } else {
      if (byte !== LF) return 'bare-cr';
      this.#startChunk();
    }
    return undefined;
  }

  #takeSize(byte: number): RefusalCode | undefined {
    const digit = HEX[byte]!;
    if (digit !== 0) {
      this.#size = this.#size * 16 + (digit - 1);
      return ++this.#digits > MOST_DIGITS || this.#size > Number.MAX_SAFE_INTEGER ? 'chunk-size' : undefined;
    }
    if (this.#digits === 0) return byte === LF ? 'bare-lf' : 'chunk-size';
    if (byte === CR) this.#state = SIZE_LF;
    else if (byte === LF) return 'bare-lf';
    else if (byte !== 59 && byte !== SP && byte !== HTAB) return 'chunk-size';
    else if (this.#isRequest) return byte === 59 ? 'chunk-extension' : 'chunk-size';
    else this.#state = EXTENSION;
    return undefined;
  }

  /** Of an answer only. Old servers pad sizes with spaces; what stands here is passed on and never used. */
  #takeExtension(byte: number): RefusalCode | undefined {
    if (byte === CR) this.#state = SIZE_LF;
    else if (VALUE[byte] === 0) return refusalOfByte(byte);
    else if (++this.#extensionBytes > MOST_EXTENSION_BYTES) return 'chunk-extension';
    return undefined;
  }

  #startChunk(): void {
    this.#state = SIZE;
    this.#size = this.#digits = this.#extensionBytes = 0;
  }

  /** Nearly always the two bytes of the empty line. */
  #readTrailers(buffer: Buffer, start: number, end: number): number {
    if (this.#trailerBytes === 0 && buffer[start] === CR && start + 1 < end && buffer[start + 1] === LF) {
      this.#state = DONE;
      return start + 2;
    }
    this.#trailers ??= Buffer.allocUnsafe(MOST_TRAILER_BYTES);
    let i = start;
    while (i < end) {
      if (this.#trailerBytes === MOST_TRAILER_BYTES) return this.#refuse('trailers-too-large');
      const byte = buffer[i++]!;
      this.#trailers[this.#trailerBytes++] = byte;
      if (byte !== LF) continue;
      const isDone = this.#checkTrailers();
      if (isDone < 0) return -1;
      if (isDone > 0) {
        this.#state = DONE;
        return i;
      }
    }
    return i;
  }

  /** Returns 1 when the last line is the empty one, 0 when more follow, -1 when they are refused. */
  #checkTrailers(): number {
    const buffer = this.#trailers!;
    const length = this.#trailerBytes;
    if (length === 1 || buffer[length - 2] !== CR) return this.#refuse('bare-lf');
    if (length !== 2 && !(buffer[length - 3] === LF && buffer[length - 4] === CR)) return 0;
    const lines = new FieldLines(MOST_TRAILERS);
    if (lines.read(buffer, 0, length) !== length) return this.#refuse(lines.refusal?.code ?? 'trailer-field');
    // Every name that means something to us or to the site's framing has its place before the body.
    if (lines.ids.some((id) => id !== 0)) return this.#refuse('trailer-field');
    this.#fields = lines;
    return 1;
  }

  #refuse(code: RefusalCode): number {
    this.refusal = refusalOf(code);
    return -1;
  }
}

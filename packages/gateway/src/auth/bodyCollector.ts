// The body of a question: a form of one of our own pages, which is kept, or something that a server sends along
// unasked, which is thrown away up to a limit.

import { ChunkedReader } from '../http/chunked.ts';

export class BodyCollector {
  isDone = false;
  readonly #most: number;
  readonly #mostDiscarded: number;
  readonly #go: (body: Uint8Array | undefined, bytes: number, isBroken: boolean) => void;
  readonly #chunks: ChunkedReader | undefined;
  readonly #kept: Buffer[] = [];
  #left: number;
  #bytes = 0;
  #isBroken = false;

  /** `length` is -1 for a chunked body; `go` gets undefined for a body that is longer than `most`. */
  constructor(
    length: number,
    most: number,
    mostDiscarded: number,
    go: (body: Uint8Array | undefined, bytes: number, isBroken: boolean) => void,
  ) {
    this.#left = length;
    this.#most = most;
    this.#mostDiscarded = mostDiscarded;
    this.#go = go;
    this.#chunks = length < 0 ? new ChunkedReader('request') : undefined;
  }

  /** Returns the offset behind what belongs to the body. */
  take(bytes: Buffer, start: number): number {
    if (this.#chunks === undefined) {
      const end = Math.min(bytes.length, start + this.#left);
      this.#left -= end - start;
      this.#keep(bytes, start, end);
      this.isDone ||= this.#left === 0;
      return end;
    }
    const end = this.#chunks.read(bytes, start, bytes.length);
    if (end < 0) {
      this.isDone = this.#isBroken = true;
      return bytes.length;
    }
    for (let i = 0; i < this.#chunks.dataCount; i++)
      this.#keep(bytes, this.#chunks.data[i * 2]!, this.#chunks.data[i * 2 + 1]!);
    this.isDone ||= this.#chunks.isDone;
    return end;
  }

  done(): void {
    const isWhole = this.#bytes <= this.#most && !this.#isBroken;
    this.#go(isWhole ? Buffer.concat(this.#kept) : undefined, this.#bytes, this.#isBroken);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes <= this.#most) this.#kept.push(bytes.subarray(start, end));
    if (this.#bytes > this.#mostDiscarded) this.isDone = this.#isBroken = true;
  }
}

// The body of a question: a form of one of our own pages or what is to be inspected, which is kept, or something that
// a server sends along unasked, which is thrown away up to a limit.

import { ChunkedReader } from '../http/chunked.ts';

export interface Collected {
  readonly kept: Uint8Array;
  /** There was more of it. */
  readonly isCut: boolean;
  /** It broke a rule, or was endless; nothing more can be read from that connection. */
  readonly isBroken: boolean;
  readonly bytes: number;
}

export class BodyCollector {
  isDone = false;
  readonly #most: number;
  readonly #mostDiscarded: number;
  readonly #go: (body: Collected) => void;
  readonly #chunks: ChunkedReader | undefined;
  readonly #kept: Buffer[] = [];
  #left: number;
  #bytes = 0;
  #isBroken = false;

  /** `length` is -1 for a chunked body; of a body that is longer than `most` only so much is kept. */
  constructor(length: number, most: number, mostDiscarded: number, go: (body: Collected) => void) {
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
    const isBroken = this.#isBroken;
    const isCut = this.#bytes > this.#most;
    this.#go({ kept: Buffer.concat(this.#kept), isCut, isBroken, bytes: this.#bytes });
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const room = this.#most - this.#bytes;
    this.#bytes += end - start;
    if (room > 0) this.#kept.push(bytes.subarray(start, Math.min(end, start + room)));
    if (this.#bytes > this.#mostDiscarded) this.isDone = this.#isBroken = true;
  }
}

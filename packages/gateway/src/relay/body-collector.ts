// The body of a request that an own page wants whole: a form, a solution. Bounded by what the page says it takes.

import type { Action, Answer } from '@parapet/kinds';
import { ChunkedReader } from '../http/chunked.ts';

type Handling = Extract<Action, { kind: 'handle' }>;

export class BodyCollector {
  readonly #handling: Handling;
  readonly #chunks: ChunkedReader | undefined;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(handling: Handling, isChunked: boolean) {
    this.#handling = handling;
    this.#chunks = isChunked ? new ChunkedReader('request') : undefined;
  }

  /** Returns false when the body is longer than the page takes. */
  take(buffer: Buffer, start: number, end: number): boolean {
    if (this.#chunks === undefined) return this.#keep(buffer, start, end);
    this.#chunks.read(buffer, start, end);
    for (let i = 0; i < this.#chunks.dataCount; i++)
      if (!this.#keep(buffer, this.#chunks.data[i * 2]!, this.#chunks.data[i * 2 + 1]!)) return false;
    return true;
  }

  async handle(): Promise<Answer> {
    return this.#handling.handle(Buffer.concat(this.#pieces));
  }

  #keep(buffer: Buffer, start: number, end: number): boolean {
    this.#bytes += end - start;
    if (this.#bytes > this.#handling.maxBodyBytes) return false;
    this.#pieces.push(Buffer.from(buffer.subarray(start, end)));
    return true;
  }
}

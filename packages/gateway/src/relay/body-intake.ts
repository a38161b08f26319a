// The body of a request that somebody wants before anything is forwarded: an own page that takes a form, or who decides
// by what it says. Kept as it crossed the wire, to be sent on so; seen without the sizes of its chunks.

import type { Action, Answer } from '@parapet/kinds';
import { ChunkedReader } from '../http/chunked.ts';

type Handling = Extract<Action, { kind: 'handle' }>;
type Reading = Extract<Action, { kind: 'read' }>;

/** Chunks of one byte weigh six on the wire: what is kept of it has a bound of its own. */
const WIRE_ROOM = 4096;

export class BodyIntake {
  readonly wanted: Handling | Reading;
  /** More has come than is kept. */
  isFull = false;
  readonly #chunks: ChunkedReader | undefined;
  #wire: Buffer[] = [];
  #data: Buffer[] = [];
  #wireBytes = 0;
  #dataBytes = 0;

  constructor(wanted: Handling | Reading, isChunked: boolean) {
    this.wanted = wanted;
    this.#chunks = isChunked ? new ChunkedReader('request') : undefined;
  }

  /** Keeps a piece, or the last one that there is room for. */
  take(buffer: Buffer, start: number, end: number): void {
    const most = this.wanted.maxBodyBytes;
    const piece = Buffer.from(buffer.subarray(start, end));
    this.#wire.push(piece);
    this.#wireBytes += piece.length;
    for (const data of this.#dataOf(piece)) {
      this.#data.push(data);
      this.#dataBytes += data.length;
    }
    this.isFull = this.#dataBytes > most || this.#wireBytes > most * 2 + WIRE_ROOM;
  }

  /** Returns what there is of the body. */
  body(): Uint8Array {
    return joined(this.#data, this.#dataBytes);
  }

  /** Returns what there is of the body as it crossed the wire, and keeps it no longer. */
  release(): Buffer {
    const wire = joined(this.#wire, this.#wireBytes);
    this.#wire = this.#data = [];
    return wire;
  }

  /** Shows a piece that is not kept. Returns what the request is answered with for it. */
  follow(buffer: Buffer, start: number, end: number): Answer | undefined {
    const { wanted } = this;
    if (wanted.kind !== 'read' || wanted.follow === undefined) return undefined;
    for (const data of this.#dataOf(buffer.subarray(start, end))) {
      const answer = wanted.follow(data);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  #dataOf(piece: Buffer): readonly Buffer[] {
    const chunks = this.#chunks;
    if (chunks === undefined) return [piece];
    chunks.read(piece, 0, piece.length);
    const parts: Buffer[] = [];
    for (let i = 0; i < chunks.dataCount; i++)
      parts.push(piece.subarray(chunks.data[i * 2]!, chunks.data[i * 2 + 1]!));
    return parts;
  }
}

function joined(pieces: readonly Buffer[], bytes: number): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes);
}

// Reads a finished log as fast as it can be split: a file, plain or gzip, or a stream such as stdin.

import { gunzip, isGzip } from './gunzip.ts';
import { LineSplitter, type SplitOptions } from './line-splitter.ts';
import type { FileSystem } from './surroundings.ts';

export interface ReadBatch {
  readonly lines: readonly string[];
  /** Bytes of the file as it is stored (compressed, if it is) that have been read so far. */
  readonly bytesRead: number;
}

export interface LogReading extends AsyncIterable<ReadBatch> {
  /** For a progress bar; undefined for a stream. */
  readonly totalBytes: number | undefined;
  /** Lines cut for their length so far. */
  readonly cutLines: number;
  /** What was wrong with a gzip archive; known at the end. Everything before the damage has been delivered. */
  readonly damage: string | undefined;
}

const CHUNK_BYTES = 262_144;

/** Returns the lines of a file in batches, or undefined when there is no such file. Iterate once. */
export async function readLog(
  files: FileSystem,
  path: string,
  options: SplitOptions = {},
): Promise<LogReading | undefined> {
  const handle = await files.open(path);
  if (handle === undefined) return undefined;
  const { size, kind } = await handle.stat();
  if (kind === 'directory') {
    await handle.close();
    throw new Error(`${path} is a directory`);
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      // Two buffers by turns: the next chunk is read from disk while this one is split.
      const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
      let position = 0;
      let pending = handle!.read(buffers[0], 0);
      for (let turn = 0; ; turn++) {
        const length = await pending;
        if (length === 0) return;
        position += length;
        pending = handle!.read(buffers[((turn + 1) % 2) as 0 | 1], position);
        // The promise is awaited on the next turn; if the reader stops before, its failure concerns nobody.
        pending.catch(() => {});
        yield buffers[(turn % 2) as 0 | 1].subarray(0, length);
      }
    } finally {
      await handle!.close();
    }
  }
  // Named pipes and devices have no size of their own.
  return new Reading(chunks(), kind === 'file' ? size : undefined, options);
}

/** Returns the lines of a stream in batches, as they arrive; gzip is recognised. Iterate once. */
export function readStream(chunks: AsyncIterable<Buffer>, options: SplitOptions = {}): LogReading {
  return new Reading(chunks, undefined, options);
}

class Reading implements LogReading {
  readonly totalBytes: number | undefined;
  readonly #chunks: AsyncIterable<Buffer>;
  readonly #splitter: LineSplitter;
  #bytesRead = 0;
  #damage: string | undefined;

  constructor(chunks: AsyncIterable<Buffer>, totalBytes: number | undefined, options: SplitOptions) {
    this.#chunks = chunks;
    this.totalBytes = totalBytes;
    this.#splitter = new LineSplitter(options);
  }

  get cutLines(): number {
    return this.#splitter.cutLines;
  }

  get damage(): string | undefined {
    return this.#damage;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadBatch> {
    for await (const chunk of this.#plainChunks()) {
      const lines: string[] = [];
      this.#splitter.push(chunk, lines);
      yield { lines, bytesRead: this.#bytesRead };
    }
    const lines: string[] = [];
    this.#splitter.end(lines);
    if (lines.length > 0) yield { lines, bytesRead: this.#bytesRead };
  }

  async *#plainChunks(): AsyncGenerator<Buffer> {
    const counted = this.#counted();
    // A pipe may deliver the two bytes that say gzip one by one.
    let first: Buffer = Buffer.alloc(0);
    try {
      while (first.length < 2) {
        const next = await counted.next();
        if (next.done === true) break;
        first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
      }
      if (isGzip(first)) this.#damage = yield* gunzip(resumed(first, counted));
      else yield* resumed(first, counted);
    } finally {
      await counted.return(undefined);
    }
  }

  async *#counted(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#chunks) {
      this.#bytesRead += chunk.length;
      yield chunk;
    }
  }
}

async function* resumed(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

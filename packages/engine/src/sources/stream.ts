// Lines that somebody pipes into us. There is no place to go back to, so there are no cursors.

import type { LineOrigin } from '@parapet/kinds';
import type { LineBatch } from './line-batch.ts';
import { readStream } from './replay.ts';
import type { Clock } from './surroundings.ts';

export interface StreamOptions {
  readonly chunks: AsyncIterable<Buffer>;
  readonly originOf: (lines: readonly string[]) => LineOrigin;
  readonly clock: Clock;
}

/** Yields the lines of a stream as they arrive, until it ends. */
export async function* followStream(options: StreamOptions): AsyncGenerator<LineBatch> {
  for await (const { lines } of readStream(options.chunks)) {
    if (lines.length === 0) continue;
    const origin = options.originOf(lines);
    const readAtMs = options.clock.nowMs();
    yield { lines: lines.map((raw) => ({ raw, origin, readAtMs })), cursors: new Map() };
  }
}

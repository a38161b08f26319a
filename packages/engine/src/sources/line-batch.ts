// What every live source yields: lines, and the cursors that hold once they have been dealt with. The next batch
// is read only when the last was taken, so a slow consumer slows the source and never fills memory.

import type { Line } from '@parapet/kinds';

export interface LineBatch {
  /** May be empty: some batches only move cursors. */
  readonly lines: readonly Line[];
  /**
   * How far the sources have been read once the batch has been dealt with, by name; undefined removes a cursor. The
   * store writes them in the transaction that writes the alerts: then kill -9 loses and doubles nothing.
   */
  readonly cursors: ReadonlyMap<string, unknown>;
  /** Called when the lines have been through all stages, before anything is written: somebody waits for that. */
  readonly onProcessed?: () => void;
  /** Losing these cursors loses no line: nothing has to wait until they are written. */
  readonly isPatient?: boolean;
}

/** Returns the name under which a source saves one of its cursors. */
export function cursorName(source: string, key: string): string {
  return `${source}\n${key}`;
}

/** Returns the cursors of one source, by key. */
export function cursorsOf(source: string, saved: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const prefix = cursorName(source, '');
  for (const [name, value] of saved) {
    if (name.startsWith(prefix) && value !== undefined) found.set(name.slice(prefix.length), value);
  }
  return found;
}

/** A source that is running. It ends when its signal is aborted, or when there is nothing more to come. */
export type LineSource = AsyncIterable<LineBatch>;

/**
 * Yields the batches of several sources as they come, each source waiting until its batch was taken. When one
 * fails, the others are stopped and the failure is passed on.
 */
export async function* mergeSources(sources: readonly LineSource[]): AsyncGenerator<LineBatch> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const pending = new Map<number, Promise<{ index: number; result: IteratorResult<LineBatch> }>>();
  const ask = (index: number): void => {
    pending.set(
      index,
      iterators[index]!.next().then((result) => ({ index, result })),
    );
  };
  iterators.forEach((_, index) => ask(index));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      // Taken out and put back at the end: a busy source does not starve the others.
      pending.delete(index);
      if (result.done === true) continue;
      yield result.value;
      ask(index);
    }
  } finally {
    // Sources that wait for lines end by their signal, not here: their return would wait for them.
    for (const promise of pending.values()) promise.catch(() => {});
    for (const iterator of iterators) iterator.return?.()?.catch(() => {});
  }
}

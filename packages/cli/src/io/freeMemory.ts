// When garbage is collected, and by whom. V8 waits with what has grown old until it has more than there was; after a
// million rows have been read, that is a hundred megabytes which nobody needs.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has what is young collected by this thread alone, which takes some 2 ms. The helpers of V8 make that hardly shorter,
 * and one that waits for a processor on a busy machine keeps everybody waiting: a tenth of a second and more was seen.
 */
export function collectAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
}

let collect: (() => void) | undefined;

/** Collects all garbage; takes some tens of milliseconds. Does nothing on a runtime that cannot be asked to. */
export function freeMemory(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
    collect = typeof found === 'function' ? () => void found() : () => {};
  }
  collect();
}

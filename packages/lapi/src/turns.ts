// Long work is done in slices, and in one turn of the event loop there is one of them, whoever it is for: in between,
// others are served. Waiting for a client alone does not do that: one that reads as fast as it is written to is never
// waited for, and would be sent a million decisions in one go.

import { setImmediate as nextTurn } from 'node:timers/promises';

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves in a turn in which no other slice is done. */
  next(): Promise<void> {
    return (this.#last = this.#last.then(() => nextTurn()));
  }
}

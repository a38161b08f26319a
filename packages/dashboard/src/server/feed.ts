// What happens, told to the pages that are open. Without one it costs a comparison. Requests are a sample: nobody reads
// two thousand lines a second, and the engine has better things to do than to write them.

import type { LiveRequest, Moment } from '../wire.ts';

export type Listener = (moment: Moment) => void;

const MOST_LISTENERS = 100;
/** So many requests are told a turn, at most. */
const SAMPLE = 25;

export class Feed {
  readonly #listeners = new Map<Listener, boolean>();
  #watchers = 0;
  #sample: LiveRequest[] = [];
  #leftOut = 0;

  /** Whether somebody looks at requests as they come. */
  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns how to stop, or undefined when there are too many already. */
  listen(listener: Listener, wantsRequests: boolean): (() => void) | undefined {
    if (this.#listeners.size >= MOST_LISTENERS) return undefined;
    this.#listeners.set(listener, wantsRequests);
    if (wantsRequests) this.#watchers += 1;
    return () => {
      if (this.#listeners.delete(listener) && wantsRequests) this.#watchers -= 1;
    };
  }

  tell(moment: Moment): void {
    for (const [listener, wantsRequests] of this.#listeners)
      if (moment.kind !== 'requests' || wantsRequests) listener(moment);
  }

  /** Returns whether this request is to be described; it is asked for each, and says yes to a few. */
  wants(): boolean {
    if (this.#watchers === 0) return false;
    if (this.#sample.length < SAMPLE) return true;
    this.#leftOut += 1;
    return false;
  }

  request(request: LiveRequest): void {
    this.#sample.push(request);
  }

  /** Tells what was sampled since the last time; to be called a few times a second. */
  turn(): void {
    if (this.#sample.length === 0) return;
    const requests = this.#sample;
    const leftOut = this.#leftOut;
    this.#sample = [];
    this.#leftOut = 0;
    this.tell({ kind: 'requests', requests, leftOut });
  }
}

// After a bucket has overflowed, the same key of the same scenario stays silent for a while. Every overflow,
// of whatever key, first forgets the keys whose time is over at its own time (this matters for logs that are
// out of order), and a key that is silenced does not start its time anew.

import { TimerHeap, type SavedHeap } from './timerHeap.ts';

export interface SavedBlackhole {
  readonly keys: readonly string[];
  readonly free: readonly number[];
  readonly ends: SavedHeap;
}

export class Blackhole {
  readonly #durationMs: number;
  /** The slot of each silenced key; `#ends` has one entry for each slot in use. */
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #free: number[] = [];
  readonly #ends = new TimerHeap();

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** Whether an overflow of this key at this time is swallowed; if not, the key is silenced from now on. */
  swallows(key: string, atMs: number): boolean {
    while (this.#ends.nextAt <= atMs) {
      const slot = this.#ends.pop();
      this.#slots.delete(this.#keys[slot]!);
      this.#free.push(slot);
    }
    if (this.#slots.has(key)) return true;
    const slot = this.#free.pop() ?? this.#keys.length;
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    this.#ends.push(atMs + this.#durationMs, slot);
    return false;
  }

  /** What `restore` takes; it is only lent. */
  save(): SavedBlackhole {
    return { keys: this.#keys, free: this.#free, ends: this.#ends.save() };
  }

  restore({ keys, free, ends }: SavedBlackhole): void {
    this.#keys.length = 0;
    this.#free.length = 0;
    this.#slots.clear();
    this.#free.push(...free);
    const isFree = new Set(free);
    for (const [slot, key] of keys.entries()) {
      this.#keys.push(key);
      if (!isFree.has(slot)) this.#slots.set(key, slot);
    }
    this.#ends.restore(ends);
  }

  /** How many keys are silenced. */
  get size(): number {
    return this.#slots.size;
  }
}

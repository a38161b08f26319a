// Decisions by address, or by range: a slab that grows without a pause. Growing moves entries from the previous
// slab to the current one in the order of their homes, some with each change, so that one comparison tells in which
// of the two a key is.

import { Folder, mix, unmix } from './mix.ts';
import type { Filter } from './rebuilt.ts';
import { LEAST_CAPACITY, Slab, type RestWords } from './slab.ts';

/** How full a slab may get, and how much room one that grows is given. Together they bound the bytes an entry. */
const FULL = 0.85;
const GROWTH = 1.0625;
/** Below this capacity a slab doubles: the bytes do not matter there, and the moving would. */
const SMALL = 65_536;
/** Slots moved with each change: enough that moving ends long before the current slab is full. */
const STEP = 128;

/** The entries side by side, in no order. */
export interface Columns {
  readonly rows: number;
  /** The words of the keys, one column for IPv4 and four for IPv6. */
  readonly words: readonly Uint32Array[];
  readonly expires: Uint32Array;
  readonly records: Uint32Array;
  readonly classes: Uint16Array;
}

export class HashStore {
  current: Slab;
  /** The same as `current` unless entries are being moved. */
  previous: Slab;
  isMoving = false;
  size = 0;
  /** An entry that has ended by then is not moved along; set by the table, which is told the time. */
  nowSeconds = 0;
  readonly folder: Folder;
  readonly #restWords: RestWords;
  readonly #filter: Filter | undefined;
  readonly #onGone: (kind: number) => void;
  /** While moving: keys whose home in `previous` is before this one are in `current`. */
  #boundary = 0;
  /** While moving: the next slot of `previous`. */
  #cursor = 0;
  #sweep = 0;
  #limit: number;
  /** Ranges that have gone since the filter was built. */
  #stale = 0;

  constructor(restWords: RestWords, seed: number, onGone: (kind: number) => void, filter?: Filter) {
    this.#restWords = restWords;
    this.folder = new Folder(seed);
    this.#onGone = onGone;
    this.#filter = filter;
    this.current = new Slab(LEAST_CAPACITY, restWords);
    this.previous = this.current;
    this.#limit = Math.floor(LEAST_CAPACITY * FULL);
  }

  mixed(key: readonly number[]): number {
    const { seed } = this.folder;
    if (this.#restWords === 0) return mix(key[0]!, seed);
    return mix(key[0]! ^ this.folder.fold(key[1]!, key[2]!, key[3]!), seed);
  }

  slabOf(mixed: number): Slab {
    return this.isMoving && this.previous.homeOf(mixed) >= this.#boundary ? this.previous : this.current;
  }

  /** The slots of all decisions on a key, in its slab. */
  slotsOf(key: readonly number[]): readonly number[] {
    const mixed = this.mixed(key);
    const slab = this.slabOf(mixed);
    const slots: number[] = [];
    for (let slot = slab.find(mixed); slot >= 0; slot = slab.next(slot, mixed))
      if (slab.holds(slot, key[1]! | 0, key[2]! | 0, key[3]! | 0)) slots.push(slot);
    return slots;
  }

  insert(key: readonly number[], expires: number, record: number, kind: number): void {
    if (this.size + 1 > this.#limit) this.#begin(this.#larger());
    this.#step(STEP);
    this.#filter?.put(key);
    this.#place(key, expires, record, kind);
    this.size++;
  }

  removeAt(slab: Slab, slot: number, key: readonly number[]): void {
    this.#drop(slab, slot, key);
    const { capacity } = this.current;
    if (this.size < capacity * FULL * 0.25 && capacity > LEAST_CAPACITY)
      this.#begin(Math.max(LEAST_CAPACITY, Math.ceil((this.size / FULL) * 1.5)));
    else if (this.#filter !== undefined && this.#stale > this.size + 1024) this.#begin(capacity);
    this.#step(STEP);
  }

  /** Looks at some more slots for entries that have ended, and takes them out. */
  tidy(slots: number): void {
    if (this.isMoving) return this.#step(slots);
    const slab = this.current;
    for (let left = Math.min(slots, slab.slots); left > 0; left--) {
      if (this.#sweep >= slab.slots) this.#sweep = 0;
      if (slab.isEmpty(this.#sweep) || slab.expiresAt(this.#sweep) > this.nowSeconds) this.#sweep++;
      else this.#drop(slab, this.#sweep, this.keyAt(slab, this.#sweep));
    }
  }

  keyAt(slab: Slab, slot: number): readonly number[] {
    const { seed } = this.folder;
    const word = unmix(slab.mixedAt(slot), seed);
    if (this.#restWords === 0) return [word];
    const [b, c, d] = [slab.rest[slot * 3]!, slab.rest[slot * 3 + 1]!, slab.rest[slot * 3 + 2]!];
    return [(word ^ this.folder.fold(b, c, d)) >>> 0, b >>> 0, c >>> 0, d >>> 0];
  }

  /** The key of the first entry with this record id; looks at every entry. */
  findRecord(record: number): readonly number[] | undefined {
    const slabs = this.isMoving ? [this.current, this.previous] : [this.current];
    for (const slab of slabs) {
      let slot = slab.records.indexOf(record, slab === this.current ? 0 : this.#cursor);
      while (slot >= 0 && slab.isEmpty(slot)) slot = slab.records.indexOf(record, slot + 1);
      if (slot >= 0) return this.keyAt(slab, slot);
    }
    return undefined;
  }

  /** All entries that have not ended by then. */
  columns(nowSeconds: number): Columns {
    const column = (): Uint32Array => new Uint32Array(this.size);
    const words = Array.from({ length: this.#restWords + 1 }, column);
    const [expires, records, classes] = [column(), column(), new Uint16Array(this.size)];
    let rows = 0;
    for (const slab of this.isMoving ? [this.current, this.previous] : [this.current]) {
      for (let slot = slab === this.current ? 0 : this.#cursor; slot < slab.slots; slot++) {
        if (slab.isEmpty(slot) || slab.expiresAt(slot) <= nowSeconds) continue;
        const word = unmix(slab.mixedAt(slot), this.folder.seed);
        words[0]![rows] = word;
        if (this.#restWords > 0) {
          const at = slot * 3;
          const [b, c, d] = [slab.rest[at]!, slab.rest[at + 1]!, slab.rest[at + 2]!];
          words[0]![rows] = word ^ this.folder.fold(b, c, d);
          words[1]![rows] = b;
          words[2]![rows] = c;
          words[3]![rows] = d;
        }
        expires[rows] = slab.expiresAt(slot);
        records[rows] = slab.recordAt(slot);
        classes[rows] = slab.classAt(slot);
        rows++;
      }
    }
    return { rows, words, expires, records, classes };
  }

  /** Makes an empty store ready for so many entries at once. */
  reserve(entries: number): void {
    if (this.size > 0) return;
    this.#begin(Math.max(LEAST_CAPACITY, Math.ceil(entries / FULL) + 1));
    this.#step(Infinity);
  }

  #place(key: readonly number[], expires: number, record: number, kind: number): void {
    const mixed = this.mixed(key);
    let slab = this.slabOf(mixed);
    let slot = slab.open(mixed);
    while (slot < 0) {
      // Too far from home: with a random seed and few decisions on one target this does not happen, so it may take
      // its time.
      this.#begin(this.#larger());
      this.#step(Infinity);
      slab = this.current;
      slot = slab.open(mixed);
    }
    slab.set(slot, expires, record, kind);
    for (let i = 0; i < this.#restWords; i++) slab.rest[slot * 3 + i] = key[i + 1]!;
    // Placed in front of what is still to be moved: moving goes on from there.
    if (slab !== this.current && slot < this.#cursor) this.#cursor = slot;
  }

  #drop(slab: Slab, slot: number, key: readonly number[]): void {
    this.#onGone(slab.classAt(slot));
    slab.close(slot);
    this.size--;
    if (this.#filter === undefined || this.slotsOf(key).length > 0) return;
    this.#filter.drop(key);
    this.#stale++;
  }

  #larger(): number {
    const { capacity } = this.current;
    return capacity < SMALL ? capacity * 2 : Math.ceil(capacity * GROWTH);
  }

  #begin(capacity: number): void {
    this.#step(Infinity);
    this.previous = this.current;
    this.current = new Slab(capacity, this.#restWords);
    this.isMoving = true;
    this.#boundary = 0;
    this.#cursor = 0;
    this.#stale = 0;
    this.#limit = Math.floor(capacity * FULL);
    this.#filter?.begin(capacity);
  }

  /** Moves the entries of some slots from the previous slab to the current one. */
  #step(slots: number): void {
    if (!this.isMoving) return;
    const { previous } = this;
    let left = slots;
    while (this.#cursor < previous.slots && left-- > 0) {
      if (previous.isEmpty(this.#cursor)) {
        this.#cursor++;
        continue;
      }
      // All entries of one home move together, so that the boundary is true after each.
      const home = previous.homeAt(this.#cursor);
      while (!previous.isEmpty(this.#cursor) && previous.homeAt(this.#cursor) === home)
        this.#moveOne(previous, this.#cursor++);
      this.#boundary = home + 1;
    }
    if (this.#cursor < previous.slots) return;
    this.previous = this.current;
    this.isMoving = false;
    this.#sweep = 0;
    this.#filter?.finish();
  }

  #moveOne(previous: Slab, from: number): void {
    if (previous.expiresAt(from) <= this.nowSeconds) {
      this.#onGone(previous.classAt(from));
      this.size--;
      return;
    }
    const to = this.current.open(previous.mixedAt(from));
    if (to < 0)
      throw new Error('a slab of the decision table has no room although its size was chosen for it');
    this.current.set(to, previous.expiresAt(from), previous.recordAt(from), previous.classAt(from));
    for (let i = 0; i < this.#restWords; i++) this.current.rest[to * 3 + i] = previous.rest[from * 3 + i]!;
    this.#filter?.keep(this.keyAt(previous, from));
  }
}

// One piece of a hash table in typed arrays: entries in the order of their mixed keys, each at its home slot or
// as near behind it as there was room (linear probing in order). The order is what makes it good: a search ends
// at the first larger key, equal keys stand together, and a whole slab can be moved front to back.

/** Room behind the last home slot for entries that were pushed on; a slab that runs out of it is rebuilt larger. */
const SLACK = 256;

/** How many words of a key stand beside its mixed word: none for IPv4, three for IPv6. */
export type RestWords = 0 | 3;

export class Slab {
  readonly capacity: number;
  /** 0 is an empty slot, but for the first `zeros` slots, which hold entries whose mixed key is 0. */
  readonly keys: Uint32Array;
  readonly rest: Uint32Array;
  readonly expires: Uint32Array;
  readonly records: Uint32Array;
  readonly classes: Uint16Array;
  readonly restWords: RestWords;
  zeros = 0;
  readonly #scale: number;

  constructor(capacity: number, restWords: RestWords) {
    const slots = capacity + SLACK;
    this.capacity = capacity;
    this.restWords = restWords;
    this.keys = new Uint32Array(slots);
    this.rest = new Uint32Array(slots * restWords);
    this.expires = new Uint32Array(slots);
    this.records = new Uint32Array(slots);
    this.classes = new Uint16Array(slots);
    this.#scale = capacity / 2 ** 32;
  }

  /** The first slot that may hold the key: it does if its key is equal, and so may those right behind it. */
  seek(mixed: number): number {
    if (mixed === 0) return 0;
    const { keys } = this;
    let slot = (mixed * this.#scale) | 0;
    if (slot < this.zeros) slot = this.zeros;
    let key = keys[slot]!;
    while (key !== 0 && key < mixed) key = keys[++slot]!;
    return slot;
  }

  /** Whether the other words of a key that is equal are equal too. */
  holds(slot: number, b: number, c: number, d: number): boolean {
    if (this.restWords === 0) return true;
    const { rest } = this;
    const at = slot * 3;
    return rest[at] === b && rest[at + 1] === c && rest[at + 2] === d;
  }

  /** Where the run of entries with this mixed key ends, from a slot in it. */
  runEnd(slot: number, mixed: number): number {
    if (mixed === 0) return this.zeros;
    let end = slot;
    while (this.keys[end] === mixed) end++;
    return end;
  }

  isEmpty(slot: number): boolean {
    return this.keys[slot] === 0 && slot >= this.zeros;
  }

  /** Makes room for an entry and returns its slot, or -1 when there is none at the end of the slab. */
  open(mixed: number): number {
    const { keys } = this;
    let slot = this.seek(mixed);
    slot = this.runEnd(slot, mixed);
    let end = slot;
    while (end < keys.length && !this.isEmpty(end)) end++;
    if (end >= keys.length) return -1;
    for (let i = end; i > slot; i--) this.#move(i - 1, i);
    keys[slot] = mixed;
    if (mixed === 0) this.zeros++;
    return slot;
  }

  /** Takes an entry out; those behind it that were pushed on move back. */
  close(slot: number): void {
    const { keys } = this;
    const isZero = slot < this.zeros;
    let i = slot + 1;
    while (i < keys.length && (i < this.zeros || (keys[i] !== 0 && this.#homeOf(keys[i]!) < i))) {
      this.#move(i, i - 1);
      i++;
    }
    if (isZero) this.zeros--;
    keys[i - 1] = 0;
  }

  copyFrom(other: Slab, from: number, to: number): void {
    this.expires[to] = other.expires[from]!;
    this.records[to] = other.records[from]!;
    this.classes[to] = other.classes[from]!;
    for (let i = 0; i < this.restWords; i++) this.rest[to * 3 + i] = other.rest[from * 3 + i]!;
  }

  #homeOf(mixed: number): number {
    return (mixed * this.#scale) | 0;
  }

  #move(from: number, to: number): void {
    this.keys[to] = this.keys[from]!;
    this.expires[to] = this.expires[from]!;
    this.records[to] = this.records[from]!;
    this.classes[to] = this.classes[from]!;
    if (this.restWords === 3) this.rest.copyWithin(to * 3, from * 3, from * 3 + 3);
  }
}

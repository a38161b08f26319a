// One piece of a hash table in typed arrays. An entry stands at the home slot of its mixed key or as near behind it
// as there was room, in the order of homes (linear probing in order), and says how far it is from home. So a search
// ends at the first entry of a later home, and of the key only 24 bits need to be kept: the home tells the rest.
//
// What a look-up costs is how often it waits for memory outside the core's own cache, 100 to 200 ns each time. Most
// addresses have no decision: `#sieve` tells so of all but three in a hundred of them, and that of a million entries
// is a megabyte, which stays in that cache. All else that a look-up needs of an entry stands in one place, and with
// it the entries that it may have to pass.

/** Room behind the last home for entries that stand away from theirs. */
const SLACK = 264;
/** What a slot is made of, and where in it what stands. */
const CELL = 5;
const KEY = 1;
const CLASS = 2;
const ENDS = 3;
/** An entry's distance from home, plus one, is in the upper byte of the first number. */
const DISTANCE = 256;
const FARTHEST = 255;

/** Homes that share a word of the sieve, as a power of two: a byte for each home. */
const SIEVED = 2;

/** A smaller slab would need more than 24 bits of each key. */
export const LEAST_CAPACITY = 320;

/** How many words of a key stand beside its mixed word: none for IPv4, three for IPv6. */
export type RestWords = 0 | 3;

export class Slab {
  readonly capacity: number;
  readonly slots: number;
  /**
   * Five numbers a slot: distance from home plus one and bits 0 to 7 of the mixed key (below DISTANCE the slot is
   * empty); bits 8 to 23 of it; the class; the lower and the upper half of when it ends.
   */
  readonly #cells: Uint16Array;
  readonly records: Uint32Array;
  readonly rest: Int32Array;
  /** For each four homes, the bits of all keys whose home is one of them (a Bloom filter in blocks of a word). */
  readonly #sieve: Int32Array;
  readonly restWords: RestWords;
  readonly #scale: number;

  constructor(capacity: number, restWords: RestWords) {
    this.capacity = capacity;
    this.restWords = restWords;
    this.slots = capacity + SLACK;
    this.#cells = new Uint16Array(this.slots * CELL);
    this.records = new Uint32Array(this.slots);
    this.rest = new Int32Array(this.slots * restWords);
    this.#sieve = new Int32Array((capacity >>> SIEVED) + 1);
    this.#scale = capacity / 2 ** 32;
  }

  /** Mixed keys are signed everywhere, and ordered as unsigned ones. */
  homeOf(mixed: number): number {
    return ((mixed >>> 0) * this.#scale) | 0;
  }

  /**
   * The first slot with this mixed key, or -1. Four slots are compared at a time and without a branch: where among
   * them a key stands is as good as random.
   */
  find(mixed: number): number {
    let slot = ((mixed >>> 0) * this.#scale) | 0;
    const sieved = sieveBits(mixed);
    if ((this.#sieve[slot >>> SIEVED]! & sieved) !== sieved) return -1;
    const cells = this.#cells;
    let at = slot * CELL;
    let wanted = DISTANCE | (mixed & 255);
    for (;;) {
      const found =
        isZero(cells[at]! ^ wanted) |
        (isZero(cells[at + CELL]! ^ (wanted + DISTANCE)) << 1) |
        (isZero(cells[at + 2 * CELL]! ^ (wanted + 2 * DISTANCE)) << 2) |
        (isZero(cells[at + 3 * CELL]! ^ (wanted + 3 * DISTANCE)) << 3);
      if (found !== 0) {
        const nth = 31 - Math.clz32(found & -found);
        const isIt = cells[at + nth * CELL + KEY] === ((mixed >>> 8) & 0xffff);
        return isIt ? slot + nth : this.next(slot + nth, mixed);
      }
      if (cells[at + 3 * CELL]! < (wanted & ~255) + 3 * DISTANCE) return -1;
      slot += 4;
      at += 4 * CELL;
      wanted += 4 * DISTANCE;
    }
  }

  /** The next slot behind one in the run of the key's home that has this mixed key, or -1. */
  next(slot: number, mixed: number): number {
    const cells = this.#cells;
    const key = (mixed >>> 8) & 0xffff;
    let wanted = ((slot - this.homeOf(mixed) + 1) << 8) | (mixed & 255);
    for (let next = slot + 1; ; next++) {
      wanted += DISTANCE;
      const near = cells[next * CELL]!;
      if (near < (wanted & ~255)) return -1;
      if (near === wanted && cells[next * CELL + KEY] === key) return next;
    }
  }

  /** Whether the slot behind one that was found may hold the same key once more. */
  mayRepeat(slot: number): boolean {
    return this.#cells[(slot + 1) * CELL] === this.#cells[slot * CELL]! + DISTANCE;
  }

  isEmpty(slot: number): boolean {
    return this.#cells[slot * CELL]! < DISTANCE;
  }

  /** Whether the other words of a key whose mixed word is equal are equal too; they are signed. */
  holds(slot: number, b: number, c: number, d: number): boolean {
    if (this.restWords === 0) return true;
    const { rest } = this;
    const at = slot * 3;
    return rest[at] === b && rest[at + 1] === c && rest[at + 2] === d;
  }

  expiresAt(slot: number): number {
    const at = slot * CELL + ENDS;
    return this.#cells[at]! + this.#cells[at + 1]! * 65_536;
  }

  classAt(slot: number): number {
    return this.#cells[slot * CELL + CLASS]!;
  }

  recordAt(slot: number): number {
    return this.records[slot]!;
  }

  set(slot: number, expires: number, record: number, kind: number): void {
    const cells = this.#cells;
    const at = slot * CELL;
    cells[at + CLASS] = kind;
    cells[at + ENDS] = expires & 0xffff;
    cells[at + ENDS + 1] = expires >>> 16;
    this.records[slot] = record;
  }

  homeAt(slot: number): number {
    return slot - (this.#cells[slot * CELL]! >>> 8) + 1;
  }

  mixedAt(slot: number): number {
    const bits = this.#lowBits(slot);
    // The only number with these 24 bits that has this home; two less than the home's first, against rounding.
    const least = Math.floor(this.homeAt(slot) / this.#scale) - 2;
    return (least + ((bits - least) & 0xffffff)) | 0;
  }

  /** Makes room for an entry behind the others of its home; returns its slot, or -1 when that is too far away. */
  open(mixed: number): number {
    const cells = this.#cells;
    const home = this.homeOf(mixed);
    let slot = home;
    let distance = DISTANCE;
    while (cells[slot * CELL]! >= distance) {
      slot++;
      distance += DISTANCE;
    }
    let end = slot;
    while (!this.isEmpty(end)) {
      if (cells[end * CELL]! >= FARTHEST * DISTANCE) return -1;
      end++;
    }
    if (distance > FARTHEST * DISTANCE || end >= this.slots) return -1;
    for (let i = end; i > slot; i--) this.#move(i - 1, i, DISTANCE);
    cells[slot * CELL] = distance | (mixed & 255);
    cells[slot * CELL + KEY] = (mixed >>> 8) & 0xffff;
    this.#sieve[home >>> SIEVED]! |= sieveBits(mixed);
    return slot;
  }

  /** Takes an entry out; those behind it that are away from home move back. */
  close(slot: number): void {
    const cells = this.#cells;
    const group = this.homeAt(slot) >>> SIEVED;
    let i = slot + 1;
    for (; cells[i * CELL]! >= 2 * DISTANCE; i++) this.#move(i, i - 1, -DISTANCE);
    cells[(i - 1) * CELL] = 0;
    this.#sieveAnew(group);
  }

  /** The bits of the keys that are left; their homes are side by side, and so are they. */
  #sieveAnew(group: number): void {
    const first = group << SIEVED;
    const last = first + (1 << SIEVED) - 1;
    let bits = 0;
    for (let slot = first; slot < last || !this.isEmpty(slot); slot++) {
      if (this.isEmpty(slot)) continue;
      const home = this.homeAt(slot);
      if (home > last) break;
      if (home >= first) bits |= sieveBits(this.#lowBits(slot));
    }
    this.#sieve[group] = bits;
  }

  /** Bits 0 to 23 of the mixed key. */
  #lowBits(slot: number): number {
    return (this.#cells[slot * CELL]! & 255) | (this.#cells[slot * CELL + KEY]! << 8);
  }

  #move(from: number, to: number, farther: number): void {
    const cells = this.#cells;
    cells[to * CELL] = cells[from * CELL]! + farther;
    for (let i = 1; i < CELL; i++) cells[to * CELL + i] = cells[from * CELL + i]!;
    this.records[to] = this.records[from]!;
    if (this.restWords === 0) return;
    for (let i = 0; i < 3; i++) this.rest[to * 3 + i] = this.rest[from * 3 + i]!;
  }
}

/** Three bits of 32 for a key, by those of its bits that are kept. */
function sieveBits(mixed: number): number {
  const spread = Math.imul(mixed & 0xffffff, 0x9e3779b1);
  // A shift is by the low five bits of its operand.
  return (1 << (spread >>> 27)) | (1 << (spread >>> 22)) | (1 << (spread >>> 17));
}

/** 1 for zero, 0 for a number above. */
function isZero(difference: number): number {
  return (difference - 1) >>> 31;
}

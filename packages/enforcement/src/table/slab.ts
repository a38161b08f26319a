// One piece of a hash table in typed arrays. An entry stands at the home slot of its mixed key or as near behind it
// as there was room, in the order of homes (linear probing in order), and says how far it is from home. So a search
// ends at the first entry of a later home, and of the key only 24 bits need to be kept: the home tells the rest.
//
// Whether an address is in the table cannot be guessed by the processor, and a wrong guess waits for the memory it
// was made on. `near` has all that the guess is made on in two bytes an entry: a million of them stay in a core's
// own cache. What is farther away is read only to confirm, and is guessed right.

/** Room behind the last home for entries that stand away from theirs. */
const SLACK = 264;
/** An entry's distance from home, plus one, in the upper byte of `near`. */
const DISTANCE = 256;
const FARTHEST = 255;

/** A smaller slab would need more than 24 bits of each key. */
export const LEAST_CAPACITY = 320;

/** How many words of a key stand beside its mixed word: none for IPv4, three for IPv6. */
export type RestWords = 0 | 3;

export class Slab {
  readonly capacity: number;
  readonly slots: number;
  /** Distance from home plus one, and bits 0 to 7 of the mixed key; below DISTANCE the slot is empty. */
  readonly near: Uint16Array;
  /** Two words a slot: when it ends; its class in the upper and bits 8 to 23 of the mixed key in the lower half. */
  readonly far: Uint32Array;
  readonly records: Uint32Array;
  readonly rest: Int32Array;
  readonly restWords: RestWords;
  readonly #scale: number;

  constructor(capacity: number, restWords: RestWords) {
    this.capacity = capacity;
    this.restWords = restWords;
    this.slots = capacity + SLACK;
    this.near = new Uint16Array(this.slots);
    this.far = new Uint32Array(this.slots * 2);
    this.records = new Uint32Array(this.slots);
    this.rest = new Int32Array(this.slots * restWords);
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
    const { near } = this;
    let slot = ((mixed >>> 0) * this.#scale) | 0;
    let wanted = DISTANCE | (mixed & 255);
    for (;;) {
      const found =
        isZero(near[slot]! ^ wanted) |
        (isZero(near[slot + 1]! ^ (wanted + DISTANCE)) << 1) |
        (isZero(near[slot + 2]! ^ (wanted + 2 * DISTANCE)) << 2) |
        (isZero(near[slot + 3]! ^ (wanted + 3 * DISTANCE)) << 3);
      if (found !== 0) {
        const first = slot + 31 - Math.clz32(found & -found);
        return this.#confirms(first, mixed) ? first : this.next(first, mixed);
      }
      if (near[slot + 3]! < (wanted & ~255) + 3 * DISTANCE) return -1;
      slot += 4;
      wanted += 4 * DISTANCE;
    }
  }

  /** The next slot behind one in the run of the key's home that has this mixed key, or -1. */
  next(slot: number, mixed: number): number {
    const home = this.homeOf(mixed);
    for (let at = slot + 1; ; at++) {
      const wanted = ((at - home + 1) << 8) | (mixed & 255);
      if (this.near[at]! < (wanted & ~255)) return -1;
      if (this.near[at] === wanted && this.#confirms(at, mixed)) return at;
    }
  }

  /** Whether the slot behind one that was found may hold the same key once more. */
  mayRepeat(slot: number): boolean {
    return this.near[slot + 1] === this.near[slot]! + DISTANCE;
  }

  isEmpty(slot: number): boolean {
    return this.near[slot]! < DISTANCE;
  }

  /** Whether the other words of a key whose mixed word is equal are equal too; they are signed. */
  holds(slot: number, b: number, c: number, d: number): boolean {
    if (this.restWords === 0) return true;
    const { rest } = this;
    const at = slot * 3;
    return rest[at] === b && rest[at + 1] === c && rest[at + 2] === d;
  }

  expiresAt(slot: number): number {
    return this.far[slot * 2]!;
  }

  classAt(slot: number): number {
    return this.far[slot * 2 + 1]! >>> 16;
  }

  recordAt(slot: number): number {
    return this.records[slot]!;
  }

  set(slot: number, expires: number, record: number, kind: number): void {
    this.far[slot * 2] = expires;
    this.far[slot * 2 + 1] = ((kind << 16) | (this.far[slot * 2 + 1]! & 0xffff)) >>> 0;
    this.records[slot] = record;
  }

  homeAt(slot: number): number {
    return slot - (this.near[slot]! >>> 8) + 1;
  }

  mixedAt(slot: number): number {
    const bits = (this.near[slot]! & 255) | ((this.far[slot * 2 + 1]! & 0xffff) << 8);
    // The only number with these 24 bits that has this home; two less than the home's first, against rounding.
    const least = Math.floor(this.homeAt(slot) / this.#scale) - 2;
    return (least + ((bits - least) & 0xffffff)) | 0;
  }

  /** Makes room for an entry behind the others of its home; returns its slot, or -1 when that is too far away. */
  open(mixed: number): number {
    const { near } = this;
    let slot = this.homeOf(mixed);
    let distance = DISTANCE;
    while (near[slot]! >= distance) {
      slot++;
      distance += DISTANCE;
    }
    let end = slot;
    while (near[end]! >= DISTANCE) {
      if (near[end]! >= FARTHEST * DISTANCE) return -1;
      end++;
    }
    if (distance > FARTHEST * DISTANCE || end >= this.slots) return -1;
    for (let i = end; i > slot; i--) {
      near[i] = near[i - 1]! + DISTANCE;
      this.#move(i - 1, i);
    }
    near[slot] = distance | (mixed & 255);
    this.far[slot * 2 + 1] = (mixed >>> 8) & 0xffff;
    return slot;
  }

  /** Takes an entry out; those behind it that are away from home move back. */
  close(slot: number): void {
    const { near } = this;
    let i = slot + 1;
    for (; near[i]! >= 2 * DISTANCE; i++) {
      near[i - 1] = near[i]! - DISTANCE;
      this.#move(i, i - 1);
    }
    near[i - 1] = 0;
  }

  #confirms(slot: number, mixed: number): boolean {
    return ((this.far[slot * 2 + 1]! ^ (mixed >>> 8)) & 0xffff) === 0;
  }

  #move(from: number, to: number): void {
    const { far, rest } = this;
    far[to * 2] = far[from * 2]!;
    far[to * 2 + 1] = far[from * 2 + 1]!;
    this.records[to] = this.records[from]!;
    if (this.restWords === 0) return;
    for (let i = 0; i < 3; i++) rest[to * 3 + i] = rest[from * 3 + i]!;
  }
}

/** 1 for zero, 0 for a number above. */
function isZero(difference: number): number {
  return (difference - 1) >>> 31;
}

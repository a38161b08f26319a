// Rows by a hash, in one array: open addressing with linear probing, at most six tenths full.

const FULL = 0.6;

/** Where rows are found by a hash of what they hold. */
export class RowIndex {
  readonly #hashOf: (row: number) => number;
  /** Row + 1; 0 is empty. */
  #table = new Int32Array(128);
  #size = 0;

  constructor(hashOf: (row: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The first row with the hash that `isIt` says yes to, or -1. */
  find(hash: number, isIt: (row: number) => boolean): number {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const row = this.#table[at]! - 1;
      if (row < 0 || isIt(row)) return row;
    }
  }

  add(row: number): void {
    if (++this.#size > FULL * this.#table.length) this.#rehash(2 * this.#table.length);
    this.#place(row);
  }

  /** Puts another row with the same hash into the place of one that is there. */
  replace(row: number, by: number): void {
    this.#table[this.#placeOf(row)] = by + 1;
  }

  /** Takes a row out; those behind it that could not have their own place move up. */
  remove(row: number): void {
    const mask = this.#table.length - 1;
    let hole = this.#placeOf(row);
    for (let at = (hole + 1) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf(this.#table[at]! - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = this.#table[at]!;
      hole = at;
    }
    this.#table[hole] = 0;
    this.#size--;
  }

  reserve(rows: number): void {
    let length = this.#table.length;
    while (FULL * length < rows) length *= 2;
    if (length > this.#table.length) this.#rehash(length);
  }

  #placeOf(row: number): number {
    const mask = this.#table.length - 1;
    let at = this.#hashOf(row) & mask;
    while (this.#table[at] !== row + 1) at = (at + 1) & mask;
    return at;
  }

  #place(row: number): void {
    const mask = this.#table.length - 1;
    let at = this.#hashOf(row) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = row + 1;
  }

  #rehash(length: number): void {
    const old = this.#table;
    this.#table = new Int32Array(length);
    for (const entry of old) if (entry !== 0) this.#place(entry - 1);
  }
}

/** Mixes four words into one of 32 bits. */
export function hashOf(words: ArrayLike<number>): number {
  let hash = 0x9e3779b9;
  for (let i = 0; i < 4; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

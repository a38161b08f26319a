// For which lengths of prefix it is worth asking whether an IPv4 range holds an address. Without it each length in
// use would cost a look into the table; with it nearly every look finds something.

import type { Lengths } from './rebuilt.ts';

/** Lengths below it are few; from it to 16 each piece of 16 bits has its own bits; the rest is `narrow`. */
const WIDE = 8;

/** Which bit of `narrow` stands for a length from 17 up. The commonest have one of their own. */
const GROUPS: readonly number[] = [0, 0, 1, 1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7, 7];
/** By the bits of a piece, the lengths they stand for. */
const EXPANDED: Uint32Array = Uint32Array.from({ length: 256 }, (_, bits) =>
  GROUPS.reduce<number>((mask, group, i) => ((bits >>> group) & 1 ? mask | (1 << (i + 17)) : mask), 0),
);

export class Lengths4 implements Lengths {
  /** Ranges shorter than WIDE, as a heap of prefixes, and how many of each length there are. */
  readonly #widest: Uint8Array = new Uint8Array(1 << WIDE);
  readonly #counts: Uint8Array = new Uint8Array(WIDE);
  #widestMask = 0;
  /** By the first 16 bits of an address: bit n for length 8 + n. */
  readonly #wide: Uint16Array = new Uint16Array(65_536);
  /** By its first `pieceBits` bits: groups of lengths that were seen to cover the piece or lie inside it. */
  readonly #narrow: Uint8Array;
  readonly #shift: number;
  /** Lengths that are in use at all, or were when this was built. */
  #used = 0;

  constructor(capacity: number) {
    const pieceBits = Math.min(22, Math.max(16, Math.floor(Math.log2(capacity + 1))));
    this.#narrow = new Uint8Array(2 ** pieceBits);
    this.#shift = 32 - pieceBits;
  }

  /** Bit n is set when a range of length n may hold the address. */
  of(word: number): number {
    return (
      this.#widestMask |
      (this.#wide[word >>> 16]! << WIDE) |
      (EXPANDED[this.#narrow[word >>> this.#shift]!]! & this.#used)
    );
  }

  put([key = 0]: readonly number[]): void {
    const length = lengthOf(key);
    if (length > 16) {
      this.#used |= 1 << length;
      change(this.#narrow, key, this.#shift, length, GROUPS[length - 17]!, true);
    } else if (length >= WIDE) change(this.#wide, key, 16, length, length - WIDE, true);
    else this.#changeWidest(key, length, 1);
  }

  /** The range has gone; a bit that others may share stays until the next rebuilding. */
  drop([key = 0]: readonly number[]): void {
    const length = lengthOf(key);
    if (length > 16) return;
    if (length >= WIDE) change(this.#wide, key, 16, length, length - WIDE, false);
    else this.#changeWidest(key, length, 0);
  }

  #changeWidest(key: number, length: number, present: 0 | 1): void {
    const at = ((key >>> (31 - length)) >>> 1) | (1 << length);
    if (this.#widest[at] === present) return;
    this.#widest[at] = present;
    this.#counts[length]! += present === 1 ? 1 : -1;
    if (this.#counts[length] === 0) this.#widestMask &= ~(1 << length);
    else this.#widestMask |= 1 << length;
  }
}

/** The length of a range from its key: all behind the last one bit. */
export function lengthOf(key: number): number {
  return Math.clz32(key & -key);
}

/** Sets or clears a bit of all pieces that the range covers, or of the one that it is in. */
function change(
  bits: Uint8Array | Uint16Array,
  key: number,
  shift: number,
  length: number,
  bit: number,
  isSet: boolean,
): void {
  const first = (key & (key - 1)) >>> shift;
  const last = first + (length >= 32 - shift ? 1 : 2 ** (32 - shift - length));
  for (let piece = first; piece < last; piece++) {
    if (isSet) bits[piece]! |= 1 << bit;
    else bits[piece]! &= ~(1 << bit);
  }
}

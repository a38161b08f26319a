// For which lengths of prefix it is worth asking whether an IPv6 range holds an address: those in use at all, and of
// those from 32 up only the ones that were seen under a first word like the address's.

import type { Lengths } from './rebuilt.ts';

/** Lengths from 32 up are kept in groups of four. */
const GROUP = 2;

export class Lengths6 implements Lengths {
  readonly #seen: Uint32Array;
  readonly #shift: number;
  readonly #used: Uint8Array = new Uint8Array(128);
  #shortMask = 0;

  constructor(capacity: number) {
    const bits = Math.min(18, Math.max(10, Math.floor(Math.log2(capacity + 1))));
    this.#seen = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** Bit n is set when a range of length n may hold the address; lengths below 32. */
  get short(): number {
    return this.#shortMask;
  }

  /** Bit n is set when a range of length 32 + 4n to 35 + 4n may hold the address. */
  groups(word: number): number {
    return this.#seen[this.#pieceOf(word)]!;
  }

  isUsed(length: number): boolean {
    return this.#used[length] === 1;
  }

  put(key: readonly number[]): void {
    const length = lengthOf6(key);
    this.#used[length] = 1;
    if (length < 32) this.#shortMask |= 1 << length;
    else this.#seen[this.#pieceOf(key[0]!)]! |= 1 << ((length - 32) >>> GROUP);
  }

  /** Any bit may be shared: all stay until the next rebuilding. */
  drop(): void {}

  #pieceOf(word: number): number {
    return Math.imul(word, 0x9e3779b1) >>> this.#shift;
  }
}

/** The length of a range from its key: all behind the last one bit. */
export function lengthOf6(key: readonly number[]): number {
  let at = 3;
  while (at > 0 && key[at] === 0) at--;
  const word = key[at]!;
  return at * 32 + Math.clz32(word & -word);
}

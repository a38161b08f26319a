// From an address to a number that looks random and from which the address can be had back, so that the table
// stores the number instead of the address. The seed is drawn anew by each process: an attacker who can choose
// addresses (each owner of an IPv6 network can) must not be able to choose ones that meet in one place.

const FIRST = 0x85ebca6b;
const SECOND = 0xc2b2ae35;
const FIRST_INVERSE = inverseOf(FIRST);
const SECOND_INVERSE = inverseOf(SECOND);

/**
 * A bijection of 32-bit words (multiply, fold, multiply); its high bits depend on every bit of the word. The result is
 * signed: such a number can be handed to a function without being put on the heap, an unsigned one often cannot.
 */
export function mix(word: number, seed: number): number {
  const half = Math.imul(word ^ seed, FIRST);
  return Math.imul(half ^ (half >>> 15), SECOND);
}

export function unmix(mixed: number, seed: number): number {
  const half = Math.imul(mixed, SECOND_INVERSE);
  return (Math.imul(half ^ (half >>> 15) ^ (half >>> 30), FIRST_INVERSE) ^ seed) >>> 0;
}

/**
 * Folds the words behind the first of an IPv6 address to one: the high halves of two multilinear sums with random
 * factors, which is strongly universal (Lemire and Kaser, Strongly universal string hashing is fast, 2014): for
 * any two addresses the chance to meet is about 2^-32, whoever chose them.
 */
export class Folder {
  readonly seed: number;
  readonly #factors: Int32Array;

  constructor(seed: number) {
    this.seed = seed | 0;
    this.#factors = new Int32Array(14);
    let state = this.seed;
    for (let i = 0; i < this.#factors.length; i++) {
      state = (state + 0x9e3779b9) | 0;
      this.#factors[i] = mix(state, 0x2c1b3c6d);
    }
  }

  fold(b: number, c: number, d: number): number {
    const f = this.#factors;
    const high =
      f[0]! +
      Math.imul(f[1]!, b >>> 16) +
      Math.imul(f[2]!, b & 0xffff) +
      Math.imul(f[3]!, c >>> 16) +
      Math.imul(f[4]!, c & 0xffff) +
      Math.imul(f[5]!, d >>> 16) +
      Math.imul(f[6]!, d & 0xffff);
    const low =
      f[7]! +
      Math.imul(f[8]!, b >>> 16) +
      Math.imul(f[9]!, b & 0xffff) +
      Math.imul(f[10]!, c >>> 16) +
      Math.imul(f[11]!, c & 0xffff) +
      Math.imul(f[12]!, d >>> 16) +
      Math.imul(f[13]!, d & 0xffff);
    return (high & 0xffff0000) | ((low | 0) >>> 16);
  }
}

/** The inverse of an odd number modulo 2^32, by Newton's iteration: each round doubles the bits that are right. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

// Which answers are looked at: all of a quiet site's, and of a busy one's as many as say the same. Which ones is left to
// chance, since requests may come in a rhythm.

/** In a second; a site with fewer answers is looked at whole. */
const ENOUGH = 128;
const MOST_EACH = 256;

export class Sampling {
  #second = 0;
  #count = 0;
  #each = 1;
  #left = 1;
  #chance = 0x9e3779b9;

  /** Returns for how many answers this one stands; 0 when it is not looked at. */
  take(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) this.#begin(second);
    // A rush is not looked at whole until the next second begins.
    if (++this.#count > ENOUGH * this.#each && this.#each < MOST_EACH) this.#each *= 2;
    if (--this.#left > 0) return 0;
    this.#left = this.#each === 1 ? 1 : 1 + (this.#next() % (2 * this.#each - 1));
    return this.#each;
  }

  #begin(second: number): void {
    const count = second === this.#second + 1 ? this.#count : 0;
    this.#each = Math.min(MOST_EACH, Math.max(1, Math.ceil(count / ENOUGH)));
    this.#left = Math.min(this.#left, this.#each);
    this.#second = second;
    this.#count = 0;
  }

  /** Xorshift (Marsaglia 2003). */
  #next(): number {
    let chance = this.#chance;
    chance ^= chance << 13;
    chance ^= chance >>> 17;
    this.#chance = chance ^= chance << 5;
    return chance >>> 0;
  }
}

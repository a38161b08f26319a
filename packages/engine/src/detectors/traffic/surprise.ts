// How surprising a symbol is after those before it. Counts of what followed every context of up to `depth` symbols
// are mixed from the shortest context to the longest, as in prediction by partial matching (Cleary and Witten, 1984):
// a context that was seen often has the say, one that was never seen has none.
//
// A surprise that is smaller than one that was had lately is damped: it is the same trouble told again.

const ESCAPE = 0.5;
/** Rows after which a great surprise is forgotten by two thirds. */
const MEMORY_ROWS = 3000;

export class Surprise {
  readonly #symbols: number;
  /** How often each symbol followed each context, by length of the context. */
  readonly #counts: readonly Float32Array[];
  /** Of each context, how often it was seen and how many different symbols followed. */
  readonly #totals: readonly Float32Array[];
  readonly #kinds: readonly Float32Array[];
  readonly #last: Int32Array;
  #known = 0;
  #greatest = 0;

  /** Takes `symbols ** (depth + 1)` numbers of memory. */
  constructor(symbols: number, depth: number) {
    this.#symbols = symbols;
    const sizes = Array.from({ length: depth + 1 }, (_, length) => symbols ** length);
    this.#counts = sizes.map((size) => new Float32Array(size * symbols));
    this.#totals = sizes.map((size) => new Float32Array(size));
    this.#kinds = sizes.map((size) => new Float32Array(size));
    this.#last = new Int32Array(depth);
  }

  /** Returns how many bits the symbol was worth, damped by greater ones before it, and takes it in. */
  bitsOf(symbol: number): number {
    const last = this.#last;
    let share = 1 / this.#symbols;
    let context = 0;
    let power = 1;
    for (let length = 0; length <= this.#known; length++) {
      if (length > 0) {
        context += last[length - 1]! * power;
        power *= this.#symbols;
      }
      share = this.#mix(length, context, symbol, share);
    }
    last.copyWithin(1, 0);
    last[0] = symbol;
    if (this.#known < last.length) this.#known++;
    const bits = -Math.log2(share);
    const damped = this.#greatest > 0 ? bits * Math.min(1, bits / this.#greatest) : bits;
    this.#greatest = Math.max(this.#greatest * (1 - 1 / MEMORY_ROWS), bits);
    return damped;
  }

  #mix(length: number, context: number, symbol: number, shorter: number): number {
    const counts = this.#counts[length]!;
    const totals = this.#totals[length]!;
    const kinds = this.#kinds[length]!;
    const at = context * this.#symbols + symbol;
    const total = totals[context]!;
    const count = counts[at]!;
    const share =
      total > 0
        ? (count + (kinds[context]! + ESCAPE) * shorter) / (total + kinds[context]! + ESCAPE)
        : shorter;
    if (count === 0) kinds[context]!++;
    counts[at] = count + 1;
    totals[context] = total + 1;
    return share;
  }
}

// How much each client has asked for lately, by the generic cell rate algorithm (ITU-T I.371): one time per
// client, the moment at which it will have paid for all it took. Fixed size, typed arrays, nothing allocated.
// A key lives in one of eight neighbouring places; when all are taken the client who owes least is forgotten,
// which gives it back at most the little it owed.

/** How fast a class of clients is served. */
export interface Rate {
  readonly perSecond: number;
  /** How many at once before waiting begins; at least 1. */
  readonly burst: number;
  /** How many may wait; one more is refused. */
  readonly queue: number;
  /** Nobody waits longer. */
  readonly maxWaitMs: number;
}

const WAYS = 8;
/** How many requests ahead one client can be driven by what other workers saw. */
const FURTHEST_AHEAD_MS = 600_000;

export class RateTable {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  /** Theoretical arrival time, milliseconds; a time that has passed is an empty place. */
  readonly #paidAtMs: Float64Array;
  readonly #mask: number;

  /** `places` is rounded up to a power of two; 16 bytes each. */
  constructor(places: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(places, WAYS)));
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#paidAtMs = new Float64Array(size);
    this.#mask = size - 1;
  }

  /**
   * Takes a request of the client into account, `cost` of one. Returns 0 when it may go on now, the milliseconds it has to wait
   * when there is room in its queue, and the negative milliseconds until there will be room when there is none;
   * a request that is refused costs nothing.
   */
  take(high: number, low: number, rate: Rate, nowMs: number, cost: number = 1): number {
    const place = this.#place(high, low, nowMs);
    const eachMs = 1000 / rate.perSecond;
    const paidAtMs = Math.max(this.#paidAtMs[place]!, nowMs);
    const waitMs = Math.max(0, paidAtMs - (rate.burst - cost) * eachMs - nowMs);
    const mayWaitMs = Math.min(rate.queue * eachMs, rate.maxWaitMs);
    // A microsecond of rounding must not shut the last one in the queue out.
    if (waitMs > mayWaitMs + 1e-3) return mayWaitMs - waitMs;
    this.#paidAtMs[place] = paidAtMs + cost * eachMs;
    return waitMs;
  }

  /** Adds what was taken elsewhere. */
  add(high: number, low: number, count: number, rate: Rate, nowMs: number): void {
    const place = this.#place(high, low, nowMs);
    const paidAtMs = Math.max(this.#paidAtMs[place]!, nowMs) + (count * 1000) / rate.perSecond;
    this.#paidAtMs[place] = Math.min(paidAtMs, nowMs + FURTHEST_AHEAD_MS);
  }

  /** The client's place, or one made free for it. */
  #place(high: number, low: number, nowMs: number): number {
    const first = hash(high, low) & this.#mask & ~(WAYS - 1);
    let least = first;
    for (let place = first; place < first + WAYS; place++) {
      const paidAtMs = this.#paidAtMs[place]!;
      // A clock that was set back must not leave a client waiting for hours.
      if (paidAtMs > nowMs + FURTHEST_AHEAD_MS) this.#paidAtMs[place] = 0;
      if (this.#high[place] === high && this.#low[place] === low) return place;
      if (this.#paidAtMs[place]! < this.#paidAtMs[least]!) least = place;
    }
    this.#high[least] = high;
    this.#low[least] = low;
    this.#paidAtMs[least] = 0;
    return least;
  }
}

/** One customer has a whole /64 of IPv6. No IPv6 address in use begins with 32 zero bits, so IPv4 stays apart. */
export function keyHigh(words: readonly number[]): number {
  return words.length === 1 ? 0 : words[0]!;
}

export function keyLow(words: readonly number[]): number {
  return words.length === 1 ? words[0]! : words[1]!;
}

/** The finalizer of MurmurHash3 over both words; addresses that are neighbours land far apart. */
function hash(high: number, low: number): number {
  let bits = Math.imul(high, 0x9e3779b1) ^ low;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

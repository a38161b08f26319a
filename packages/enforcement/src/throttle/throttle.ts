// The throttle: a client above its rate waits in a queue of its own and is refused when that is full. Whoever
// waits holds nothing that others need, so a greedy client delays nobody but itself. What was taken here is told
// to the other workers in batches, so that a client who is spread over all of them is counted once.

import type { Client } from '@parapet/kinds';
import { keyHigh, keyLow, RateTable, type Rate } from './rateTable.ts';

/**
 * Whose rate applies: decisions to throttle, to tarpit, and to challenge where nobody can be challenged; and AI crawlers
 * that are to go slowly, each over all its addresses.
 */
export type ThrottleClass = 'throttle' | 'tarpit' | 'captcha' | 'crawler';

export type ThrottleRates = Readonly<Record<ThrottleClass, Rate>>;

/** A person notices little of the first, a crawler waits, a scanner is no use any more behind the second. */
export const THROTTLE_RATES: ThrottleRates = {
  throttle: { perSecond: 2, burst: 20, queue: 10, maxWaitMs: 10_000 },
  tarpit: { perSecond: 0.2, burst: 1, queue: 2, maxWaitMs: 10_000 },
  captcha: { perSecond: 2, burst: 20, queue: 10, maxWaitMs: 10_000 },
  crawler: { perSecond: 0.5, burst: 5, queue: 5, maxWaitMs: 10_000 },
};

export type Turn =
  | { readonly kind: 'now' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'full'; readonly retryAfterSeconds: number };

/** A page is followed by dozens of files that are cheap to serve: they cost a tenth, or every page would be broken. */
export type Cost = 'page' | 'file';

/** Words of one row of a batch: class and count in tenths, then the client's key. */
const ROW_WORDS = 3;

const CLASSES: readonly ThrottleClass[] = ['throttle', 'tarpit', 'captcha', 'crawler'];
const NOW: Turn = { kind: 'now' };
const PLACES = 65_536;
const ROWS = 1024;
const MOST_COUNTED = 0xffffff;
/** All who wait together, so that memory has a bound whatever comes. */
const MOST_WAITING = 4096;

export class Throttle {
  readonly #table = new RateTable(PLACES);
  readonly #rows = new Uint32Array(ROWS * ROW_WORDS);
  #rates: ThrottleRates;
  #rowCount = 0;
  #waiting = 0;

  constructor(rates: ThrottleRates) {
    this.#rates = rates;
  }

  setRates(rates: ThrottleRates): void {
    this.#rates = rates;
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Says whether the request goes on now, later, or not. Whoever is told to wait says when it is over. */
  take({ words }: Pick<Client, 'words'>, name: ThrottleClass, nowMs: number, cost: Cost = 'page'): Turn {
    const high = keyHigh(words);
    const low = keyLow(words);
    const tenths = cost === 'file' ? 1 : 10;
    const answer = this.#table.take(high, low, this.#rates[name], nowMs, tenths / 10);
    if (answer < 0 || (answer > 0 && this.#waiting >= MOST_WAITING)) {
      return { kind: 'full', retryAfterSeconds: Math.max(1, Math.ceil(Math.abs(answer) / 1000)) };
    }
    this.#note(CLASSES.indexOf(name), high, low, tenths);
    if (answer === 0) return NOW;
    this.#waiting++;
    return { kind: 'wait', waitMs: answer };
  }

  waitEnded(): void {
    this.#waiting--;
  }

  /** Returns what was taken since the last call, to be told to the other workers; undefined when nothing was. */
  drain(): Uint32Array | undefined {
    if (this.#rowCount === 0) return undefined;
    const rows = this.#rows.slice(0, this.#rowCount * ROW_WORDS);
    this.#rowCount = 0;
    return rows;
  }

  /** Takes in what another worker drained; rows that are no rows are left out. */
  pouredElsewhere(rows: Uint32Array, nowMs: number): void {
    for (let at = 0; at + ROW_WORDS <= rows.length; at += ROW_WORDS) {
      const name = CLASSES[rows[at]! >>> 24];
      if (name === undefined) continue;
      const count = (rows[at]! & MOST_COUNTED) / 10;
      this.#table.add(rows[at + 1]!, rows[at + 2]!, count, this.#rates[name], nowMs);
    }
  }

  /** Counts on in the client's row; the newest rows are the likeliest. A full batch counts no more until drained. */
  #note(classNumber: number, high: number, low: number, tenths: number): void {
    const rows = this.#rows;
    const oldest = Math.max(0, this.#rowCount - 16);
    for (let row = this.#rowCount - 1; row >= oldest; row--) {
      const at = row * ROW_WORDS;
      if (rows[at + 1] !== high || rows[at + 2] !== low || rows[at]! >>> 24 !== classNumber) continue;
      if ((rows[at]! & MOST_COUNTED) <= MOST_COUNTED - tenths) rows[at]! += tenths;
      return;
    }
    if (this.#rowCount === ROWS) return;
    const at = this.#rowCount++ * ROW_WORDS;
    rows[at] = (classNumber << 24) | tenths;
    rows[at + 1] = high;
    rows[at + 2] = low;
  }
}

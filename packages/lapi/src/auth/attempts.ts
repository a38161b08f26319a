// Slows down who guesses: each address has a number of failures that it may make in a row, and gets one back every
// few seconds.

const BURST = 10;
const BACK_EVERY_MS = 6000;
const MOST_ADDRESSES = 50_000;
/** No address is ever further from being forgiven than this. */
const LONGEST_MS = 2 * BURST * BACK_EVERY_MS;

export class Attempts {
  /** Address -> when all its failures will have been forgiven. */
  readonly #until = new Map<string, number>();

  /** How many seconds the address has to wait before it may try again; 0 when it may now. */
  waitSeconds(ip: string, nowMs: number): number {
    const until = this.#until.get(ip);
    if (until === undefined) return 0;
    // A clock that was set back must not lock anybody out for longer than all failures take.
    if (until > nowMs + LONGEST_MS + BACK_EVERY_MS) this.#until.set(ip, nowMs + LONGEST_MS);
    const over = Math.min(until - nowMs, LONGEST_MS) - BURST * BACK_EVERY_MS;
    return over <= 0 ? 0 : Math.ceil(over / 1000);
  }

  failed(ip: string, nowMs: number): void {
    const until = Math.max(this.#until.get(ip) ?? 0, nowMs);
    this.#until.delete(ip);
    if (this.#until.size >= MOST_ADDRESSES) this.#forget(nowMs);
    this.#until.set(ip, Math.min(until, nowMs + LONGEST_MS) + BACK_EVERY_MS);
  }

  /** The oldest tenth goes when nobody else is over. */
  #forget(nowMs: number): void {
    let extra = MOST_ADDRESSES / 10;
    for (const [ip, until] of this.#until) if (until <= nowMs || extra-- > 0) this.#until.delete(ip);
  }
}

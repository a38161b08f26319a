// The queue in front of a site that has more to do than it can: who came first goes first. How much the site has to do
// is seen by how long its answers took: seconds of answers in a second are requests at once (Little's law). While that
// is too much fewer newcomers are let in each second, and more again when it is not (additive increase, multiplicative
// decrease). A ticket is a time: all who came before the frontier may go in, so nothing is kept of those who wait but
// when each of them came.

const SECOND_MS = 1000;
const LESS = 0.7;
const MORE = 1.15;
const LEAST_RATE = 0.5;
/** More wait than are remembered: the rest is let in by the time alone. */
const MOST_WAITING = 100_000;
/** The queue is over when nobody had to wait for so long. */
const CALM_MS = 30_000;

export class Queue {
  readonly #mostAtOnce: number;
  /** When those who wait came, from the first that is not let in yet. */
  #waiting: number[] = [];
  #first = 0;
  #frontierMs = 0;
  /** Newcomers let in each second; Infinity while there is no queue. */
  #rate = Number.POSITIVE_INFINITY;
  #tokens = 0;
  #workedMs = 0;
  #load = 0;
  #newcomers = 0;
  #secondEndsMs = 0;
  #fullAtMs = Number.NEGATIVE_INFINITY;

  constructor(mostAtOnce: number) {
    this.#mostAtOnce = mostAtOnce;
  }

  /** How many requests the site works on at once, as of the last second. */
  get load(): number {
    return this.#load;
  }

  get isOpen(): boolean {
    return this.#rate === Number.POSITIVE_INFINITY;
  }

  get length(): number {
    return this.#waiting.length - this.#first;
  }

  /** The site has taken so long for an answer. */
  worked(ms: number, nowMs: number): void {
    this.tick(nowMs);
    this.#workedMs += ms;
  }

  /** Somebody new is here. Returns whether there is room; if not, the place is `nowMs`. */
  arrive(nowMs: number): boolean {
    this.tick(nowMs);
    this.#newcomers++;
    if (this.isOpen) return true;
    if (this.length === 0 && this.#tokens >= 1) {
      this.#tokens--;
      return true;
    }
    if (this.length < MOST_WAITING) this.#waiting.push(nowMs);
    return false;
  }

  /** Whether it is the turn of one who came then, here or at another worker. */
  isTurnOf(sinceMs: number, nowMs: number): boolean {
    this.tick(nowMs);
    if (this.isOpen || sinceMs <= this.#frontierMs) return true;
    // Nobody waits here: whoever waits elsewhere would wait for ever.
    if (this.length > 0 || this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** About how long one who came then has to wait. */
  waitSeconds(sinceMs: number): number {
    let low = this.#first;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#waiting[middle]! <= sinceMs) low = middle + 1;
      else high = middle;
    }
    return Math.max(1, Math.ceil((low - this.#first) / Math.max(LEAST_RATE, this.#rate)));
  }

  tick(nowMs: number): void {
    if (this.#secondEndsMs === 0) this.#secondEndsMs = nowMs + SECOND_MS;
    if (nowMs < this.#secondEndsMs) return;
    const seconds = (nowMs - this.#secondEndsMs + SECOND_MS) / SECOND_MS;
    this.#load = this.#workedMs / (seconds * SECOND_MS);
    this.#steer(this.#newcomers / seconds, nowMs);
    this.#workedMs = this.#newcomers = 0;
    this.#secondEndsMs = nowMs + SECOND_MS;
    if (this.isOpen) return;
    this.#tokens = Math.min(this.#tokens + this.#rate * seconds, Math.max(1, this.#rate));
    while (this.#tokens >= 1 && this.length > 0) {
      this.#frontierMs = this.#waiting[this.#first++]!;
      this.#tokens--;
    }
    if (this.#first > 4096 && this.#first > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
  }

  #steer(newcomersASecond: number, nowMs: number): void {
    if (this.#load > this.#mostAtOnce) {
      this.#fullAtMs = nowMs;
      const from = this.isOpen ? newcomersASecond : this.#rate;
      this.#rate = Math.max(LEAST_RATE, from * LESS);
      return;
    }
    if (this.isOpen) return;
    this.#rate = this.#rate * MORE + LEAST_RATE;
    if (this.length > 0 || nowMs - this.#fullAtMs < CALM_MS) return;
    this.#rate = Number.POSITIVE_INFINITY;
    this.#waiting = [];
    this.#first = 0;
  }
}

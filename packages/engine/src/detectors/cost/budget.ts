// What strangers may spend together on costly pages: what they usually do, and some more, in typical pages of the site.
// It is learned minute by minute from what was spent while nobody was turned away; and it grows slowly, so that a crawl
// that begins gently does not teach that it is usual.

export interface SavedBudget {
  /** Typical pages a second, at the busiest: for costly pages of strangers, and for all. */
  readonly costlyPeak: number;
  readonly allPeak: number;
  readonly learnedMs: number;
}

const MINUTE_MS = 60_000;
/** The busiest is a mean over about so many minutes, not a moment. */
const MEAN_MINUTES = 10;
/** Beyond what strangers usually spend: of that, and of all that the site usually does. */
const MORE_COSTLY = 0.25;
const MORE_ALL = 0.15;
/** How fast a peak may grow once it is learned; while people are turned away: half as much again in two days. */
const GROWTH_AN_HOUR = 1.25;
const GROWTH_LEAST_AN_HOUR = 0.1;
const STRAINED_GROWTH_AN_HOUR = 1.01;
/** How fast it is forgotten. */
const FORGOTTEN_A_DAY = 0.9;
/** Spent at once: so many seconds of the budget, and a few of the dearest page whatever the budget is. */
const BURST_SECONDS = 5;
const BURST_PAGES = 3;
const STRAINED_MS = 10_000;

export class Budget {
  /** Typical pages a second that a site can do which has next to nothing to do. */
  floor = 0;
  readonly #learnMs: number;
  #learnedMs = 0;
  #costly: Mean = { sum: 0, mean: 0, minutes: 0, peak: 0 };
  #all: Mean = { sum: 0, mean: 0, minutes: 0, peak: 0 };
  #minuteEndsMs = 0;
  /** The moment at which all that was taken will have been paid for (GCRA, ITU-T I.371). */
  #paidAtMs = 0;
  #turnedAwayAtMs = Number.NEGATIVE_INFINITY;
  #isMinuteStrained = false;

  /** Nobody is turned away before so much was learned. */
  constructor(learnMs: number) {
    this.#learnMs = learnMs;
  }

  /** Whether enough was learned to turn anybody away. */
  get isReady(): boolean {
    return this.#learnedMs >= this.#learnMs;
  }

  /** Typical pages a second. */
  get perSecond(): number {
    return this.#costly.peak * (1 + MORE_COSTLY) + this.#all.peak * MORE_ALL + this.floor;
  }

  /** Whether somebody was turned away a moment ago: what is measured now is not usual. */
  isStrained(nowMs: number): boolean {
    return nowMs - this.#turnedAwayAtMs < STRAINED_MS;
  }

  /** The site has made so many typical pages. */
  worked(pages: number, nowMs: number): void {
    this.#tick(nowMs);
    this.#all.sum += pages;
  }

  /** Returns 0 and takes the cost, or the milliseconds until there is room for it. */
  spend(pages: number, nowMs: number): number {
    this.#tick(nowMs);
    if (!this.isReady) {
      this.#costly.sum += pages;
      return 0;
    }
    const { perSecond } = this;
    const takesMs = (pages / perSecond) * 1000;
    const burstMs = Math.max(BURST_SECONDS * 1000, BURST_PAGES * takesMs);
    const paidAtMs = Math.max(this.#paidAtMs, nowMs);
    const waitMs = paidAtMs + takesMs - nowMs - burstMs;
    if (waitMs > 0) {
      this.#turnedAwayAtMs = nowMs;
      this.#isMinuteStrained = true;
      return waitMs;
    }
    this.#paidAtMs = paidAtMs + takesMs;
    this.#costly.sum += pages;
    return 0;
  }

  save(): SavedBudget {
    return { costlyPeak: this.#costly.peak, allPeak: this.#all.peak, learnedMs: this.#learnedMs };
  }

  restore({ costlyPeak, allPeak, learnedMs }: SavedBudget): void {
    this.#costly = { sum: 0, mean: costlyPeak, minutes: MEAN_MINUTES, peak: costlyPeak };
    this.#all = { sum: 0, mean: allPeak, minutes: MEAN_MINUTES, peak: allPeak };
    this.#learnedMs = learnedMs;
  }

  #tick(nowMs: number): void {
    if (this.#minuteEndsMs === 0) this.#minuteEndsMs = nowMs + MINUTE_MS;
    if (nowMs < this.#minuteEndsMs) return;
    // An idle hour is one minute in which nothing was asked for, not sixty; a night does not lower a peak much.
    const minutes = (nowMs - this.#minuteEndsMs + MINUTE_MS) / MINUTE_MS;
    if (!this.#isMinuteStrained) {
      this.#endMinute(this.#costly, minutes);
      this.#endMinute(this.#all, minutes);
      this.#learnedMs += minutes * MINUTE_MS;
    } else this.#costly.peak *= STRAINED_GROWTH_AN_HOUR ** (minutes / 60);
    this.#costly.sum = this.#all.sum = 0;
    this.#isMinuteStrained = false;
    this.#minuteEndsMs = nowMs + MINUTE_MS;
  }

  #endMinute(one: Mean, minutes: number): void {
    const rate = one.sum / (minutes * 60);
    one.minutes = Math.min(MEAN_MINUTES, one.minutes + minutes);
    one.mean += (rate - one.mean) * Math.min(1, minutes / one.minutes);
    one.peak *= FORGOTTEN_A_DAY ** (minutes / 1440);
    if (one.mean <= one.peak) return;
    const most = this.isReady
      ? one.peak * GROWTH_AN_HOUR ** (minutes / 60) + (minutes / 60) * GROWTH_LEAST_AN_HOUR
      : one.mean;
    one.peak = Math.min(one.mean, most);
  }
}

interface Mean {
  /** Of this minute. */
  sum: number;
  /** A second, as is the peak. */
  mean: number;
  minutes: number;
  peak: number;
}

// Whether a count of minutes is beyond what is usual. Windows from one minute to four hours each ask how improbable
// their sum is; how improbable sums get on ordinary days is learnt, so that each site has its own measure.

import { asUsual, type TimesUsual } from './calendar.ts';
import type { Calm } from './calm.ts';
import { RAMP_WINDOW, Sums, WINDOWS } from './sums.ts';
import { lowerTail, upperTail } from './tails.ts';
import { Week } from './week.ts';

const DAY_MINUTES = 1440;
/** With a limit beyond this for a minute, the site's requests come in gusts. */
const GUSTY = 20;
/** Less than this is no surge, however sure. */
const LEAST_RATIO = 1.2;
const LEAST_SURPLUS = 10;
const QUIET_MINUTES = 30;
/** Beyond these, the past has no part in what is adapted to. */
const REMEMBERED_MINUTES = 3 * DAY_MINUTES;
/** Of the improbability that is told: so near to it a surge may be beginning, where people say so as well. */
const STIRRING = 0.75;
const SHORT_MINUTES = 10;
/** A surge that has grown so much is told again. */
const GROWN = 3;

/** Counts of minutes that are over; the first is of minute `first` since the epoch. */
export interface Past {
  readonly counts: ArrayLike<number>;
  readonly first: number;
}

export interface Surge {
  /** The window that told, in minutes. */
  readonly minutes: number;
  readonly count: number;
  readonly expected: number;
  /** -log10 of how improbable. */
  readonly improbability: number;
}

/** What one series of counts is like on ordinary days. */
export interface SeriesNorms extends Calm {
  /** As `Week` has them. */
  readonly rates: Float64Array;
  readonly jobs?: Float64Array | undefined;
}

/** What goes on in one series, to be written down. */
export interface SavedSurge {
  readonly quietUntil: number;
  readonly open: Surge | undefined;
  readonly told: number;
}

export class SurgeWatch {
  readonly #times: TimesUsual;
  #week: Week;
  #calm: Calm;
  #sums = new Sums();
  /** How near the last minute was to being told, at best. */
  #stirring = 0;
  #quietUntil = 0;
  #open: Surge | undefined;
  /** How many times the usual was told last. */
  #told = 0;

  constructor({ rates, jobs, ...calm }: SeriesNorms, times: TimesUsual = asUsual) {
    this.#times = times;
    this.#week = new Week(rates, times, jobs);
    this.#calm = calm;
  }

  /** Takes over what is normal from a minute on; the days before it are seen again by it. */
  relearn({ rates, jobs, ...calm }: SeriesNorms, past: Past, minute: number): void {
    this.#week = new Week(rates, this.#times, jobs);
    this.#calm = calm;
    this.remember(past, minute);
  }

  /** Takes the days before a minute as if it had watched them, without telling of them. */
  remember({ counts, first }: Past, minute: number): void {
    this.#sums = new Sums();
    const to = Math.min(minute, first + counts.length);
    for (let at = Math.max(first, minute - REMEMBERED_MINUTES); at < to; at++)
      this.#sums.add(counts[at - first]!, this.#week.at(at));
  }

  save(): SavedSurge {
    return { quietUntil: this.#quietUntil, open: this.#open, told: this.#told };
  }

  restore({ quietUntil, open, told }: SavedSurge): void {
    this.#quietUntil = quietUntil;
    this.#open = open;
    this.#told = told;
  }

  /** What the surge is that is going on. */
  get surge(): Surge | undefined {
    return this.#open;
  }

  /** Whether a surge may be beginning: nearly told, in a short window. */
  get isStirring(): boolean {
    return this.#stirring > STIRRING;
  }

  /** Whether counts of single minutes say nothing here: requests come in gusts, or are written down so. */
  get isGusty(): boolean {
    return this.#calm.limits[0]! > GUSTY;
  }

  usual(minute: number): number {
    return this.#week.at(minute) * this.#sums.level;
  }

  /** Takes a minute that is over. Returns a surge when one begins. */
  add(minute: number, count: number): Surge | undefined {
    this.#sums.add(count, this.#week.at(minute));
    const found = this.#unusual();
    if (found !== undefined) {
      this.#quietUntil = minute + QUIET_MINUTES;
      const isNew = this.#open === undefined || ratioOf(found) > this.#told * GROWN;
      this.#open = found;
      if (!isNew) return undefined;
      this.#told = ratioOf(found);
      return found;
    }
    if (minute >= this.#quietUntil) this.#open = undefined;
    return undefined;
  }

  /** Whether the last ten minutes were silent that usually are not. */
  silence(): { readonly count: number; readonly expected: number } | undefined {
    const i = WINDOWS.indexOf(10);
    const count = this.#sums.counts[i]!;
    const expected = Math.min(this.#sums.expected(i), this.#sums.usual[i]!);
    if (this.#sums.minutes < RAMP_WINDOW || expected < 30 || count > expected * 0.05) return undefined;
    return lowerTail(count, expected, this.#calm.spreads[i]!) > 9 ? { count, expected } : undefined;
  }

  #unusual(): Surge | undefined {
    const sums = this.#sums;
    let best: Surge | undefined;
    this.#stirring = 0;
    for (const [i, minutes] of WINDOWS.entries()) {
      if (sums.minutes < minutes) break;
      const count = sums.counts[i]!;
      const expected = sums.mostExpected(i);
      if (count < expected * LEAST_RATIO || count - expected < LEAST_SURPLUS) continue;
      const improbability = upperTail(count, expected, this.#calm.spreads[i]!);
      if (minutes <= SHORT_MINUTES)
        this.#stirring = Math.max(this.#stirring, improbability / this.#calm.limits[i]!);
      if (improbability > this.#calm.limits[i]! && (best === undefined || improbability > best.improbability))
        best = { minutes, count, expected, improbability };
    }
    return best;
  }
}

function ratioOf({ count, expected }: Surge): number {
  return count / Math.max(expected, 1);
}

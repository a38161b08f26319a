// Whether a count of minutes is beyond what is usual. The usual is that of the time of the week, times how busy the
// last hours were beside theirs. Windows from one minute to four hours each ask how improbable their sum is; how
// improbable sums get on ordinary days is learnt, so that each site has its own measure. Long windows go by the last
// day instead of the last hours: those are what a slow ramp would hide in, and after two days a new level is usual.

import { lowerTail, upperTail } from './tails.ts';
import { median, quantileOf, Week } from './week.ts';

const WINDOWS = [1, 2, 3, 5, 10, 20, 30, 60, 240] as const;
const LONGEST = 240;
/** From this window on, the usual is adapted to the last day and not to the last hours. */
const RAMP_WINDOW = 60;
/** Time constants of the adaption; the very last minutes have no part in it. */
const LEVEL_MINUTES = 120;
const SLOW_MINUTES = 1440;
const LEVEL_LAG = 30;
/** Adapted no further than this, either way. */
const LEVEL_MOST = 4;
/** False alarms that a week of one series may have, over all windows. */
const FALSE_ALARMS_A_WEEK = 0.1;
const WEEK_MINUTES = 10_080;
const DAY_MINUTES = 1440;
/** Of a great many sums, so many say what is in their middle. */
const SAMPLED = 4096;
/** And so many what is rare among them. */
const SORTED = 10_080;
/** With a limit beyond this for a minute, the site's requests come in gusts. */
const GUSTY = 20;
/** What was fitted fits best where it was fitted, and requests come in bursts; visitors come one by one. */
const CAUTION = 1.5;
const CAUTION_ONE_BY_ONE = 1.15;
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
}

/** What goes on in one series, to be written down. */
export interface SavedSurge {
  readonly quietUntil: number;
  readonly open: Surge | undefined;
  readonly told: number;
}

export interface Calm {
  /** Variance beyond chance, as a share of the squared mean, by window. */
  readonly spreads: readonly number[];
  /** The improbability that is told, by window. */
  readonly limits: readonly number[];
}

/** The running sums of one series. */
class Sums {
  readonly #counts = new Float64Array(LONGEST + 1);
  readonly #usual = new Float64Array(LONGEST + 1);
  readonly counts = new Float64Array(WINDOWS.length);
  readonly usual = new Float64Array(WINDOWS.length);
  #minutes = 0;
  #level = 0;
  #slow = 0;
  /** How busy the last hours were beside what is usual then, and how busy the last day. */
  level = 1;
  #slowLevel = 1;

  get minutes(): number {
    return this.#minutes;
  }

  add(count: number, usual: number): void {
    const size = LONGEST + 1;
    const at = this.#minutes++ % size;
    this.#counts[at] = count;
    this.#usual[at] = usual;
    for (let i = 0; i < WINDOWS.length; i++) {
      const window = WINDOWS[i]!;
      const gone = (at - window + size) % size;
      const isFull = this.#minutes > window;
      this.counts[i]! += count - (isFull ? this.#counts[gone]! : 0);
      this.usual[i]! += usual - (isFull ? this.#usual[gone]! : 0);
    }
    this.#adapt(at);
  }

  #adapt(at: number): void {
    if (this.#minutes <= LEVEL_LAG) return;
    const size = LONGEST + 1;
    const old = (at - LEVEL_LAG + size) % size;
    const usual = this.#usual[old]!;
    // A minute counts by what is expected in it; what is far out counts no more than what is a little out.
    const weight = usual / (usual + 5);
    const ratio = Math.log((this.#counts[old]! + 1) / (usual + 1));
    this.#level = adapted(this.#level, ratio, weight / LEVEL_MINUTES);
    this.#slow = adapted(this.#slow, ratio, weight / SLOW_MINUTES);
    this.level = Math.exp(this.#level);
    this.#slowLevel = Math.exp(this.#slow);
  }

  expected(i: number): number {
    return this.usual[i]! * (WINDOWS[i]! < RAMP_WINDOW ? this.level : this.#slowLevel);
  }
}

function adapted(level: number, ratio: number, weight: number): number {
  const step = Math.max(-0.7, Math.min(0.7, ratio - level));
  const most = Math.log(LEVEL_MOST);
  return Math.max(-most, Math.min(most, level + step * weight));
}

export class SurgeWatch {
  #week: Week;
  #calm: Calm;
  #sums = new Sums();
  /** How near the last minute was to being told, at best. */
  #stirring = 0;
  #quietUntil = 0;
  #open: Surge | undefined;
  /** How many times the usual was told last. */
  #told = 0;

  constructor({ rates, ...calm }: SeriesNorms) {
    this.#week = new Week(rates);
    this.#calm = calm;
  }

  /** Takes over what is normal from a minute on; the days before it are seen again by it. */
  relearn({ rates, ...calm }: SeriesNorms, past: Past, minute: number): void {
    this.#week = new Week(rates);
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
      const expected = sums.expected(i);
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

/** Runs over the past as it would have run over it live, and keeps how far ordinary sums were from the usual. */
export function* calmSteps(
  counts: ArrayLike<number>,
  firstMinute: number,
  week: Week,
  comesInBursts: boolean,
): Generator<undefined, Calm> {
  const caution = comesInBursts ? CAUTION : CAUTION_ONE_BY_ONE;
  const length = Math.max(0, counts.length - LONGEST);
  const expected = WINDOWS.map(() => new Float64Array(length));
  const seen = WINDOWS.map(() => new Float64Array(length));
  const sums = new Sums();
  for (let k = 0; k < counts.length; k++) {
    sums.add(counts[k]!, week.at(firstMinute + k));
    const place = k - LONGEST;
    if (place < 0) continue;
    for (let i = 0; i < WINDOWS.length; i++) {
      expected[i]![place] = sums.expected(i);
      seen[i]![place] = sums.counts[i]!;
    }
  }
  const spreads: number[] = [];
  const limits: number[] = [];
  for (const [i, window] of WINDOWS.entries()) {
    yield;
    const spread = spreadOf(seen[i]!, expected[i]!);
    const tails = seen[i]!.map((count, k) => upperTail(count, expected[i]![k]!, spread));
    spreads.push(spread);
    limits.push(caution * Math.max(limitOf(tails, window), dailyPeak(tails)));
  }
  return { spreads, limits };
}

/** From the middle half of the sums, so that attacks among them do not count: what chance does not explain. */
function spreadOf(seen: Float64Array, expected: Float64Array): number {
  if (expected.reduce((sum, mean) => (mean >= 1 ? sum + 1 : sum), 0) < 100) return 0.05;
  const stride = Math.ceil(seen.length / SAMPLED);
  const [means, distances] = [new Float64Array(SAMPLED), new Float64Array(SAMPLED)];
  let count = 0;
  for (let k = 0; k < seen.length; k += stride) {
    const mean = Math.max(expected[k]!, 1e-6);
    means[count] = mean;
    distances[count++] = Math.abs(seen[k]! - mean) / Math.sqrt(mean);
  }
  const ordinary = median(distances.subarray(0, count));
  const mean = median(means.subarray(0, count));
  // The median of |z| of a normal variable is 0.6745.
  const excess = ((ordinary / 0.6745) ** 2 - 1) / mean;
  return Math.min(1, Math.max(0.0005, excess));
}

/** What most days reach at some time, such as a job that runs every hour, is usual however improbable it looks. */
function dailyPeak(tails: Float64Array): number {
  const peaks: number[] = [];
  for (let from = 0; from + DAY_MINUTES <= tails.length; from += DAY_MINUTES) {
    let peak = 0;
    for (let k = from; k < from + DAY_MINUTES; k++) peak = Math.max(peak, tails[k]!);
    peaks.push(peak);
  }
  return peaks.length < 2 ? 0 : median(peaks);
}

/** Tails of ordinary sums fall off evenly on this scale: the line is drawn from where attacks do not reach. */
function limitOf(tails: Float64Array, window: number): number {
  const chances = (WEEK_MINUTES / Math.max(1, window / 2)) * WINDOWS.length;
  const wanted = Math.log10(chances / FALSE_ALARMS_A_WEEK);
  if (tails.length < 1000) return wanted + 2;
  const stride = Math.ceil(tails.length / SORTED);
  const sorted = Float64Array.from(
    { length: Math.ceil(tails.length / stride) },
    (_, i) => tails[i * stride]!,
  ).sort();
  const high = quantileOf(sorted, 0.98);
  const low = quantileOf(sorted, 0.9);
  const slope = Math.max(0.3, (high - low) / Math.log10(0.1 / 0.02));
  return Math.max(wanted, high + slope * (wanted - Math.log10(1 / 0.02)));
}

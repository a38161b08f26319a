// Whether a count of minutes is beyond what is usual. The usual is that of the time of the week, times how busy the
// last hours were beside theirs. Windows from one minute to four hours each ask how improbable their sum is; how
// improbable sums get on ordinary days is learnt, so that each site has its own measure. Long windows go by the last
// day instead of the last hours: those are what a slow ramp would hide in, and after two days a new level is usual.

import { lowerTail, upperTail } from './tails.ts';
import { median, quantile, Week } from './week.ts';

const WINDOWS = [1, 2, 5, 10, 20, 30, 60, 240] as const;
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
/** With a limit beyond this for a minute, the site's requests come in gusts. */
const GUSTY = 20;
/** What was fitted fits best where it was fitted, and requests come in bursts; visitors come one by one. */
const CAUTION = 1.5;
const CAUTION_ONE_BY_ONE = 1.15;
/** Less than this is no surge, however sure. */
const LEAST_RATIO = 1.2;
const LEAST_SURPLUS = 10;
const QUIET_MINUTES = 30;
/** A surge that has grown so much is told again. */
const GROWN = 3;

export interface Surge {
  /** The window that told, in minutes. */
  readonly minutes: number;
  readonly count: number;
  readonly expected: number;
  /** -log10 of how improbable. */
  readonly improbability: number;
}

interface Calm {
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

  /** How busy the last hours were beside what is usual then. */
  get level(): number {
    return Math.exp(this.#level);
  }

  get minutes(): number {
    return this.#minutes;
  }

  add(count: number, usual: number): void {
    const size = LONGEST + 1;
    const at = this.#minutes++ % size;
    this.#counts[at] = count;
    this.#usual[at] = usual;
    for (const [i, window] of WINDOWS.entries()) {
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
  }

  expected(i: number): number {
    return this.usual[i]! * (WINDOWS[i]! < RAMP_WINDOW ? this.level : Math.exp(this.#slow));
  }
}

function adapted(level: number, ratio: number, weight: number): number {
  const step = Math.max(-0.7, Math.min(0.7, ratio - level));
  const most = Math.log(LEVEL_MOST);
  return Math.max(-most, Math.min(most, level + step * weight));
}

export class SurgeWatch {
  readonly #week: Week;
  readonly #calm: Calm;
  #sums = new Sums();
  #quietUntil = 0;
  #open: Surge | undefined;
  /** How many times the usual was told last. */
  #told = 0;

  constructor(week: Week, calm: Calm) {
    this.#week = week;
    this.#calm = calm;
  }

  /** Learns from the counts of past minutes; the first is minute `firstMinute` since the epoch. */
  static learn(counts: ArrayLike<number>, firstMinute: number, comesInBursts = true): SurgeWatch {
    const week = Week.learn(counts, firstMinute);
    const caution = comesInBursts ? CAUTION : CAUTION_ONE_BY_ONE;
    return new SurgeWatch(week, calmOf(counts, firstMinute, week, caution));
  }

  /** What the surge is that is going on. */
  get surge(): Surge | undefined {
    return this.#open;
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
    for (const [i, minutes] of WINDOWS.entries()) {
      if (sums.minutes < minutes) break;
      const count = sums.counts[i]!;
      const expected = sums.expected(i);
      if (count < expected * LEAST_RATIO || count - expected < LEAST_SURPLUS) continue;
      const improbability = upperTail(count, expected, this.#calm.spreads[i]!);
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
function calmOf(counts: ArrayLike<number>, firstMinute: number, week: Week, caution: number): Calm {
  const expected: number[][] = WINDOWS.map(() => []);
  const seen: number[][] = WINDOWS.map(() => []);
  const sums = new Sums();
  for (let k = 0; k < counts.length; k++) {
    sums.add(counts[k]!, week.at(firstMinute + k));
    if (k < LONGEST) continue;
    for (let i = 0; i < WINDOWS.length; i++) {
      expected[i]!.push(sums.expected(i));
      seen[i]!.push(sums.counts[i]!);
    }
  }
  const spreads = WINDOWS.map((_, i) => spreadOf(seen[i]!, expected[i]!));
  const limits = WINDOWS.map((window, i) => {
    const tails = seen[i]!.map((count, k) => upperTail(count, expected[i]![k]!, spreads[i]!));
    return caution * Math.max(limitOf(tails, window), dailyPeak(tails));
  });
  return { spreads, limits };
}

/** From the middle half of the sums, so that attacks among them do not count: what chance does not explain. */
function spreadOf(seen: readonly number[], expected: readonly number[]): number {
  const squares: number[] = [];
  for (const [k, count] of seen.entries()) {
    const mean = Math.max(expected[k]!, 1e-6);
    if (mean >= 1) squares.push(((count - mean) ** 2 - mean) / mean ** 2);
  }
  if (squares.length < 100) return 0.05;
  const ordinary = median(
    seen.map((count, k) => Math.abs(count - expected[k]!) / Math.sqrt(Math.max(expected[k]!, 1e-6))),
  );
  const mean = Math.max(1e-6, median(expected));
  // The median of |z| of a normal variable is 0.6745.
  const excess = ((ordinary / 0.6745) ** 2 - 1) / mean;
  return Math.min(1, Math.max(0.0005, excess));
}

/** What most days reach at some time, such as a job that runs every hour, is usual however improbable it looks. */
function dailyPeak(tails: readonly number[]): number {
  const peaks: number[] = [];
  for (let from = 0; from + DAY_MINUTES <= tails.length; from += DAY_MINUTES) {
    let peak = 0;
    for (let k = from; k < from + DAY_MINUTES; k++) peak = Math.max(peak, tails[k]!);
    peaks.push(peak);
  }
  return peaks.length < 2 ? 0 : median(peaks);
}

/** Tails of ordinary sums fall off evenly on this scale: the line is drawn from where attacks do not reach. */
function limitOf(tails: readonly number[], window: number): number {
  const chances = (WEEK_MINUTES / Math.max(1, window / 2)) * WINDOWS.length;
  const wanted = Math.log10(chances / FALSE_ALARMS_A_WEEK);
  if (tails.length < 1000) return wanted + 2;
  const high = quantile(tails, 0.98);
  const low = quantile(tails, 0.9);
  const slope = Math.max(0.3, (high - low) / Math.log10(0.1 / 0.02));
  return Math.max(wanted, high + slope * (wanted - Math.log10(1 / 0.02)));
}

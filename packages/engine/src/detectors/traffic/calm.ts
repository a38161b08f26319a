// How improbable the sums of a series look on ordinary days: the measure of what is worth telling there.

import { PastSums, RAMP_WINDOW, WINDOWS } from './sums.ts';
import { chernoffBelow, upperTail } from './tails.ts';
import { median, quantileWithin, type Week } from './week.ts';

export interface Calm {
  /** Variance beyond chance, as a share of the squared mean, by window. */
  readonly spreads: readonly number[];
  /** The improbability that is told, by window. */
  readonly limits: readonly number[];
}

/** False alarms that a week of one series may have, over all windows. */
const FALSE_ALARMS_A_WEEK = 0.1;
const WEEK_MINUTES = 10_080;
const DAY_MINUTES = 1440;
/** Of a great many sums, so many say what is in their middle. */
const SAMPLED = 4096;
/** And so many what is rare among them. */
const RARE_AMONG = 10_080;
/** What was fitted fits best where it was fitted, and requests come in bursts; visitors come one by one. */
const CAUTION = 1.5;
const CAUTION_ONE_BY_ONE = 1.15;
/** Days are busy or quiet as a whole: of so few, the busiest one says little about those to come. */
const CAUTION_DAYS = 10;

/** Runs over the past as it would have run over it live, and keeps how far ordinary sums were from the usual. */
export function* calmSteps(
  counts: ArrayLike<number>,
  firstMinute: number,
  week: Week,
  comesInBursts: boolean,
): Generator<undefined, Calm> {
  const caution = comesInBursts ? CAUTION : CAUTION_ONE_BY_ONE;
  const sums = new PastSums(counts, (place) => week.at(firstMinute + place));
  const spreads: number[] = [];
  const limits: number[] = [];
  const ofDays = 1 + (CAUTION_DAYS * DAY_MINUTES) / Math.max(DAY_MINUTES, counts.length);
  for (const window of WINDOWS) {
    yield;
    const spread = spreadOf(sums, window);
    spreads.push(spread);
    const limit = Math.max(limitOf(sums, window, spread), dailyPeak(sums, window, spread));
    limits.push(caution * limit * (window < RAMP_WINDOW ? 1 : ofDays));
  }
  return { spreads, limits };
}

/** From the middle half of the sums, so that attacks among them do not count: what chance does not explain. */
function spreadOf(sums: PastSums, window: number): number {
  const { length } = sums;
  let frequent = 0;
  for (let k = 0; k < length && frequent < FREQUENT; k++) if (sums.expected(window, k) >= 1) frequent++;
  if (frequent < FREQUENT) return UNKNOWN_SPREAD;
  const stride = Math.ceil(length / SAMPLED);
  const sampled = Math.ceil(length / stride);
  const [means, distances] = [new Float64Array(sampled), new Float64Array(sampled)];
  for (let i = 0; i < sampled; i++) {
    const mean = Math.max(sums.expected(window, i * stride), 1e-6);
    means[i] = mean;
    distances[i] = Math.abs(sums.seen(window, i * stride) - mean) / Math.sqrt(mean);
  }
  const ordinary = quantileWithin(distances, 0.5);
  const mean = quantileWithin(means, 0.5);
  // The median of |z| of a normal variable is 0.6745.
  const excess = ((ordinary / 0.6745) ** 2 - 1) / mean;
  return Math.min(1, Math.max(0.0005, excess));
}

/** Of a series of which fewer minutes than this have anything to be expected, little can be said. */
const FREQUENT = 100;
const UNKNOWN_SPREAD = 0.05;

/** What most days reach at some time, such as a job that runs every hour, is usual however improbable it looks. */
function dailyPeak(sums: PastSums, window: number, spread: number): number {
  const peaks: number[] = [];
  for (let from = 0; from + DAY_MINUTES <= sums.length; from += DAY_MINUTES) {
    let peak = 0;
    for (let k = from; k < from + DAY_MINUTES; k++) {
      const seen = sums.seen(window, k);
      const mean = sums.expected(window, k);
      // Two logarithms for each of some million sums are spared.
      if (chernoffBelow(seen, mean, spread, peak)) continue;
      peak = Math.max(peak, upperTail(seen, mean, spread));
    }
    peaks.push(peak);
  }
  return peaks.length < 2 ? 0 : median(peaks);
}

/** Tails of ordinary sums fall off evenly on this scale: the line is drawn from where attacks do not reach. */
function limitOf(sums: PastSums, window: number, spread: number): number {
  const chances = (WEEK_MINUTES / Math.max(1, window / 2)) * WINDOWS.length;
  const wanted = Math.log10(chances / FALSE_ALARMS_A_WEEK);
  if (sums.length < 1000) return wanted + 2;
  const stride = Math.ceil(sums.length / RARE_AMONG);
  const tails = new Float64Array(Math.ceil(sums.length / stride));
  for (let i = 0; i < tails.length; i++)
    tails[i] = upperTail(sums.seen(window, i * stride), sums.expected(window, i * stride), spread);
  const high = quantileWithin(tails, 0.98);
  const low = quantileWithin(tails, 0.9);
  const slope = Math.max(0.3, (high - low) / Math.log10(0.1 / 0.02));
  return Math.max(wanted, high + slope * (wanted - Math.log10(1 / 0.02)));
}

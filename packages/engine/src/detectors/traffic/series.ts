// Anomaly scores for a series of numbers, online: a row's score depends on that row and those before it.
//
// Five views of the series each say how unheard of a row is: the value itself, the mean of the last twelve, the
// distance from what is usual at this time of day, and two that read the series as a text of coarse levels and are
// surprised by what never followed before. All are in shares of the range that was seen, so that one configuration
// does for requests, seconds and degrees; the greatest counts. What is told within two dozen rows of something
// greater is damped: one trouble is one alarm.

import { Extremes } from './extremes.ts';
import { Surprise } from './surprise.ts';

/** Which view found a row unusual. */
export type SeriesSign = 'value' | 'mean' | 'time-of-day' | 'sequence';

export interface SeriesFinding {
  /** 0 to 1; `SERIES_ALARM` and more is worth telling. */
  readonly score: number;
  readonly sign: SeriesSign;
}

/** A value that is one hundredth of the range beyond everything that was seen scores this. */
export const SERIES_ALARM = 0.5;

/** How much each view counts beside the value itself. */
export interface SeriesWeights {
  readonly mean: number;
  readonly timeOfDay: number;
  /** A bit of surprise in short sequences of fine levels. */
  readonly fineBit: number;
  /** A bit of surprise in long sequences of coarse levels. */
  readonly coarseBit: number;
}

export const SERIES_WEIGHTS: SeriesWeights = {
  mean: 0.125,
  timeOfDay: 0.05,
  fineBit: 0.0003,
  coarseBit: 0.0002,
};

const ALARM_SHARE = 0.01;
const MEAN_ROWS = 12;
const HOURS = 24;
const HOUR_MS = 3_600_000;
/** Values of an hour of the day before anything can be unusual in it. */
const HOUR_ROWS = 3;
/** An hour's mean follows the last so many values. */
const HOUR_MEMORY = 200;
const FINE_LEVELS = 16;
const COARSE_LEVELS = 4;
const QUIET_ROWS = 24;
/** At first everything is new. */
const FIRST_ROWS = 96;

export class SeriesDetector {
  readonly #weights: SeriesWeights;
  readonly #value = new Extremes();
  readonly #mean = new Extremes();
  readonly #timeOfDay = new Extremes();
  readonly #fine = new Surprise(FINE_LEVELS, 2);
  readonly #coarse = new Surprise(COARSE_LEVELS, 6);
  readonly #recent = new Float64Array(MEAN_ROWS);
  readonly #hourMeans = new Float64Array(HOURS);
  readonly #hourRows = new Float64Array(HOURS);
  #rows = 0;
  #loudest = 0;

  constructor(weights: SeriesWeights = SERIES_WEIGHTS) {
    this.#weights = weights;
  }

  /** Scores the next row. Values are finite; rows come in the order of their times. */
  score(atMs: number, value: number): SeriesFinding {
    const weights = this.#weights;
    let share = this.#value.beyond(value);
    let sign: SeriesSign = 'value';
    const place = this.#value.placeOf(value);
    const text = Math.max(
      this.#fine.bitsOf(levelOf(place, FINE_LEVELS)) * weights.fineBit,
      this.#coarse.bitsOf(levelOf(place, COARSE_LEVELS)) * weights.coarseBit,
    );
    if (text > share) [share, sign] = [text, 'sequence'];
    const mean = this.#ofMean(value) * weights.mean;
    if (mean > share) [share, sign] = [mean, 'mean'];
    const timeOfDay = this.#ofTimeOfDay(atMs, value) * weights.timeOfDay;
    if (timeOfDay > share) [share, sign] = [timeOfDay, 'time-of-day'];
    if (this.#rows++ < FIRST_ROWS) return { score: 0, sign };
    const told = this.#loudest > share ? share * Math.sqrt(share / this.#loudest) : share;
    this.#loudest = Math.max(this.#loudest * (1 - 1 / QUIET_ROWS), share);
    return { score: told / (told + ALARM_SHARE), sign };
  }

  #ofMean(value: number): number {
    this.#recent[this.#rows % MEAN_ROWS] = value;
    if (this.#rows < MEAN_ROWS - 1) return 0;
    let mean = 0;
    for (const one of this.#recent) mean += one / MEAN_ROWS;
    return this.#mean.beyond(mean);
  }

  #ofTimeOfDay(atMs: number, value: number): number {
    const hour = (((Math.floor(atMs / HOUR_MS) % HOURS) + HOURS) % HOURS) | 0;
    const rows = this.#hourRows[hour]!;
    const rest = value - this.#hourMeans[hour]!;
    this.#hourMeans[hour]! += rest / Math.min(rows + 1, HOUR_MEMORY);
    this.#hourRows[hour] = rows + 1;
    return rows < HOUR_ROWS ? 0 : this.#timeOfDay.beyond(rest);
  }
}

function levelOf(place: number, levels: number): number {
  return Math.min(levels - 1, Math.floor(place * levels));
}

// Sums of a series over windows from one minute to four hours, and of what is usual in them: that of the time of the
// week, times how busy the last hours were beside theirs. Long windows go by the last day instead of the last hours:
// those are what a slow ramp would hide in, and after two days a new level is usual.

export const WINDOWS = [1, 2, 3, 5, 10, 20, 30, 60, 240] as const;
const LONGEST = 240;
/** From this window on, the usual is adapted to the last day and not to the last hours. */
export const RAMP_WINDOW = 60;
/** Time constants of the adaption; the very last minutes have no part in it. */
const LEVEL_MINUTES = 120;
const SLOW_MINUTES = 1440;
const LEVEL_LAG = 30;
/** Adapted no further than this, either way. */
const LEVEL_MOST = 4;
const LOG_LEVEL_MOST = Math.log(LEVEL_MOST);
const SIZE = LONGEST + 1;

/** Quiet for longer than this is what has become usual. */
const HELD_HOURS = 48;
/** A little quieter than the time of the week is what days are by chance. */
const OF_WEEK = 0.9;

/** How busy a series was beside the usual of the time of the week: in the last hours, and in the last day. */
class Level {
  #quick = 0;
  #slow = 0;
  quick = 1;
  slow = 1;
  /** The last day's level, hour by hour. */
  readonly #held = new Float64Array(HELD_HOURS);
  #minutes = 0;

  /** Takes a minute, which is to be `LEVEL_LAG` minutes ago. */
  add(count: number, usual: number): void {
    // A minute counts by what is expected in it; what is far out counts no more than what is a little out.
    const weight = usual / (usual + 5);
    const ratio = Math.log((count + 1) / (usual + 1));
    this.#quick = adapted(this.#quick, ratio, weight / LEVEL_MINUTES);
    this.#slow = adapted(this.#slow, ratio, weight / SLOW_MINUTES);
    this.quick = Math.exp(this.#quick);
    this.slow = Math.exp(this.#slow);
    if (++this.#minutes % 60 === 0) this.#held[(this.#minutes / 60) % HELD_HOURS] = this.#slow;
  }

  /** How busy it was at best in the last two days, and no more than usual. */
  get held(): number {
    let most = this.#held[0]!;
    for (let hour = 1; hour < HELD_HOURS; hour++) most = Math.max(most, this.#held[hour]!);
    return Math.min(1, Math.exp(most));
  }
}

/** The sums of the windows that end in this minute. */
export class Sums {
  readonly #counts = new Float64Array(SIZE);
  readonly #usual = new Float64Array(SIZE);
  readonly counts: Float64Array = new Float64Array(WINDOWS.length);
  readonly usual: Float64Array = new Float64Array(WINDOWS.length);
  readonly #level = new Level();
  #minutes = 0;

  get minutes(): number {
    return this.#minutes;
  }

  /** How busy the last hours were beside what is usual then. */
  get level(): number {
    return this.#level.quick;
  }

  add(count: number, usual: number): void {
    const at = this.#minutes++ % SIZE;
    this.#counts[at] = count;
    this.#usual[at] = usual;
    for (let i = 0; i < WINDOWS.length; i++) {
      const gone = before(at, WINDOWS[i]!);
      // Places that were not filled yet are 0.
      this.counts[i]! += count - this.#counts[gone]!;
      this.usual[i]! += usual - this.#usual[gone]!;
    }
    const old = before(at, LEVEL_LAG);
    if (this.#minutes > LEVEL_LAG) this.#level.add(this.#counts[old]!, this.#usual[old]!);
  }

  /** After hours or days that were quieter, what the time of the week has anyway is to be expected again. */
  mostExpected(i: number): number {
    return Math.max(this.expected(i), this.usual[i]! * this.#level.held * OF_WEEK);
  }

  expected(i: number): number {
    return this.usual[i]! * (WINDOWS[i]! < RAMP_WINDOW ? this.#level.quick : this.#level.slow);
  }
}

/** The sums of past windows: where `Sums` goes on, they are made as they are asked for. */
export class PastSums {
  /** Windows that are full, one for each minute. */
  readonly length: number;
  /** Sums from the first minute on. */
  readonly #counts: Float64Array;
  readonly #usual: Float64Array;
  readonly #quick: Float64Array;
  readonly #slow: Float64Array;

  constructor(counts: ArrayLike<number>, usualAt: (place: number) => number) {
    const { length } = counts;
    this.length = Math.max(0, length - LONGEST);
    this.#counts = new Float64Array(length + 1);
    this.#usual = new Float64Array(length + 1);
    this.#quick = new Float64Array(length);
    this.#slow = new Float64Array(length);
    const level = new Level();
    for (let k = 0; k < length; k++) {
      this.#counts[k + 1] = this.#counts[k]! + counts[k]!;
      this.#usual[k + 1] = this.#usual[k]! + usualAt(k);
      if (k >= LEVEL_LAG) level.add(counts[k - LEVEL_LAG]!, usualAt(k - LEVEL_LAG));
      this.#quick[k] = level.quick;
      this.#slow[k] = level.slow;
    }
  }

  seen(window: number, place: number): number {
    const end = place + LONGEST + 1;
    return this.#counts[end]! - this.#counts[end - window]!;
  }

  expected(window: number, place: number): number {
    const end = place + LONGEST + 1;
    const levels = window < RAMP_WINDOW ? this.#quick : this.#slow;
    return (this.#usual[end]! - this.#usual[end - window]!) * levels[end - 1]!;
  }
}

function before(at: number, minutes: number): number {
  return at < minutes ? at - minutes + SIZE : at - minutes;
}

function adapted(level: number, ratio: number, weight: number): number {
  const step = Math.max(-0.7, Math.min(0.7, ratio - level));
  return Math.max(-LOG_LEVEL_MOST, Math.min(LOG_LEVEL_MOST, level + step * weight));
}

// The scoring of the Numenta Anomaly Benchmark, version 1.1 (Lavin and Ahmad, 2015, arXiv 1510.03336): what is found
// early in a labelled window counts most, what is missed and what is told for nothing costs, and one threshold for
// all files is chosen so that the sum is greatest.

/** A labelled window, by the numbers of its first and last row. */
export type NabWindow = readonly [first: number, last: number];

export interface NabFile {
  readonly name: string;
  readonly scores: ArrayLike<number>;
  readonly windows: readonly NabWindow[];
}

export interface NabProfile {
  readonly found: number;
  readonly falseAlarm: number;
  readonly missed: number;
}

export const NAB_PROFILES: Readonly<
  Record<'standard' | 'lowFalsePositives' | 'lowFalseNegatives', NabProfile>
> = {
  standard: { found: 1, falseAlarm: 0.11, missed: 1 },
  lowFalsePositives: { found: 1, falseAlarm: 0.22, missed: 1 },
  lowFalseNegatives: { found: 1, falseAlarm: 0.11, missed: 2 },
};

export interface NabResult {
  /** 0 is what finding nothing gives, 100 what finding all at once gives. */
  readonly score: number;
  readonly threshold: number;
}

/** The first rows of a file are for learning. */
const PROBATION = 0.15;
const PROBATION_ROWS = 750;

/** The scores of all files, put in order once. */
export class NabSheet {
  readonly #files: readonly NabFile[];
  /** By row: its score, its file, its window or -1, and what being flagged is worth. */
  readonly #scores: Float64Array;
  readonly #fileOf: Int32Array;
  readonly #windowOf: Int32Array;
  readonly #worth: Float64Array;
  /** Rows from the highest score to the lowest. */
  readonly #order: Uint32Array;

  constructor(files: readonly NabFile[]) {
    this.#files = files;
    const size = files.reduce((sum, { scores }) => sum + scores.length - learning(scores.length), 0);
    this.#scores = new Float64Array(size);
    this.#fileOf = new Int32Array(size);
    this.#windowOf = new Int32Array(size);
    this.#worth = new Float64Array(size);
    let row = 0;
    for (const [file, { scores, windows }] of files.entries()) {
      for (let i = learning(scores.length); i < scores.length; i++, row++) {
        const window = windows.findIndex(([from, to]) => i >= from && i <= to);
        this.#scores[row] = scores[i]!;
        this.#fileOf[row] = file;
        this.#windowOf[row] = window;
        this.#worth[row] = window < 0 ? outside(i, windows) : inside(i, windows[window]!);
      }
    }
    const all = this.#scores;
    this.#order = Uint32Array.from(all, (_, i) => i).sort((one, other) => all[other]! - all[one]!);
  }

  /** Returns the best score that one threshold for these files can have, and that threshold. */
  best(profile: NabProfile, isAsked: (file: number) => boolean = () => true): NabResult {
    const sum = new Sum(this.#files, profile, isAsked);
    let best = sum.value;
    let threshold = Number.POSITIVE_INFINITY;
    for (const [place, row] of this.#order.entries()) {
      sum.add(this.#fileOf[row]!, this.#windowOf[row]!, this.#worth[row]!);
      const next = this.#order[place + 1];
      const isLastOfItsScore = next === undefined || this.#scores[next] !== this.#scores[row];
      if (isLastOfItsScore && sum.value > best) {
        best = sum.value;
        threshold = this.#scores[row]!;
      }
    }
    return { score: sum.scaled(best), threshold };
  }

  /** Returns the score of a given threshold. */
  at(profile: NabProfile, threshold: number): number {
    const sum = new Sum(this.#files, profile, () => true);
    for (const [row, score] of this.#scores.entries())
      if (score >= threshold) sum.add(this.#fileOf[row]!, this.#windowOf[row]!, this.#worth[row]!);
    return sum.scaled(sum.value);
  }
}

/** Returns the windows as numbers of rows, from the times that they are labelled with. */
export function windowsOf(
  timesMs: readonly number[],
  labelled: ReadonlyArray<readonly [number, number]>,
): NabWindow[] {
  return labelled
    .map(([from, to]): NabWindow => [
      timesMs.findIndex((at) => at >= from),
      timesMs.findLastIndex((at) => at <= to),
    ])
    .toSorted(([one], [other]) => one - other);
}

class Sum {
  readonly #profile: NabProfile;
  readonly #labels: number;
  /** By file and window; undefined for a file that is not asked for. */
  readonly #best: readonly (Float64Array | undefined)[];
  value: number;

  constructor(files: readonly NabFile[], profile: NabProfile, isAsked: (file: number) => boolean) {
    this.#profile = profile;
    this.#best = files.map(({ windows }, i) =>
      isAsked(i) ? new Float64Array(windows.length).fill(Number.NEGATIVE_INFINITY) : undefined,
    );
    this.#labels = this.#best.reduce((count, windows) => count + (windows?.length ?? 0), 0);
    this.value = -profile.missed * this.#labels;
  }

  add(file: number, window: number, worth: number): void {
    const { found, falseAlarm, missed } = this.#profile;
    const windows = this.#best[file];
    if (windows === undefined) return;
    if (window < 0) {
      this.value += falseAlarm * worth;
      return;
    }
    const before = windows[window]!;
    const now = Math.max(before, found * worth);
    this.value += now - (before === Number.NEGATIVE_INFINITY ? -missed : before);
    windows[window] = now;
  }

  scaled(sum: number): number {
    const { found, missed } = this.#profile;
    const least = -missed * this.#labels;
    return (100 * (sum - least)) / (found * this.#labels - least);
  }
}

function learning(rows: number): number {
  return Math.min(Math.floor(PROBATION * rows), PROBATION_ROWS);
}

function inside(row: number, [first, last]: NabWindow): number {
  return sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1);
}

/** Shortly after a window an alarm costs little; with no window before it, it costs all. */
function outside(row: number, windows: readonly NabWindow[]): number {
  const before = windows.findLast(([, last]) => last < row);
  return before === undefined ? -1 : sigmoid((row - before[1]) / (before[1] - before[0]));
}

function sigmoid(place: number): number {
  return place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1;
}

// The Numenta Anomaly Benchmark on disk, and what the detector of `parapet series` scores on it.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SERIES_ALARM, SERIES_WEIGHTS, SeriesDetector, type SeriesWeights } from '@parapet/engine';
import { NAB_PROFILES, NabSheet, windowsOf, type NabFile, type NabProfile } from './nab.ts';
import { isHeader, readRow, timeOf } from './readRow.ts';

export interface NabSeries extends Omit<NabFile, 'scores'> {
  /** The folder it is in. */
  readonly category: string;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface NabRow {
  readonly name: string;
  readonly standard: number;
  readonly lowFalsePositives: number;
  readonly lowFalseNegatives: number;
}

/** Returns the corpus, or undefined when it is not there. Throws on a row that cannot be read. */
export function readCorpus(folder: string): NabSeries[] | undefined {
  const labels = path.join(folder, 'labels/combined_windows.json');
  if (!existsSync(labels)) return undefined;
  // The benchmark's own file: from a name to pairs of times.
  const windows = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  return Object.entries(windows).map(([name, labelled]) => {
    const lines = readFileSync(path.join(folder, 'data', name), 'utf8')
      .trim()
      .split(/\r?\n/);
    const rows = (isHeader(lines[0]!) ? lines.slice(1) : lines).map((line) => {
      const row = readRow(line);
      if (!row.ok) throw new Error(`${name}: ${row.problem}`);
      return row;
    });
    const timesMs = rows.map(({ atMs }) => atMs);
    const pairs = labelled.map(([from, to]): [number, number] => [timeOf(from), timeOf(to)]);
    return {
      name,
      category: path.dirname(name),
      timesMs,
      values: rows.map(({ value }) => value),
      windows: windowsOf(timesMs, pairs),
    };
  });
}

export function scoreCorpus(
  corpus: readonly NabSeries[],
  weights: SeriesWeights = SERIES_WEIGHTS,
): NabFile[] {
  return corpus.map(({ name, windows, timesMs, values }) => {
    const detector = new SeriesDetector(weights);
    return { name, windows, scores: values.map((value, i) => detector.score(timesMs[i]!, value).score) };
  });
}

/** The score with the best threshold for each profile, as the benchmark does it. */
export function atBest(name: string, files: readonly NabFile[]): NabRow {
  const sheet = new NabSheet(files);
  return rowOf(name, (profile) => sheet.best(profile).score);
}

/** The score at a threshold that was given before. */
export function atThreshold(
  name: string,
  files: readonly NabFile[],
  threshold: number = SERIES_ALARM,
): NabRow {
  const sheet = new NabSheet(files);
  return rowOf(name, (profile) => sheet.at(profile, threshold));
}

/**
 * The score when weights and threshold for each category are chosen on the other categories alone, from a coarse grid:
 * what is left when nothing was tuned on what is scored.
 */
export function leftOut(corpus: readonly NabSeries[]): NabRow {
  const tried = GRID.map((weights) => {
    const files = scoreCorpus(corpus, weights);
    return { files, sheet: new NabSheet(files) };
  });
  const categories = new Set(corpus.map(({ category }) => category));
  return rowOf('weights and threshold chosen on the other categories', (profile) => {
    const merged: NabFile[] = [];
    for (const category of categories) {
      const isOther = (file: number): boolean => corpus[file]!.category !== category;
      let best = { score: Number.NEGATIVE_INFINITY, threshold: 0, files: tried[0]!.files };
      for (const { files, sheet } of tried) {
        const chosen = sheet.best(profile, isOther);
        if (chosen.score > best.score) best = { ...chosen, files };
      }
      for (const [i, file] of best.files.entries())
        if (!isOther(i))
          merged.push({
            ...file,
            scores: Array.from(file.scores, (score) => (score >= best.threshold ? 1 : 0)),
          });
    }
    return new NabSheet(merged).at(profile, 1);
  });
}

const GRID: readonly SeriesWeights[] = [0.03, 0.1, 0.3].flatMap((mean) =>
  [0.03, 0.1, 0.3].flatMap((timeOfDay) =>
    [0.0001, 0.0003, 0.001].map((bit) => ({ mean, timeOfDay, fineBit: bit, coarseBit: bit })),
  ),
);

/** Detectors whose published figures the scorer is checked against. */
export function validation(corpus: readonly NabSeries[]): NabRow[] {
  const of = (score: () => (value: number) => number): NabFile[] =>
    corpus.map(({ name, windows, values }) => ({ name, windows, scores: values.map(score()) }));
  let seed = 0;
  const random = Array.from({ length: RANDOM_RUNS }, () =>
    atBest(
      '',
      of(() => randomScores(++seed)),
    ),
  );
  const mean = (pick: (row: NabRow) => number): number =>
    random.reduce((sum, row) => sum + pick(row), 0) / RANDOM_RUNS;
  return [
    atBest(
      'null (published: 0, 0, 0)',
      of(() => () => 0.5),
    ),
    {
      name: `random, mean of ${RANDOM_RUNS} (published: 11.0, 1.2, 19.5)`,
      standard: mean((row) => row.standard),
      lowFalsePositives: mean((row) => row.lowFalsePositives),
      lowFalseNegatives: mean((row) => row.lowFalseNegatives),
    },
    atBest('windowed Gaussian (published: 39.6, 20.9, 47.4)', of(windowedGaussian)),
  ];
}

const RANDOM_RUNS = 5;
const GAUSSIAN_ROWS = 6400;
const GAUSSIAN_STEP = 100;

function randomScores(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The benchmark's own simple detector: the tail of a normal distribution over the last rows, moved in steps. */
function windowedGaussian(): (value: number) => number {
  const rows: number[] = [];
  let waiting: number[] = [];
  let mean = 0;
  let deviation = 1;
  const fit = (): void => {
    mean = rows.reduce((sum, one) => sum + one, 0) / rows.length;
    deviation = Math.sqrt(rows.reduce((sum, one) => sum + (one - mean) ** 2, 0) / rows.length) || 1e-6;
  };
  return (value) => {
    const score = rows.length === 0 ? 0 : 1 - normalTail(Math.abs(value - mean) / deviation);
    if (rows.length < GAUSSIAN_ROWS) {
      rows.push(value);
      fit();
    } else {
      waiting.push(value);
      if (waiting.length === GAUSSIAN_STEP) {
        rows.splice(0, GAUSSIAN_STEP);
        rows.push(...waiting);
        waiting = [];
        fit();
      }
    }
    return score;
  };
}

/** Abramowitz and Stegun 7.1.26, scaled to the upper tail of the normal distribution. */
function normalTail(deviations: number): number {
  const t = 1 / (1 + (0.3275911 * deviations) / Math.SQRT2);
  const sum =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return (sum * Math.exp(-(deviations ** 2) / 2)) / 2;
}

function rowOf(name: string, score: (profile: NabProfile) => number): NabRow {
  return {
    name,
    standard: score(NAB_PROFILES.standard),
    lowFalsePositives: score(NAB_PROFILES.lowFalsePositives),
    lowFalseNegatives: score(NAB_PROFILES.lowFalseNegatives),
  };
}

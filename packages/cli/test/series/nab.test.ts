import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { NAB_PROFILES, NabSheet, windowsOf } from '../../src/series/nab.ts';
import { atBest, atThreshold, readCorpus, scoreCorpus } from '../../src/series/nabCorpus.ts';

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const corpus = readCorpus(path.join(SHARED, 'data/nab'));

function scored(flagged: readonly number[]): number[] {
  return Array.from({ length: 1000 }, (_, i) => (flagged.includes(i) ? 1 : 0));
}

describe('the scoring of the Numenta Anomaly Benchmark', () => {
  const windows = [[500, 599]] as const;
  const score = (flagged: readonly number[]): number =>
    new NabSheet([{ name: 'a', scores: scored(flagged), windows }]).at(NAB_PROFILES.standard, 0.5);

  it('is 0 for nothing, 100 for all at once, and between for a late find', () => {
    expect(score([])).toBe(0);
    expect(score([500])).toBe(100);
    expect(score([560])).toBeGreaterThan(50);
    expect(score([560])).toBeLessThan(100);
  });

  it('takes the first of several finds, and takes away for false alarms', () => {
    expect(score([500, 590])).toBe(100);
    expect(score([300, 500])).toBeCloseTo(100 - 5.5);
    expect(score([500, 601])).toBeGreaterThan(99);
  });

  it('does not score the rows that are for learning', () => {
    expect(score([100, 500])).toBe(100);
  });

  it('finds the threshold that is best', () => {
    const scores = scored([500]);
    scores[300] = 0.4;
    expect(new NabSheet([{ name: 'a', scores, windows }]).best(NAB_PROFILES.standard)).toEqual({
      score: 100,
      threshold: 1,
    });
  });

  it('knows windows by their times', () => {
    expect(windowsOf([10, 20, 30, 40], [[20, 35]])).toEqual([[1, 2]]);
  });
});

describe.skipIf(corpus === undefined)('parapet series on the benchmark (skipped without the data)', () => {
  it('reaches 65 with the best threshold, and 60 with the shipped one', { timeout: 60_000 }, () => {
    const files = scoreCorpus(corpus!);
    const best = atBest('', files);
    expect(best.standard).toBeGreaterThan(65);
    expect(best.lowFalsePositives).toBeGreaterThan(58);
    expect(atThreshold('', files).standard).toBeGreaterThan(60);
  });
});

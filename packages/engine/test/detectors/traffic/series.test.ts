import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SERIES_ALARM, SeriesDetector } from '../../../src/detectors/traffic/index.ts';

const MINUTE_MS = 60_000;

function scores(values: readonly number[], stepMs = 5 * MINUTE_MS): number[] {
  const detector = new SeriesDetector();
  return values.map((value, i) => detector.score(i * stepMs, value).score);
}

/** A day of five minutes each that rises and falls, with a little noise that is the same each time. */
function days(count: number): number[] {
  return Array.from(
    { length: count * 288 },
    (_, i) => 100 + 80 * Math.sin((i / 288) * 2 * Math.PI) + ((i * 7919) % 13) - 6,
  );
}

describe('the score of a series', () => {
  it('is high for a value beyond all before it, and says so', () => {
    const detector = new SeriesDetector();
    for (const [i, value] of days(4).entries()) detector.score(i * 5 * MINUTE_MS, value);
    const finding = detector.score(4 * 288 * 5 * MINUTE_MS, 400);
    expect(finding.score).toBeGreaterThan(0.95);
    expect(finding.sign).toBe('value');
  });

  it('is low for days like the days before', () => {
    const found = scores(days(8)).slice(4 * 288);
    expect(found.filter((score) => score >= SERIES_ALARM)).toEqual([]);
  });

  it('is high at night for what is usual at noon', () => {
    const values = days(6);
    const night = 5 * 288 + 216; // where the sine is lowest
    const before = scores(values)[night]!;
    for (let i = night; i < night + 6; i++) values[i] = 150;
    const found = scores(values).slice(night, night + 6);
    expect(before).toBeLessThan(SERIES_ALARM);
    expect(Math.max(...found)).toBeGreaterThanOrEqual(SERIES_ALARM);
  });

  it('is high when a series that never rests lies still', () => {
    const values = Array.from({ length: 2000 }, (_, i) => (i % 4 < 2 ? 10 : 90));
    values.fill(10, 1500, 1540);
    const found = scores(values).slice(1500, 1540);
    expect(Math.max(...found)).toBeGreaterThanOrEqual(SERIES_ALARM);
  });

  it('tells one trouble once', () => {
    const values = [...days(4), ...Array.from({ length: 24 }, () => 400)];
    const found = scores(values).slice(4 * 288);
    expect(found.filter((score) => score >= 0.9)).toHaveLength(1);
  });

  it('is a number between 0 and 1 for any finite values and times', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: -1e13, max: 1e13 }),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
          ),
        ),
        (rows) => {
          const detector = new SeriesDetector();
          return rows.every(([atMs, value]) => {
            const { score } = detector.score(atMs, value);
            return score >= 0 && score <= 1;
          });
        },
      ),
    );
  });

  it('does not depend on what comes later', () => {
    const values = days(3);
    expect(scores(values.slice(0, 500))).toEqual(scores(values).slice(0, 500));
  });
});

import { describe, expect, test } from 'vitest';
import { shareOf, Tallies, tableOf } from '../../src/train/tally.ts';

describe('shares', () => {
  test('have the interval of Wilson', () => {
    // Checked against the closed form: 10 of 100.
    const { share, low, high } = shareOf(10, 100);
    expect(share).toBe(0.1);
    expect(low).toBeCloseTo(0.0552, 3);
    expect(high).toBeCloseTo(0.1744, 3);
  });

  test('of nothing seen among few say little', () => {
    expect(shareOf(0, 10).low).toBe(0);
    expect(shareOf(0, 10).high).toBeGreaterThan(0.25);
    expect(shareOf(0, 0)).toEqual({ share: 0, low: 0, high: 1 });
  });

  test('are printed by name', () => {
    const tallies = new Tallies();
    tallies.add('b', 'block', 'pass');
    tallies.add('a', 'pass', 'block');
    tallies.add('a', 'challenge', 'pass');
    const lines = tableOf({ title: 'sets', rows: tallies.rows() }).split('\n');
    expect(lines[0]).toMatch(/^sets .* blocked/u);
    expect(lines[1]).toMatch(/^a +2 +0\.00% .* 50\.00% +50\.00%$/u);
    expect(lines[2]).toMatch(/^b +1 100\.00%/u);
  });
});

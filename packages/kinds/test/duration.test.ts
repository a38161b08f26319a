import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from '@parapet/kinds';

it('reads durations as Go does', () => {
  const cases: [string, number | undefined][] = [
    ['1h30m', 5_400_000],
    ['0.5s', 500],
    ['.5s', 500],
    ['100ms', 100],
    ['-1m', -60_000],
    ['0', 0],
    ['5', undefined],
    ['', undefined],
    ['1d', undefined],
    ['1h 5m', undefined],
  ];
  for (const [text, ms] of cases) expect(parseDuration(text), text).toBe(ms);
});

it('prints durations as Go does', () => {
  const cases: [number, string][] = [
    [0, '0s'],
    [1500, '1.5s'],
    [100, '100ms'],
    [60_000, '1m0s'],
    [14_400_000, '4h0m0s'],
    [-90_000, '-1m30s'],
    [0.0015, '1.5µs'],
    [600_000, '10m0s'],
  ];
  for (const [ms, text] of cases) expect(formatDuration(ms)).toBe(text);
});

it('reads back what it prints', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e12 }),
      (ms) => Math.abs(parseDuration(formatDuration(ms))! - ms) < 1e-3,
    ),
  );
});

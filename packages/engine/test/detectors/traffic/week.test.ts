import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile } from '../../../src/detectors/traffic/week.ts';

describe('a quantile', () => {
  it('is where it would be among sorted values', () => {
    const numbers = fc.array(fc.oneof(fc.nat(5), fc.double({ min: -1e6, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = values.toSorted((one, other) => one - other);
        const place = share * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
        expect(quantile(values, share)).toBeCloseTo(low + (high - low) * (place % 1), 6);
      }),
    );
  });

  it('is found of any order of values, and is 0 of none', () => {
    const rising = Array.from({ length: 20_001 }, (_, i) => i);
    const organ = rising.map((i) => Math.min(i, 20_000 - i));
    expect(median(rising)).toBe(10_000);
    expect(median(rising.toReversed())).toBe(10_000);
    expect(median(organ)).toBe(5000);
    expect(median(Array.from({ length: 5000 }, () => 7))).toBe(7);
    expect(median([])).toBe(0);
  });
});

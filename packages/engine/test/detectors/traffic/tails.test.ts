import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chernoffBelow, lowerTail, upperTail } from '../../../src/detectors/traffic/tails.ts';

function poissonTail(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let k = 0; k < count; k++) {
    below += term;
    term *= mean / (k + 1);
  }
  return 1 - below;
}

describe('the tails of counts', () => {
  it('never say that a count is less probable than it is', () => {
    for (const [count, mean] of [
      [5, 0.5],
      [5, 3],
      [12, 3],
      [12, 10],
      [20, 10],
    ] as const)
      expect(10 ** -upperTail(count, mean, 0)).toBeGreaterThanOrEqual(poissonTail(count, mean));
  });

  it('are near to it for rare counts', () => {
    expect(upperTail(20, 3, 0)).toBeGreaterThan(-Math.log10(poissonTail(20, 3)) - 2);
  });

  it('find a count less rare where counts vary more', () => {
    expect(upperTail(30, 10, 0.3)).toBeLessThan(upperTail(30, 10, 0));
  });

  it('are 0 on the other side of the mean', () => {
    expect(upperTail(3, 5, 0.1)).toBe(0);
    expect(lowerTail(7, 5, 0.1)).toBe(0);
    expect(lowerTail(0, 50, 0.01)).toBeGreaterThan(9);
  });

  it('are known to be below a limit without being made, or not', () => {
    const number = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5000), number(3000), number(1), number(40), (count, mean, spread, most) =>
        chernoffBelow(count, mean, spread, most) ? upperTail(count, mean, spread) <= most + 1e-9 : true,
      ),
      { numRuns: 2000 },
    );
    expect(chernoffBelow(14, 10, 0.1, 3)).toBe(true);
    expect(chernoffBelow(50, 10, 0.1, 3)).toBe(false);
  });
});

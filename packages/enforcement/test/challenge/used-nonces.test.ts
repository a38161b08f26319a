import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsedNonces } from '../../src/challenge/used-nonces.ts';

describe('used nonces', () => {
  it('are known until they expire', () => {
    const nonces = new UsedNonces(10);
    nonces.markUsed('a', 2000, 1000);
    expect(nonces.used('a', 1999)).toBe(true);
    expect(nonces.used('a', 2000)).toBe(false);
    expect(nonces.used('b', 1000)).toBe(false);
  });

  it('are let go when they have expired, and the oldest when there are too many', () => {
    const nonces = new UsedNonces(3);
    for (const name of ['a', 'b', 'c', 'd']) nonces.markUsed(name, 5000, 1000);
    expect(['a', 'b', 'c', 'd'].map((name) => nonces.used(name, 1000))).toEqual([false, true, true, true]);
    nonces.markUsed('e', 9000, 6000);
    expect(nonces.size).toBe(1);
  });

  it('never become more than allowed, and the last is always known', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.nat(100), fc.nat(100))), (marks) => {
        const nonces = new UsedNonces(5);
        for (const [name, nowMs, lifeMs] of marks) {
          nonces.markUsed(name, nowMs + lifeMs + 1, nowMs);
          expect(nonces.size).toBeLessThanOrEqual(5);
          expect(nonces.used(name, nowMs)).toBe(true);
        }
      }),
    );
  });
});

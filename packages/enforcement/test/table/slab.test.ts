import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAST_CAPACITY, Slab } from '../../src/table/slab.ts';

/** Keys of few homes, so that they stand in each other's way, and a few from everywhere. */
const key = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 27 }).map((low) => low | 0x40000000),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

describe('a slab', () => {
  test('finds what is in it and nothing else, whatever came and went before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 200 }), (steps) => {
        const slab = new Slab(LEAST_CAPACITY, 0);
        const there = new Map<number, number>();
        for (const [i, [mixed, isGoing]] of steps.entries()) {
          const slot = slab.find(mixed);
          expect(slot >= 0).toBe(there.has(mixed));
          if (slot >= 0 && isGoing) {
            slab.close(slot);
            there.delete(mixed);
          } else if (slot < 0) {
            slab.set(slab.open(mixed), 1_772_366_400 + i, i, i & 0xffff);
            there.set(mixed, i);
          }
        }
        for (const [mixed, i] of there) {
          const slot = slab.find(mixed);
          expect(slab.mixedAt(slot)).toBe(mixed);
          expect([slab.expiresAt(slot), slab.recordAt(slot), slab.classAt(slot)]).toEqual([
            1_772_366_400 + i,
            i,
            i & 0xffff,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('finds a key again after its neighbours have gone', () => {
    // Four homes share what is asked first, so what goes must not take away what says that another is there.
    const slab = new Slab(LEAST_CAPACITY, 0);
    const home = Math.ceil(2 ** 32 / LEAST_CAPACITY);
    const keys = Array.from({ length: 40 }, (_, i) => (100 * home + i * (home >>> 3)) | 0);
    for (const mixed of keys) slab.set(slab.open(mixed), 9, 1, 1);
    for (const [i, mixed] of keys.entries()) {
      slab.close(slab.find(mixed));
      expect(slab.find(mixed)).toBe(-1);
      expect(keys.slice(i + 1).every((other) => slab.find(other) >= 0)).toBe(true);
    }
  });

  test('keeps times up to the end of what 32 bits can say', () => {
    const slab = new Slab(LEAST_CAPACITY, 0);
    slab.set(slab.open(7), 0xffff_ffff, 0xffff_ffff, 0xffff);
    const slot = slab.find(7);
    expect([slab.expiresAt(slot), slab.recordAt(slot), slab.classAt(slot)]).toEqual([
      0xffff_ffff, 0xffff_ffff, 0xffff,
    ]);
  });
});

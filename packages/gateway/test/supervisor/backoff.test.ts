import { expect, test } from 'vitest';
import { Backoff } from '../../src/supervisor/backoff.ts';

test('the first that ends is replaced at once, the next ones later and later', () => {
  const backoff = new Backoff({ firstMs: 200, longestMs: 1000, healthyMs: 30_000 });
  expect([0, 1, 2, 3, 4, 5].map(() => backoff.next(100))).toEqual([0, 200, 400, 800, 1000, 1000]);
  expect(backoff.failures).toBe(6);
  expect(backoff.next(30_000)).toBe(0);
  expect(backoff.next(100)).toBe(200);
});

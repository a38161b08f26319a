import { expect, it } from 'vitest';
import { Sampling } from '../../../src/detectors/cost/sampling.ts';

/** So many answers a second for a minute; returns how many were looked at, and for how many they stood. */
function minute(perSecond: number): { taken: number; stoodFor: number } {
  const sampling = new Sampling();
  let taken = 0;
  let stoodFor = 0;
  for (let i = 0; i < 60 * perSecond; i++) {
    const weight = sampling.take((i * 1000) / perSecond);
    if (weight === 0) continue;
    taken++;
    stoodFor += weight;
  }
  return { taken, stoodFor };
}

it('looks at every answer of a quiet site', () => {
  expect(minute(100)).toEqual({ taken: 6000, stoodFor: 6000 });
});

it('looks at about a hundred a second of a busy site, which stand for all', () => {
  const { taken, stoodFor } = minute(5000);
  expect(taken).toBeLessThan(60 * 200 + 5000);
  expect(stoodFor / 300_000).toBeGreaterThan(0.95);
  expect(stoodFor / 300_000).toBeLessThan(1.05);
});

it('looks at a rush after a pause no more than at any other', () => {
  const sampling = new Sampling();
  const weights = Array.from({ length: 20_000 }, (_, i) => sampling.take(1_000_000 + i / 25));
  expect(weights.filter((weight) => weight > 0).length).toBeLessThan(1500);
  const stoodFor = weights.reduce((sum, weight) => sum + weight, 0);
  expect(stoodFor / 20_000).toBeGreaterThan(0.85);
  expect(stoodFor / 20_000).toBeLessThan(1.15);
});

it('heeds no rhythm in which requests come', () => {
  const sampling = new Sampling();
  let odd = 0;
  let all = 0;
  for (let i = 0; i < 200_000; i++) {
    if (sampling.take(i) === 0) continue;
    all++;
    if (i % 8 === 0) odd++;
  }
  expect(odd / all).toBeGreaterThan(0.1);
  expect(odd / all).toBeLessThan(0.15);
});

it('begins anew after a pause', () => {
  const sampling = new Sampling();
  for (let i = 0; i < 100_000; i++) sampling.take(i / 50);
  const weights = Array.from({ length: 50 }, (_, i) => sampling.take(60_000 + i * 10));
  expect(weights.filter((weight) => weight === 1).length).toBeGreaterThan(45);
});

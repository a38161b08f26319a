import { expect, it } from 'vitest';
import { WorkerStats } from '../../src/up/workerStats.ts';

it('sums what workers have counted, and keeps what those that left had counted', () => {
  const stats = new WorkerStats();
  stats.take('a', { counts: { statuses: { '2xx': 5, '4xx': 1 } }, table: { size: 7 } });
  stats.take('b', { counts: { statuses: { '2xx': 3 } }, table: { size: 9 } });
  stats.take('a', { counts: { statuses: { '2xx': 6, '4xx': 1 } }, table: { size: 7 } });
  expect(stats.sum('counts statuses 2xx')).toBe(9);
  expect(Object.fromEntries(stats.below('counts statuses'))).toEqual({ '2xx': 9, '4xx': 1 });
  expect(stats.least('table size')).toBe(7);
  stats.left('a');
  expect(stats.sum('counts statuses 2xx')).toBe(9);
  // How things are now goes with the worker.
  expect(stats.sum('table size')).toBe(9);
  expect(stats.least('table size')).toBe(9);
  stats.left('a');
  stats.left('b');
  expect(stats.sum('counts statuses 2xx')).toBe(9);
  expect(stats.least('table size')).toBe(0);
});

it('takes numbers only, and not without end', () => {
  const stats = new WorkerStats();
  stats.take('a', { one: 'text', two: [1, 2], three: null, four: Number.NaN, five: { six: true } });
  expect(stats.sum('two 1')).toBe(2);
  expect(stats.sum('one')).toBe(0);
  stats.take('b', Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`n ${i}`, 1])));
  expect(stats.below('n').size).toBe(2000);
});

import { expect, test } from 'vitest';
import type { Answer } from '@parapet/kinds';
import { LATENCY_MS, WorkerCounter } from '../../src/worker/counts.ts';
import { exchangeOf, refusalOf, requestOf } from '../link/requests.ts';

const BAN: Answer = { status: 403, headers: [], body: '', cause: 'ban' };
const request = requestOf('/');

test('requests are counted by status and by how long they took, own answers by cause', () => {
  const counter = new WorkerCounter();
  counter.exchange(exchangeOf('192.0.2.1', request, { status: 200, totalMs: 1 }));
  counter.exchange(exchangeOf('192.0.2.1', request, { status: 204, totalMs: 1.5 }));
  counter.exchange(exchangeOf('192.0.2.1', request, { status: 403, totalMs: 60_000, answer: BAN }));
  counter.exchange(exchangeOf('192.0.2.1', request, { status: 0, totalMs: 0 }));
  counter.refusal(refusalOf('192.0.2.1', 'nul', ''));
  counter.asked(true);
  counter.asked(false);
  const counts = counter.counts();
  expect(counts).toMatchObject({
    statuses: { '0xx': 1, '2xx': 2, '4xx': 1 },
    answers: { ban: 1 },
    refusals: { nul: 1 },
    latencySumMs: 60_002.5,
    asked: 2,
    stopped: 1,
  });
  expect(counts.latency).toHaveLength(LATENCY_MS.length + 1);
  expect(counts.latency.slice(0, 2)).toEqual([2, 1]);
  expect(counts.latency.at(-1)).toBe(1);
});

test('names that should be few cannot fill the memory', () => {
  const counter = new WorkerCounter();
  for (let i = 0; i < 1000; i++) counter.refusal(refusalOf('192.0.2.1', `reason ${i}`, ''));
  expect(Object.keys(counter.counts().refusals)).toHaveLength(200);
});

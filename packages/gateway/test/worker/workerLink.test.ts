// What of a request the engine hears of.

import { expect, test } from 'vitest';
import type { Answer, Exchange } from '@parapet/kinds';
import type { EngineLink } from '../../src/link/engineLink.ts';
import { WorkerCounter } from '../../src/worker/counts.ts';
import { WorkerLink } from '../../src/worker/workerLink.ts';
import { exchangeOf, NOON, refusalOf, requestOf } from '../link/requests.ts';

const BAN: Answer = { status: 403, headers: [], body: '', cause: 'ban' };

test('requests are told once; those that were asked about have been told by that', async () => {
  const { link, told } = newLink();
  const asked = exchangeOf('192.0.2.1', requestOf('/.env'), { status: 404 });
  expect(await link.ask({ ...asked, atMs: NOON })).toBe(true);
  link.event(asked, undefined);
  link.event(exchangeOf('192.0.2.1', requestOf('/')), undefined);
  // The same view may serve the next request of the connection.
  link.event(asked, undefined);
  expect(told).toEqual(['ask /.env', 'event /', 'event /.env']);
});

test('answers of our own are counted and not told; refused bytes are told', () => {
  const { link, told, counter } = newLink();
  link.event(exchangeOf('192.0.2.1', requestOf('/'), { status: 403, answer: BAN }), undefined);
  link.refusal(refusalOf('192.0.2.1', 'nul', ''));
  expect(told).toEqual(['refusal nul']);
  expect(counter.counts()).toMatchObject({ answers: { ban: 1 }, refusals: { nul: 1 } });
});

function newLink(): { link: WorkerLink; told: string[]; counter: WorkerCounter } {
  const told: string[] = [];
  const engine = {
    event: ({ request }: Exchange) => void told.push(`event ${request.rawTarget}`),
    refusal: ({ reason }: { reason: string }) => void told.push(`refusal ${reason}`),
    ask: (line: string) => {
      told.push(`ask ${line.split(' ')[6]}`);
      return Promise.resolve(true);
    },
  } as Partial<EngineLink> as EngineLink; // only what is called here
  const counter = new WorkerCounter();
  return { link: new WorkerLink(engine, counter, NOON), told, counter };
}

// What of a request the engine hears of.

import { expect, test } from 'vitest';
import type { Answer, Exchange, Inspection } from '@parapet/kinds';
import type { EngineLink } from '../../src/link/engineLink.ts';
import { WorkerCounter } from '../../src/worker/counts.ts';
import type { WorkerInspector } from '../../src/worker/workerInspector.ts';
import { WorkerLink } from '../../src/worker/workerLink.ts';
import { exchangeOf, NOON, refusalOf, requestOf } from '../link/requests.ts';

const CLEAN: Inspection = { action: 'pass', score: 0, class: undefined, reasons: [] };
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

test('the inspector is told how each request ended, and what was done about what it found', () => {
  const { link, ended } = newLink();
  const found = { ...CLEAN, action: 'block' } as const;
  link.event(exchangeOf('192.0.2.1', requestOf('/'), { status: 200 }), undefined);
  link.event(exchangeOf('192.0.2.1', requestOf('/'), { status: 403, answer: BAN }), {
    cause: 'attack',
    recordId: '1a2b3c4d',
    scenario: 'model',
    found,
  });
  link.event(exchangeOf('192.0.2.1', requestOf('/'), { status: 200 }), {
    cause: 'observed',
    scenario: 'model',
    found,
  });
  expect(ended).toEqual([
    { status: 200, isOurs: false },
    { status: 403, isOurs: true, told: { recordId: '1a2b3c4d', isEnforced: true } },
    { status: 200, isOurs: false, told: { isEnforced: false } },
  ]);
});

function newLink(): { link: WorkerLink; told: string[]; counter: WorkerCounter; ended: unknown[] } {
  const told: string[] = [];
  const ended: unknown[] = [];
  const engine = {
    event: ({ request }: Exchange) => void told.push(`event ${request.rawTarget}`),
    refusal: ({ reason }: { reason: string }) => void told.push(`refusal ${reason}`),
    ask: (line: string) => {
      told.push(`ask ${line.split(' ')[6]}`);
      return Promise.resolve(true);
    },
  } as Partial<EngineLink> as EngineLink; // only what is called here
  const counter = new WorkerCounter();
  const inspector: WorkerInspector = {
    inspect: () => CLEAN,
    ended: (_, end) => void ended.push(end),
    know: () => undefined,
  };
  return { link: new WorkerLink(engine, counter, NOON, inspector), told, counter, ended };
}

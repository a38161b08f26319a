// What is done about requests that web servers ask about, with an inspector that says what the test wants.

import type { Told } from '@parapet/enforcement';
import { parseIp, type Inspection, type InspectionAction } from '@parapet/kinds';
import type { AskedRequest } from '@parapet/lapi';
import { expect, test } from 'vitest';
import { AppsecDesk, type AppsecDeskOptions } from '../../src/up/appsecDesk.ts';

const inspection = (action: InspectionAction, asksForCheck?: true): Inspection => ({
  action,
  score: 0.9,
  class: 'sqli',
  reasons: [
    {
      ...{ detector: 'model', class: 'sqli', text: 'x', weight: 5 },
      ...(asksForCheck === undefined ? {} : { asksForCheck }),
      foundIn: { placement: 'query', name: 'q', excerpt: '' },
    },
  ],
});
const CLEAN: Inspection = { action: 'pass', score: 0, class: undefined, reasons: [] };

const asked = (ip = '203.0.113.9'): AskedRequest => ({
  ...{ method: 'GET', rawTarget: '/', rawHost: 'Example.org:443', version: '1.1', transactionId: '' },
  ip: parseIp(ip)!,
  headers: [
    ['host', 'Example.org:443'],
    ['cookie', 'a=1'],
    ['cookie', 'b=2'],
  ],
});

interface Judged {
  readonly desk: AppsecDesk;
  readonly told: Told[];
  readonly ended: unknown[];
  readonly pass: (ms: number) => void;
}

/** The first verdict is on the beginning, the others on the pieces that follow. */
function deskWith(verdicts: readonly Inspection[], options: Partial<AppsecDeskOptions> = {}): Judged {
  const told: Told[] = [];
  const ended: unknown[] = [];
  let nowMs = 1_000_000;
  let records = 0;
  const [first = CLEAN, ...rest] = verdicts;
  const desk = new AppsecDesk({
    inspector: {
      inspect: () => first,
      follow: () => ({ push: () => rest.shift() }),
      ended: (_, end) => void ended.push(end),
      know: () => undefined,
    },
    siteOf: (host) => ({ name: host, mode: 'enforce' }),
    doubtful: 'allow',
    spare: () => undefined,
    newRecordId: () => String(++records).padStart(8, '0'),
    nowMs: () => nowMs,
    tell: (_, __, ___, one) => void told.push(one),
    ...options,
  });
  return { desk, told, ended, pass: (ms) => (nowMs += ms) };
}

test('an attack is refused, told, and its record closed', () => {
  const { desk, told, ended } = deskWith([inspection('block')]);
  const one = desk.open(asked());
  expect(one.begin(undefined, false)).toEqual({ action: 'ban', recordId: '00000001' });
  one.end();
  expect(told).toMatchObject([{ cause: 'attack', recordId: '00000001', scenario: 'model' }]);
  expect(ended).toEqual([{ status: 0, isOurs: true, told: { recordId: '00000001', isEnforced: true } }]);
});

test('what is doubtful passes, or is checked where the owner or a rule says so', () => {
  const outcome = (verdict: Inspection, options: Partial<AppsecDeskOptions> = {}): unknown => {
    const { desk, told } = deskWith([verdict], options);
    return [desk.open(asked()).begin(undefined, false)?.action, told[0]?.cause];
  };
  expect(outcome(inspection('challenge'))).toEqual([undefined, 'doubtful']);
  expect(outcome(inspection('challenge'), { doubtful: 'captcha' })).toEqual(['captcha', 'captcha']);
  expect(outcome(inspection('challenge', true))).toEqual(['captcha', 'captcha']);
  expect(outcome(CLEAN)).toEqual([undefined, undefined]);
});

test('what observes, is off, or spares the sender lets pass', () => {
  const outcome = (options: Partial<AppsecDeskOptions>): unknown => {
    const { desk, told } = deskWith([inspection('reject')], options);
    return [desk.open(asked()).begin(undefined, false), told[0]?.cause];
  };
  const mode = (one: 'off' | 'learn' | 'observe'): Partial<AppsecDeskOptions> => ({
    siteOf: () => ({ name: 'main', mode: one }),
  });
  expect(outcome(mode('off'))).toEqual([undefined, undefined]);
  expect(outcome(mode('learn'))).toEqual([undefined, 'observed']);
  expect(outcome(mode('observe'))).toEqual([undefined, 'observed']);
  expect(outcome({ spare: () => ({ cause: 'trusted', detail: 'ada' }) })).toEqual([undefined, 'trusted']);
});

test('an attack behind what was doubtful at most is refused all the same', () => {
  const { desk, told } = deskWith([inspection('challenge'), inspection('challenge'), inspection('block')]);
  const one = desk.open(asked());
  const piece = Buffer.from('x');
  expect([one.begin(piece, true), one.next(piece), one.next(piece)]).toEqual([
    undefined,
    undefined,
    { action: 'ban', recordId: '00000001' },
  ]);
  expect(told.map(({ cause }) => cause)).toEqual(['doubtful', 'attack']);
});

test('an address that goes on with the same kind of attack has one record a minute', () => {
  const { desk, pass } = deskWith([inspection('block')]);
  const recordOf = (ip: string): unknown => desk.open(asked(ip)).begin(undefined, false)?.recordId;
  const first = recordOf('203.0.113.9');
  pass(59_000);
  expect(recordOf('203.0.113.9')).toBe(first);
  expect(recordOf('203.0.113.10')).not.toBe(first);
  pass(2000);
  expect(recordOf('203.0.113.9')).not.toBe(first);
});

test('the site is that of the host, without its port and in lower case', () => {
  const seen: string[] = [];
  const { desk } = deskWith([CLEAN], {
    siteOf: (host) => {
      seen.push(host);
      return { name: 'main', mode: 'enforce' };
    },
    spare: (request) => {
      seen.push(String(request.header('cookie')));
      return undefined;
    },
  });
  desk.open(asked()).begin(undefined, false);
  expect(seen).toEqual(['example.org']);
  const found = deskWith([inspection('block')], {
    spare: (request) => {
      seen.push(String(request.header('cookie')));
      return undefined;
    },
  });
  found.desk.open(asked()).begin(undefined, false);
  expect(seen).toEqual(['example.org', 'a=1; b=2']);
});

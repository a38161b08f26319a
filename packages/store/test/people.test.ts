import { parseIp, type Ip } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { IN_MEMORY, openStore, type NewAppeal, type Store } from '../src/index.ts';
import { after, HOUR_MS, NOON, sampleDecision } from './samples.ts';

const open = (): Promise<Store> => openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
const ip = (text: string): Ip => parseIp(text)!;

const APPEAL: NewAppeal = {
  site: 'shop',
  recordId: '1a2b3c4d',
  ip: '192.0.2.1',
  message: 'I only wanted to pay.',
  email: 'ada@example.org',
  language: 'en',
  at: NOON,
};

describe('operators', () => {
  it('are remembered by where they were seen first and last', async () => {
    const store = await open();
    const ada = { site: 'shop', who: 'ada', ip: ip('192.0.2.1'), kind: 'operator' as const };
    await store.sawOperator({ ...ada, at: NOON });
    await store.sawOperator({ ...ada, at: after(HOUR_MS) });
    await store.sawOperator({ ...ada, ip: ip('2001:db8::1'), kind: 'vouched', at: after(-HOUR_MS) });
    expect(await store.listOperators(NOON)).toEqual([{ ...ada, firstAt: NOON, lastAt: after(HOUR_MS) }]);
    expect(await store.listOperators(after(-HOUR_MS))).toHaveLength(2);
    await store.close();
  });

  it('are forgotten when all trust is ended', async () => {
    const store = await open();
    await store.sawOperator({ site: 's', who: 'ada', ip: ip('192.0.2.1'), kind: 'operator', at: NOON });
    expect(await store.trustEpoch()).toBe(1);
    expect(await store.raiseTrustEpoch()).toBe(2);
    expect(await store.trustEpoch()).toBe(2);
    expect(await store.listOperators(new Date(0))).toEqual([]);
    await store.close();
  });
});

describe('signs of people', () => {
  it('are kept once each with the last time, the latest first, and forgotten', async () => {
    const store = await open();
    const sign = { ip: ip('192.0.2.1'), kind: 'passed' as const, record: '1a2b3c4d' };
    await store.humanSigns.add([{ ...sign, at: after(HOUR_MS) }]);
    await store.humanSigns.add([
      { ...sign, at: NOON },
      { ...sign, kind: 'login', at: after(2 * HOUR_MS) },
    ]);
    const found = await store.humanSigns.since(NOON, 10);
    expect(found.map(({ kind, at }) => [kind, at])).toEqual([
      ['login', after(2 * HOUR_MS)],
      ['passed', after(HOUR_MS)],
    ]);
    expect(await store.humanSigns.since(NOON, 1)).toHaveLength(1);
    await store.humanSigns.forget(after(1.5 * HOUR_MS));
    expect(await store.humanSigns.since(new Date(0), 10)).toHaveLength(1);
    await store.close();
  });
});

describe('a one-time link', () => {
  it('is used once', async () => {
    const store = await open();
    expect(await store.useLink('aa', after(HOUR_MS))).toBe(true);
    expect(await store.useLink('aa', after(HOUR_MS))).toBe(false);
    expect(await store.useLink('bb', after(HOUR_MS))).toBe(true);
    await store.close();
  });
});

describe('appeals', () => {
  it('are kept as they came, and closed once', async () => {
    const store = await open();
    expect(await store.addAppeal(APPEAL)).toEqual({ ...APPEAL, number: 1, state: 'open' });
    await store.addAppeal({ ...APPEAL, message: 'again' });
    expect(await store.countAppeals({ state: 'open' })).toBe(2);
    const closed = { at: NOON, by: 'ada' };
    expect(await store.closeAppeal(1, 'accepted', 'ada')).toMatchObject({ state: 'accepted', closed });
    expect(await store.closeAppeal(1, 'dismissed', 'bob')).toBeUndefined();
    expect((await store.listAppeals({ state: 'open' })).map(({ number }) => number)).toEqual([2]);
    expect((await store.listAppeals({ after: 1 })).map(({ message }) => message)).toEqual(['again']);
    expect((await store.listAppeals({}, { newestFirst: true, limit: 1 }))[0]?.number).toBe(2);
    await store.close();
  });

  it('and operators are forgotten when alerts of their time are', async () => {
    const store = await open();
    await store.addAppeal({ ...APPEAL, at: after(-3 * HOUR_MS) });
    await store.addAppeal(APPEAL);
    await store.sawOperator({
      site: 's',
      who: 'a',
      ip: ip('192.0.2.1'),
      kind: 'operator',
      at: after(-3 * HOUR_MS),
    });
    const done = await store.maintain({ alertsForMs: HOUR_MS, maxAlerts: 10, endedForMs: HOUR_MS });
    expect(done).toMatchObject({ appeals: 1, operators: 1 });
    expect(await store.countAppeals({})).toBe(1);
    await store.close();
  });
});

describe('a decision', () => {
  it('is found by the record that the block page shows', async () => {
    const store = await open();
    const ids = ['1a2b3c4d-0000-4000-8000-000000000000', '1a2b3c4e-0000-4000-8000-000000000000'];
    await store.addDecisions(ids.map((id, i) => sampleDecision(id, `192.0.2.${i + 1}`)));
    const found = await store.listDecisions({ recordId: '1a2b3c4d' });
    expect(found.map(({ id }) => id)).toEqual([ids[0]]);
    expect(await store.listDecisions({ recordId: '1a2b3c4' })).toHaveLength(2);
    await store.close();
  });
});

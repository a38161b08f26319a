import type { InspectionRecord } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { IN_MEMORY, openStore, type NewFeedback, type Store } from '../src/index.ts';
import { after, HOUR_MS, NOON } from './samples.ts';

const open = (): Promise<Store> => openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });

const RECORD: InspectionRecord = {
  id: '1a2b3c4d',
  at: NOON,
  site: 'shop',
  ip: '192.0.2.1',
  method: 'POST',
  path: '/node/1/edit',
  route: '/node/*/edit',
  action: 'block',
  isEnforced: true,
  score: 0.987,
  reasons: [
    {
      detector: 'model',
      class: 'sqli',
      text: 'looks like SQL',
      weight: 6.5,
      foundIn: { placement: 'form', name: 'title', excerpt: `' or 1=1\0` },
    },
  ],
  findings: [{ placement: 'form', name: 'title', class: 'sqli', logOdds: 6.5, shape: 'AQID' }],
  network: 4_000_000_000,
  isVouched: false,
};

const FEEDBACK: NewFeedback = {
  kind: 'no-attack',
  recordId: RECORD.id,
  site: RECORD.site,
  route: RECORD.route,
  findings: RECORD.findings,
  network: RECORD.network,
  at: NOON,
  by: 'ada',
  comment: 'our editor',
};

describe('records of inspections', () => {
  it('come back as they were, found by what is searched for', async () => {
    const store = await open();
    const passed: InspectionRecord = { ...RECORD, id: 'ffffffff', action: 'pass', findings: [], reasons: [] };
    await store.inspections.add([RECORD, passed]);
    expect(await store.inspections.list({ id: '1a2b3c4d' })).toEqual([{ ...RECORD, number: 1 }]);
    expect(await store.inspections.count({})).toBe(2);
    const ids = async (filter: Parameters<Store['inspections']['list']>[0]): Promise<string[]> =>
      (await store.inspections.list(filter, { newestFirst: true })).map(({ id }) => id);
    expect(await ids({})).toEqual(['ffffffff', '1a2b3c4d']);
    expect(await ids({ class: 'sqli' })).toEqual(['1a2b3c4d']);
    expect(await ids({ action: 'pass' })).toEqual(['ffffffff']);
    expect(await ids({ ip: '192.0.2.2' })).toEqual([]);
    expect(await ids({ site: 'blog' })).toEqual([]);
    expect(await ids({ since: after(1) })).toEqual([]);
    await store.close();
  });

  it('are forgotten when they are old, and when there are very many', async () => {
    const store = await open();
    await store.inspections.add([{ ...RECORD, at: after(-3 * HOUR_MS) }, RECORD]);
    const retention = { alertsForMs: HOUR_MS, maxAlerts: 10, endedForMs: HOUR_MS };
    expect(await store.maintain(retention)).toMatchObject({ inspections: 1 });
    await store.inspections.add(Array.from({ length: 20_100 }, () => RECORD));
    expect(await store.maintain(retention)).toMatchObject({ inspections: 101 });
    expect(await store.inspections.count({})).toBe(20_000);
    await store.close();
  });
});

describe('what people say of a record', () => {
  it('is kept, listed while it counts, and taken back once', async () => {
    const store = await open();
    expect(await store.inspections.addFeedback(FEEDBACK)).toEqual({ ...FEEDBACK, number: 1 });
    const expiresAt = after(HOUR_MS);
    await store.inspections.addFeedback({ ...FEEDBACK, kind: 'attack', recordId: 'ffffffff', expiresAt });
    const numbers = async (filter: Parameters<Store['inspections']['listFeedback']>[0]): Promise<number[]> =>
      (await store.inspections.listFeedback(filter)).map(({ number }) => number);
    expect(await numbers({})).toEqual([1, 2]);
    expect(await numbers({ inForceAt: NOON })).toEqual([1, 2]);
    expect(await numbers({ inForceAt: expiresAt })).toEqual([1]);
    expect(await numbers({ recordId: 'ffffffff' })).toEqual([2]);
    expect(await numbers({ site: 'blog' })).toEqual([]);
    expect((await store.inspections.undoFeedback(1, 'bob'))?.undone).toEqual({ at: NOON, by: 'bob' });
    expect(await store.inspections.undoFeedback(1, 'bob')).toBeUndefined();
    expect(await store.inspections.undoFeedback(7, 'bob')).toBeUndefined();
    expect(await numbers({ inForceAt: NOON })).toEqual([2]);
    await store.close();
  });

  it('is seen as a change by others', async () => {
    const store = await open();
    expect(await store.inspections.feedbackChange()).toBe(0);
    await store.inspections.addFeedback(FEEDBACK);
    expect(await store.inspections.feedbackChange()).toBe(1);
    await store.inspections.undoFeedback(1, 'bob');
    expect(await store.inspections.feedbackChange()).toBe(2);
    await store.close();
  });
});

describe('what was learned of a site', () => {
  it('is kept byte for byte, for each site and kind, until it is forgotten', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    await store.inspections.saveKnowledge('shop', 'normal', new Uint8Array(3));
    await store.inspections.saveKnowledge('shop', 'normal', bytes.subarray(1));
    expect(await store.inspections.knowledge('shop', 'normal')).toEqual(Buffer.from(bytes.subarray(1)));
    expect(await store.inspections.knowledge('shop', 'templates')).toBeUndefined();
    expect(await store.inspections.knowledge('blog', 'normal')).toBeUndefined();
    await store.inspections.addFeedback({ ...FEEDBACK, site: 'a' });
    expect(await store.inspections.sites()).toEqual(['a', 'shop']);
    await store.inspections.forgetKnowledge('shop');
    expect(await store.inspections.sites()).toEqual(['a']);
    expect(await store.inspections.knowledge('shop', 'normal')).toBeUndefined();
    await store.close();
  });
});

// How SQLite goes about the questions that are asked all day: with a million decisions, looking them all through takes
// half a second.
import { parseIpOrCidr } from '@parapet/kinds';
import { expect, it } from 'vitest';
import { openDriver, type Driver, type SqlValue } from '../src/driver/index.ts';
import { IN_MEMORY, openStore, type DecisionFilter, type Store } from '../src/index.ts';
import { NOON, sampleDecision } from './samples.ts';

/** A store in memory, and how it goes about what it has asked since then. */
async function watched(): Promise<{
  readonly store: Store;
  readonly forget: () => void;
  readonly plans: () => readonly string[];
}> {
  const asked: (readonly [string, readonly SqlValue[]])[] = [];
  let driver: Driver | undefined;
  const store = await openStore({
    ...{ dataDir: IN_MEMORY, role: 'tool', now: () => NOON },
    openDriver: (path, options) => {
      const real = (driver = openDriver(path, options));
      return {
        ...{ name: real.name, exec: (sql) => real.exec(sql), close: () => real.close() },
        prepare: (sql) => {
          const statement = real.prepare(sql);
          return {
            run: (params) => statement.run(params),
            all: (params) => {
              if (/^(SELECT|UPDATE)/.test(sql)) asked.push([sql, params]);
              return statement.all(params);
            },
          };
        },
      };
    },
  });
  return {
    store,
    forget: () => void asked.splice(0),
    plans: () =>
      asked
        .flatMap(([sql, params]) => driver!.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(params))
        .map(({ detail }) => String(detail)),
  };
}

const address = parseIpOrCidr('192.0.2.7')!;
const NARROW: Readonly<Record<string, DecisionFilter>> = {
  'around an address': { around: address },
  'around it, of some origins': { around: address, origins: ['operator'], mode: 'live' },
  'inside a range': { inside: parseIpOrCidr('192.0.2.0/24')! },
  'of a value': { scope: 'ip', value: '192.0.2.7' },
  'of a value of any scope': { value: 'FR' },
  'of an alert': { alertId: 'a1' },
  'with a record': { recordId: '1a2b3c4d' },
  'of some numbers': { numbers: [1, 2] },
  'that have run out': { expired: { after: new Date(0), upTo: NOON } },
};

it.each(Object.entries(NARROW))('decisions %s are found by an index', async (_, filter) => {
  const { store, forget, plans } = await watched();
  await store.addDecisions([sampleDecision('d1', '192.0.2.7'), sampleDecision('d2', '192.0.2.0/24')]);
  forget();
  await store.decisionPage({ ...filter, activeAt: NOON }, { rows: 10 });
  await store.decisionPage(filter, { rows: 10, from: 1 });
  await store.listDecisions({ ...filter, activeAt: NOON }, { limit: 10, newestFirst: true });
  await store.countDecisions(filter);
  await store.liftDecisions(filter, 'anna', 'x');
  const found = plans();
  await store.close();
  expect(found.filter((plan) => LOOKS_THROUGH.test(plan))).toEqual([]);
  expect(found.some((plan) => plan.startsWith('SEARCH'))).toBe(true);
});

const LOOKS_THROUGH = /^SCAN (decisions|held)|decisions USING INTEGER PRIMARY KEY \(rowid[<>]/;

it('what alerts were about is summed from indexes alone', async () => {
  const { store, forget, plans } = await watched();
  forget();
  await store.sumAlerts({ since: new Date(0), until: NOON, stepMs: 86_400_000, top: 5 });
  const reads = plans().filter((plan) => / alerts /.test(plan));
  expect(reads).toHaveLength(3);
  for (const plan of reads) expect(plan).toMatch(/USING COVERING INDEX/);
  await store.close();
});

it('decisions of some alerts are found by the alerts, for whichever sites somebody asks', async () => {
  const { store, forget, plans } = await watched();
  await store.addDecisions([sampleDecision('d1', '192.0.2.7')]);
  forget();
  await store.countDecisions({ alertIds: ['a1', 'a2'], activeAt: NOON, sites: ['shop', 'blog'] });
  await store.countDecisions({ alertIds: ['a1', 'a2'], activeAt: NOON, sites: ['shop'] });
  const found = plans();
  await store.close();
  expect(found.filter((plan) => plan.includes('decisions_by_alert'))).toHaveLength(2);
  expect(found.filter((plan) => plan.includes('decisions_by_site'))).toEqual([]);
});

it('what is of one site is found by an index, in its order', async () => {
  const { store, forget, plans } = await watched();
  await store.addDecisions([sampleDecision('d1', '192.0.2.7')]);
  forget();
  const sites = ['shop'];
  await store.listDecisions({ sites, activeAt: NOON }, { limit: 10, newestFirst: true });
  await store.countDecisions({ sites });
  await store.listAlerts({ sites, since: NOON }, { limit: 10, newestFirst: true });
  await store.countAlerts({ sites, scenario: 'parapet/x', since: NOON });
  await store.listAppeals({ sites, state: 'open' }, { limit: 10, newestFirst: true });
  await store.inspections.list({ sites, since: NOON }, { limit: 10, newestFirst: true });
  const found = plans();
  await store.close();
  expect(found.filter((plan) => /^SCAN|TEMP B-TREE/.test(plan))).toEqual([]);
  expect(found.filter((plan) => plan.includes('_by_site'))).toHaveLength(5);
});

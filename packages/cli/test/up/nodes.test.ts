import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { expect, it } from 'vitest';
import { nodeSentence, nodesOf, nodeTroubles, NodeWatch } from '../../src/up/nodes.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const MINUTE_MS = 60_000;

async function filled(): Promise<Store> {
  const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => new Date(NOON) });
  const createdAt = new Date(0);
  const seenAt = new Date(NOON);
  const machine = { isValidated: true, ip: '192.0.2.1', version: 'v1.6.8', scenarios: [], createdAt };
  await store.clients.putMachine({ ...machine, name: 'web1', seenAt });
  await store.clients.putMachine({ ...machine, name: 'new', isValidated: false, seenAt });
  await store.clients.putMachine({ ...machine, name: 'absent', ip: '' });
  await store.clients.putBouncer({
    ...{ name: 'fw', ip: '192.0.2.2', type: 'crowdsec-firewall-bouncer', version: 'v0.0.31', createdAt },
    pulledAt: seenAt,
  });
  await store.tokens.add({ name: 'shop', hash: 'x', scopes: ['signals:write'], createdAt });
  await store.tokens.note([{ hash: 'x', at: seenAt, ip: '192.0.2.3' }]);
  return store;
}

const statesOf = async (store: Store, afterMs: number, upMs = 0): Promise<readonly string[]> =>
  (await nodesOf(store, NOON + afterMs, upMs)).map(({ kind, name, state }) => `${kind} ${name} ${state}`);

it('nodes are heard of, silent, waiting or never there', async () => {
  const store = await filled();
  expect(await statesOf(store, MINUTE_MS)).toEqual([
    ...['machine new waiting', 'bouncer fw heard', 'application shop heard', 'machine web1 heard'],
    'machine absent never',
  ]);
  expect(await statesOf(store, 6 * MINUTE_MS)).toContain('machine web1 silent');
  expect(await statesOf(store, 61 * MINUTE_MS)).toContain('bouncer fw silent');
  // Nobody could be heard of before the engine was there.
  const late = 2 * 86_400_000;
  expect(await statesOf(store, late, NOON + late - MINUTE_MS)).toContain('machine web1 heard');
  await store.close();
});

it('a bouncer that stays away for longer than it used to is late, and silent only when that is long', async () => {
  const store = await filled();
  const bouncer = (await store.clients.findBouncer('fw'))!;
  const stateAfter = async (pauseMs: number, afterMs: number): Promise<string | undefined> => {
    await store.clients.putBouncer({ ...bouncer, pauseMs });
    const rows = await nodesOf(store, NOON + afterMs, 0);
    return rows.find(({ kind }) => kind === 'bouncer')?.state;
  };
  const often = 10_000;
  expect(await stateAfter(often, 5 * MINUTE_MS)).toBe('heard');
  expect(await stateAfter(often, 6 * MINUTE_MS)).toBe('late');
  expect(await stateAfter(often, 61 * MINUTE_MS)).toBe('silent');
  // By a cron job each hour.
  const seldom = 60 * MINUTE_MS;
  expect(await stateAfter(seldom, 119 * MINUTE_MS)).toBe('heard');
  expect(await stateAfter(seldom, 121 * MINUTE_MS)).toBe('silent');
  await store.clients.putBouncer({ ...bouncer, pauseMs: often });
  const nowMs = NOON + 12 * MINUTE_MS;
  const late = (await nodesOf(store, nowMs, 0)).find(({ kind }) => kind === 'bouncer')!;
  expect(nodeTroubles(late, nowMs)).toEqual([
    {
      says: 'The bouncer fw (192.0.2.2) has fetched no decisions for 12 minutes, and used to come every 10 seconds or sooner: it acts on old ones',
      fix: 'Look whether it runs there and reaches this engine; if it is gone for good, remove it: parapet bouncers delete fw',
    },
  ]);
  await store.close();
});

it('a clock that is off by more than a few seconds is told while the node is heard of', async () => {
  const store = await filled();
  const bouncer = (await store.clients.findBouncer('fw'))!;
  const troublesWith = async (clockAheadMs: number, afterMs = 0): Promise<readonly string[]> => {
    await store.clients.putBouncer({ ...bouncer, clockAheadMs });
    const [first] = await nodesOf(store, NOON + afterMs, 0);
    return nodeTroubles(first!, NOON + afterMs).map(({ says }) => says);
  };
  const wrong = "this engine's: what it tells has wrong times";
  expect(await troublesWith(42_000)).toEqual([
    `The clock of the bouncer fw (192.0.2.2) is 42 seconds ahead of ${wrong}`,
  ]);
  expect(await troublesWith(-7_200_000)).toEqual([
    `The clock of the bouncer fw (192.0.2.2) is 2 hours behind ${wrong}`,
  ]);
  expect(await troublesWith(4900)).toEqual([]);
  // It is silent, and nothing else is known of it.
  expect(await troublesWith(42_000, 61 * MINUTE_MS)).toEqual([
    'The bouncer fw (192.0.2.2) has not been heard of for 61 minutes',
  ]);
  await store.close();
});

it('a silent node is told once, and once more when it is back; one that was removed is forgotten', async () => {
  const store = await filled();
  let nowMs = NOON;
  const told: string[] = [];
  const watch = new NodeWatch(
    store,
    () => nowMs,
    (node) => told.push(nodeSentence(node, nowMs)),
  );
  await watch.turn();
  nowMs += 10 * MINUTE_MS;
  await watch.turn();
  await watch.turn();
  expect(told).toEqual([
    'The machine web1 (192.0.2.1) has not been heard of for 10 minutes. Look whether it runs there and reaches this engine; if it is gone for good, remove it: parapet machines delete web1',
  ]);
  const back = { name: 'web1', ip: '192.0.2.9', seenAt: new Date(nowMs) };
  await store.clients.note({ bouncers: [], pulls: [], machines: [back] });
  await watch.turn();
  expect(told.slice(1)).toEqual(['The machine web1 (192.0.2.9) is heard of again.']);
  nowMs += 10 * MINUTE_MS;
  await watch.turn();
  await store.clients.removeMachine('web1');
  await watch.turn();
  expect(told).toHaveLength(3);
  await watch.close();
  await store.close();
});

import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { expect, it } from 'vitest';
import { nodeSentence, nodesOf, NodeWatch } from '../../src/up/nodes.ts';

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

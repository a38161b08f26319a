import { describe, expect, it } from 'vitest';
import { openStore, type Machine, type Store } from '../src/index.ts';
import { NOON } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const open = (): Promise<Store> => openStore({ dataDir: temporaryFolder(), role: 'engine', now: () => NOON });
const MACHINE: Machine = {
  name: 'web1',
  passwordHash: 'scrypt:aa:bb',
  isValidated: false,
  ip: '192.0.2.10',
  version: 'v1.4.6',
  scenarios: ['a/b'],
  createdAt: NOON,
};

describe('the clients of the local API', () => {
  it('are kept with all that is known of them, and replaced by name', async () => {
    const { clients, close } = await open().then((store) => ({
      clients: store.clients,
      close: () => store.close(),
    }));
    await clients.putMachine(MACHINE);
    expect(await clients.findMachine('web1')).toEqual(MACHINE);
    const seen: Machine = { ...MACHINE, isValidated: true, seenAt: NOON, pushedAt: NOON };
    await clients.putMachine(seen);
    expect(await clients.listMachines()).toEqual([seen]);
    const bouncer = { name: 'fw', keyHash: 'k', ip: '', type: '', version: '', createdAt: NOON };
    await clients.putBouncer(bouncer);
    expect([await clients.findBouncer('fw'), await clients.findBouncerByKey('k')]).toEqual([
      bouncer,
      bouncer,
    ]);
    expect(await clients.findBouncerByKey('other')).toBeUndefined();
    expect([await clients.removeMachine('web1'), await clients.removeMachine('web1')]).toEqual([true, false]);
    await close();
  });

  it('fetch decisions each on their own, though they share a key', async () => {
    const store = await open();
    const first = { bouncer: 'fw', ip: '192.0.2.1', userAgent: 'a' };
    const second = { ...first, ip: '192.0.2.2' };
    const bouncer = { name: 'fw', ip: '', type: '', version: '', createdAt: NOON };
    await store.clients.putBouncer(bouncer);
    await store.clients.note({
      bouncers: [{ ...bouncer, type: 'fw', pulledAt: NOON }],
      pulls: [[first, { change: 7, at: NOON }, NOON]],
      machines: [],
    });
    expect((await store.clients.findBouncer('fw'))?.type).toBe('fw');
    expect([await store.clients.pulledTo(first), await store.clients.pulledTo(second)]).toEqual([
      { change: 7, at: NOON },
      undefined,
    ]);
    expect(await store.clients.removeBouncer('fw')).toBe(true);
    expect(await store.clients.pulledTo(first)).toBeUndefined();
    await store.close();
  });

  it('are forgotten as processes and reports when they are old', async () => {
    const store = await open();
    const old = new Date(NOON.getTime() - 10_000);
    await store.clients.putBouncer({ name: 'fw', ip: '', type: '', version: '', createdAt: NOON });
    const puller = { bouncer: 'fw', ip: '', userAgent: '' };
    await store.clients.note({ bouncers: [], pulls: [[puller, { change: 7, at: old }, NOON]], machines: [] });
    await store.clients.addReport({ kind: 'machine', name: 'web1', at: old, body: [1] });
    await store.clients.addReport({ kind: 'machine', name: 'web1', at: NOON, body: { n: 2 } });
    const { clients } = await store.maintain({ alertsForMs: 5000, maxAlerts: 10, endedForMs: 5000 });
    expect(clients).toBe(2);
    expect((await store.clients.listReports()).map(({ body }) => body)).toEqual([{ n: 2 }]);
    await store.close();
  });
});

import { describe, expect, it } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { findEngine, IN_MEMORY, openStore, STORE_FILE, type Store } from '../src/index.ts';
import { after, HOUR_MS, NOON, sampleAlert, sampleDecision } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const open = (dataDir: string, role: 'engine' | 'tool' | 'reader' = 'tool'): Promise<Store> =>
  openStore({ dataDir, role, now: () => NOON });

describe('what is recorded', () => {
  it('is there again after closing and opening, field for field', async () => {
    const dataDir = temporaryFolder();
    const alert = sampleAlert('a1', { spared: 'a verified search engine' });
    const decision = sampleDecision('d1', '192.0.2.1', { alertId: 'a1' });
    const first = await open(dataDir, 'engine');
    first.record({
      alerts: [alert],
      decisions: [decision],
      cursors: new Map([['access.log', { inode: 7, offset: 1234 }]]),
    });
    await first.close();

    const second = await open(dataDir, 'engine');
    expect(await second.findAlert('a1')).toEqual({ number: 1, ...alert });
    expect(await second.findAlert(1)).toEqual({ number: 1, ...alert });
    expect(await second.listDecisions({})).toEqual([{ number: 1, change: 2, ...decision }]);
    expect(await second.cursors()).toEqual(new Map([['access.log', { inode: 7, offset: 1234 }]]));
    await second.close();
  });

  it('is seen by reads at once', async () => {
    const store = await open(IN_MEMORY);
    store.record({ alerts: [sampleAlert('a1')] });
    expect(await store.countAlerts({})).toBe(1);
    await store.close();
  });

  it('is stored once, however often the same id is recorded', async () => {
    const store = await open(IN_MEMORY);
    for (let i = 0; i < 3; i++) {
      store.record({ alerts: [sampleAlert('a1')], decisions: [sampleDecision('d1', '192.0.2.1')] });
      await store.flush();
    }
    expect(await store.countAlerts({})).toBe(1);
    expect(await store.countDecisions({})).toBe(1);
    await store.close();
  });

  it('keeps what follows a NUL that an attacker put into a value', async () => {
    const store = await open(IN_MEMORY);
    store.record({
      alerts: [
        sampleAlert('a1', {
          source: { scope: 'user', value: 'root\0hidden' },
          message: 'user root\0hidden',
          events: [{ at: NOON, meta: [['user', 'root\0hidden']] }],
        }),
      ],
    });
    const stored = await store.findAlert('a1');
    expect(stored?.message).toBe('user root\uFFFDhidden');
    expect(stored?.events[0]?.meta).toEqual([['user', 'root\0hidden']]);
    await store.close();
  });

  it('forgets the cursor of a source that is gone', async () => {
    const store = await open(IN_MEMORY);
    store.record({
      cursors: new Map([
        ['a', 1],
        ['b', 2],
      ]),
    });
    store.record({ cursors: new Map([['a', undefined]]) });
    expect(await store.cursors()).toEqual(new Map([['b', 2]]));
    await store.close();
  });
});

describe('decisions', () => {
  it('are active until they expire or are lifted', async () => {
    const store = await open(IN_MEMORY);
    await store.addDecisions([
      sampleDecision('gone', '192.0.2.1', { expiresAt: NOON }),
      sampleDecision('runs', '192.0.2.2', { expiresAt: after(1) }),
      sampleDecision('lifted', '192.0.2.3'),
    ]);
    await store.liftDecisions({ id: 'lifted' }, 'anna', 'it was me');
    const active = await store.listDecisions({ activeAt: NOON });
    expect(active.map(({ id }) => id)).toEqual(['runs']);
    const [lifted] = await store.listDecisions({ id: 'lifted' });
    expect(lifted?.lift).toEqual({ at: NOON, by: 'anna', reason: 'it was me' });
    expect(await store.liftDecisions({ id: 'lifted' }, 'bert', 'again')).toEqual([]);
    await store.close();
  });

  it('are found by the address in any notation, around it and inside a range', async () => {
    const store = await open(IN_MEMORY);
    await store.addDecisions([
      sampleDecision('ip', '2001:DB8::1'),
      sampleDecision('narrow', '2001:db8::/64'),
      sampleDecision('wide', '2001:db8::/32'),
      sampleDecision('other', '2001:db9::/32'),
      sampleDecision('country', 'FR', { target: { scope: 'country', value: 'FR' } }),
    ]);
    const ids = async (filter: Parameters<Store['listDecisions']>[0]): Promise<string[]> =>
      (await store.listDecisions(filter)).map(({ id }) => id);
    const { parseIpOrCidr } = await import('@parapet/kinds');
    expect(await ids({ scope: 'ip', value: '2001:db8:0:0:0:0:0:1' })).toEqual(['ip']);
    expect(await ids({ around: parseIpOrCidr('2001:db8::1')! })).toEqual(['ip', 'narrow', 'wide']);
    expect(await ids({ around: parseIpOrCidr('2001:db8::/48')! })).toEqual(['wide']);
    expect(await ids({ inside: parseIpOrCidr('2001:db8::/48')! })).toEqual(['ip', 'narrow']);
    expect(await ids({ scope: 'country' })).toEqual(['country']);
    await store.close();
  });

  it('refer to their alert, which deleting leaves them without', async () => {
    const store = await open(IN_MEMORY);
    store.record({
      alerts: [sampleAlert('a1')],
      decisions: [
        sampleDecision('d1', '192.0.2.1', { alertId: 'a1' }),
        sampleDecision('d2', '192.0.2.2', { alertId: 'never stored' }),
      ],
    });
    expect((await store.listDecisions({ alertId: 'a1' })).map(({ id }) => id)).toEqual(['d1']);
    expect(await store.deleteAlerts({ id: 'a1' })).toBe(1);
    expect((await store.listDecisions({})).map(({ id, alertId }) => [id, alertId])).toEqual([
      ['d1', undefined],
      ['d2', undefined],
    ]);
    await store.close();
  });
});

describe('allowlists', () => {
  it('lift the running decisions they cover, and name those that go on around them', async () => {
    const store = await open(IN_MEMORY);
    await store.addDecisions([
      sampleDecision('inside', '192.0.2.77'),
      sampleDecision('part', '192.0.2.64/27'),
      sampleDecision('around', '192.0.0.0/16'),
      sampleDecision('elsewhere', '198.51.100.1'),
      sampleDecision('over', '192.0.2.78', { expiresAt: NOON }),
    ]);
    const done = await store.addToAllowlist(
      [{ list: 'office', value: '192.0.2.64/26', comment: 'our office' }],
      'anna',
    );
    expect(done.lifted.map(({ id }) => id)).toEqual(['inside', 'part']);
    expect(done.lifted[0]?.lift).toEqual({ at: NOON, by: 'anna', reason: 'allowlist office: our office' });
    expect(done.around.map(({ id }) => id)).toEqual(['around']);
    expect((await store.listDecisions({ activeAt: NOON })).map(({ id }) => id)).toEqual([
      'around',
      'elsewhere',
    ]);
    await store.close();
  });

  it('hold against a decision that was on its way when the entry was added', async () => {
    const dataDir = temporaryFolder();
    const engine = await open(dataDir, 'engine');
    const tool = await open(dataDir);
    const { token } = await engine.changesSince(0);
    engine.record({ decisions: [sampleDecision('late', '192.0.2.1')] });
    await tool.addToAllowlist([{ list: 'office', value: '192.0.2.1', comment: 'printer' }], 'anna');
    await engine.flush();
    expect(await tool.listDecisions({ activeAt: NOON })).toEqual([]);
    const changes = await engine.changesSince(token, { foreignOnly: true });
    expect(changes.haveAllowlistsChanged).toBe(true);
    expect(changes.ended.map(({ id }) => id)).toEqual(['late']);
    await tool.close();
    await engine.close();
  });

  it('answer what covers an address until the entry ends or is removed', async () => {
    const store = await open(IN_MEMORY);
    await store.addToAllowlist(
      [
        { list: 'office', value: '192.0.2.0/24', comment: 'office' },
        { list: 'partner', value: '192.0.2.9', comment: 'partner', expiresAt: NOON },
        { list: 'partner', value: '::ffff:192.0.2.8', comment: 'mapped' },
      ],
      'anna',
    );
    const covering = async (value: string): Promise<string[]> =>
      (await store.findAllowlisted(value)).map((entry) => `${entry.list} ${entry.value}`);
    expect(await covering('192.0.2.9')).toEqual(['office 192.0.2.0/24']);
    expect(await covering('192.0.2.8')).toEqual(['partner 192.0.2.8', 'office 192.0.2.0/24']);
    expect(await covering('192.0.0.0/16')).toEqual([]);
    expect(await store.removeFromAllowlist('192.0.2.0/24', 'partner')).toEqual([]);
    expect((await store.removeFromAllowlist('192.0.2.0/24')).map(({ comment }) => comment)).toEqual([
      'office',
    ]);
    expect(await covering('192.0.2.9')).toEqual([]);
    expect((await store.listAllowlist()).length).toBe(2);
    await store.close();
  });
});

describe('changes made by others', () => {
  it('are told once, from the token on', async () => {
    const dataDir = temporaryFolder();
    const engine = await open(dataDir, 'engine');
    const tool = await open(dataDir);
    engine.record({ decisions: [sampleDecision('own', '192.0.2.1')] });
    await engine.flush();
    const start = await engine.changesSince(0);
    expect(start.started.map(({ id }) => id)).toEqual(['own']);

    await tool.addDecisions([sampleDecision('new', '192.0.2.2')]);
    await tool.liftDecisions({ id: 'own' }, 'anna', 'mistake');
    engine.record({ decisions: [sampleDecision('own too', '192.0.2.3')] });
    await engine.flush();
    const next = await engine.changesSince(start.token, { foreignOnly: true });
    expect(next.started.map(({ id }) => id)).toEqual(['new']);
    expect(next.ended.map(({ id }) => id)).toEqual(['own']);
    expect(next.haveAllowlistsChanged).toBe(false);

    const again = await engine.changesSince(next.token, { foreignOnly: true });
    expect(again).toEqual({
      token: next.token,
      started: [],
      ended: [],
      haveAllowlistsChanged: false,
      hasMore: false,
    });
    await tool.close();
    await engine.close();
  });

  it('come in pages that lose nothing', async () => {
    const store = await open(IN_MEMORY);
    for (let i = 0; i < 25; i++) {
      await store.addDecisions(
        Array.from({ length: 1000 }, (_, j) => sampleDecision(`${i}-${j}`, `10.${i}.${j >> 8}.${j & 255}`)),
      );
    }
    const ids = new Set<string>();
    let token = 0;
    for (let hasMore = true; hasMore;) {
      const changes = await store.changesSince(token);
      for (const { id } of changes.started) ids.add(id);
      ({ token, hasMore } = changes);
    }
    expect(ids.size).toBe(25_000);
    await store.close();
  });
});

describe('the data directory', () => {
  it('lets one engine in and names the process that has it', async () => {
    const dataDir = temporaryFolder();
    const engine = await open(dataDir, 'engine');
    await expect(open(dataDir, 'engine')).rejects.toThrow(
      new RegExp(`in use by process ${process.pid} since 2026-03-01T12:00:00.000Z \\(E_STORE_LOCKED\\)`),
    );
    expect(await findEngine(dataDir)).toMatchObject({ pid: process.pid });
    await engine.close();
    expect(await findEngine(dataDir)).toBeUndefined();
    await (await open(dataDir, 'engine')).close();
  });

  it('lets readers and tools in beside the engine', async () => {
    const dataDir = temporaryFolder();
    const engine = await open(dataDir, 'engine');
    const tool = await open(dataDir);
    const reader = await open(dataDir, 'reader');
    await tool.addDecisions([sampleDecision('d1', '192.0.2.1')]);
    expect(await reader.countDecisions({})).toBe(1);
    await expect(reader.addDecisions([sampleDecision('d2', '192.0.2.2')])).rejects.toThrow(
      'E_STORE_READONLY',
    );
    await reader.close();
    await tool.close();
    await engine.close();
  });

  it('is not made by a reader', async () => {
    const dataDir = path.join(temporaryFolder(), 'none');
    await expect(open(dataDir, 'reader')).rejects.toThrow('E_STORE_ABSENT');
    expect(fs.existsSync(dataDir)).toBe(false);
  });

  it('is refused when the file in it is something else', async () => {
    const dataDir = temporaryFolder();
    const file = path.join(dataDir, STORE_FILE);
    fs.writeFileSync(file, 'not a database at all, but long enough to be looked at. '.repeat(100));
    await expect(open(dataDir)).rejects.toThrow('E_STORE_FOREIGN');
    fs.rmSync(file);
    fs.mkdirSync(file);
    await expect(open(dataDir)).rejects.toThrow('E_STORE_UNREACHABLE');
  });

  it('keeps visitors from other users', async () => {
    const dataDir = path.join(temporaryFolder(), 'new');
    await (await open(dataDir)).close();
    expect(fs.statSync(dataDir).mode & 0o007).toBe(0);
    expect(fs.statSync(path.join(dataDir, STORE_FILE)).mode & 0o007).toBe(0);
  });
});

describe('cleaning up', () => {
  const retention = { alertsForMs: HOUR_MS, maxAlerts: 1_000_000, endedForMs: HOUR_MS };

  it('forgets old alerts in slices, but not those a running decision answers', async () => {
    const store = await open(IN_MEMORY);
    const old = after(-2 * HOUR_MS);
    store.record({
      alerts: [
        ...Array.from({ length: 700 }, (_, i) => sampleAlert(`old ${i}`, { knownAt: old })),
        sampleAlert('answered', { knownAt: old }),
        sampleAlert('new'),
      ],
      decisions: [sampleDecision('d1', '192.0.2.1', { alertId: 'answered' })],
    });
    const first = await store.maintain(retention);
    expect([first.alerts, first.hasMore]).toEqual([500, true]);
    let last = first;
    for (let i = 0; i < 100 && last.hasMore; i++) last = await store.maintain(retention);
    expect(last.hasMore).toBe(false);
    expect((await store.listAlerts({})).map(({ id }) => id)).toEqual(['answered', 'new']);
    await store.close();
  });

  it('keeps at most so many alerts, the newest', async () => {
    const store = await open(IN_MEMORY);
    store.record({ alerts: Array.from({ length: 20 }, (_, i) => sampleAlert(`a${i}`)) });
    await store.maintain({ ...retention, maxAlerts: 3 });
    expect((await store.listAlerts({})).map(({ id }) => id)).toEqual(['a17', 'a18', 'a19']);
    await store.close();
  });

  it('forgets decisions and allowlist entries some time after their end', async () => {
    const store = await open(IN_MEMORY);
    await store.addDecisions([
      sampleDecision('long over', '192.0.2.1', { expiresAt: after(-2 * HOUR_MS) }),
      sampleDecision('just over', '192.0.2.2', { expiresAt: after(-1) }),
    ]);
    await store.addToAllowlist(
      [{ list: 'a', value: '192.0.2.3', comment: '', expiresAt: after(-2 * HOUR_MS) }],
      'anna',
    );
    expect(await store.maintain(retention)).toMatchObject({ decisions: 1, allowlistEntries: 1 });
    expect((await store.listDecisions({})).map(({ id }) => id)).toEqual(['just over']);
    await store.close();
  });

  it('gives the space back to the disk', async () => {
    const dataDir = temporaryFolder();
    const store = await open(dataDir);
    const old = after(-2 * HOUR_MS);
    store.record({ alerts: Array.from({ length: 5000 }, (_, i) => sampleAlert(`a${i}`, { knownAt: old })) });
    await store.close();
    const before = fs.statSync(path.join(dataDir, STORE_FILE)).size;
    const again = await open(dataDir);
    for (let hasMore = true; hasMore;) ({ hasMore } = await again.maintain(retention));
    await again.close();
    expect(fs.statSync(path.join(dataDir, STORE_FILE)).size).toBeLessThan(before / 5);
  });
});

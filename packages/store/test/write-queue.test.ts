import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDriver, type Driver } from '../src/driver/index.ts';
import {
  IN_MEMORY,
  openStore,
  STORE_FILE,
  type Store,
  type StoreHealth,
  type StoreOptions,
} from '../src/index.ts';
import { failingDriver, type Failure } from './failing-driver.ts';
import { after, NOON, sampleAlert, sampleDecision } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FULL = 13;
const IO = 10;
const CORRUPT = 11;

/** A store with timers and a clock that move when the test says so. */
async function testStore(options: Partial<StoreOptions>): Promise<{
  store: Store;
  told: StoreHealth[];
  timers: number[];
  runTimer: () => void;
  clock: { nowMs: number };
}> {
  const told: StoreHealth[] = [];
  const timers: Array<{ delayMs: number; work: () => void }> = [];
  const clock = { nowMs: NOON.getTime() };
  const store = await openStore({
    dataDir: IN_MEMORY,
    role: 'engine',
    now: () => new Date(clock.nowMs),
    onHealth: (health) => told.push(health),
    schedule: (delayMs, work) => {
      const timer = { delayMs, work };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    ...options,
  });
  return {
    store,
    told,
    clock,
    get timers() {
      return timers.map(({ delayMs }) => delayMs);
    },
    runTimer: () => {
      const timer = timers.shift();
      clock.nowMs += timer?.delayMs ?? 0;
      timer?.work();
    },
  };
}

describe('group commit', () => {
  it('writes after 50 ms, all that came in between in one transaction', async () => {
    const failure: Failure = { at: Infinity, result: FULL, lasting: false };
    const driver = failingDriver(failure);
    const test = await testStore({ openDriver: driver.open });
    for (let i = 0; i < 10; i++) test.store.record({ cursors: new Map([['log', i]]) });
    expect(test.timers).toEqual([50]);
    driver.reset();
    test.runTimer();
    // BEGIN, the allowlists' counter and entries, one cursor, COMMIT.
    expect(driver.calls()).toBeLessThanOrEqual(5);
    expect(test.store.health().waitingRows).toBe(0);
    expect(await test.store.cursors()).toEqual(new Map([['log', 9]]));
    await test.store.close();
  });

  it('writes at once when 1,000 rows wait, without any timer', async () => {
    const test = await testStore({});
    for (let i = 0; i < 1500; i++) test.store.record({ decisions: [sampleDecision(`d${i}`, '192.0.2.1')] });
    expect(test.store.health().waitingRows).toBe(500);
    await test.store.close();
  });
});

describe('a failing disk', () => {
  it('leaves nothing half written, whichever call fails, and everything is there afterwards', async () => {
    const batch = {
      alerts: [sampleAlert('a1'), sampleAlert('a2')],
      decisions: [sampleDecision('d1', '192.0.2.1', { alertId: 'a1' }), sampleDecision('d2', '192.0.2.2')],
      cursors: new Map([['log', 42]]),
    };
    let sweeps = 0;
    for (const result of [FULL, IO]) {
      for (let at = 1; ; at++) {
        const failure: Failure = { at: Infinity, result, lasting: false };
        const driver = failingDriver(failure);
        const dataDir = temporaryFolder();
        const test = await testStore({ dataDir, openDriver: driver.open });
        driver.reset();
        failure.at = at;
        test.store.record(batch);
        test.runTimer();
        if (test.store.health().state === 'ok') {
          await test.store.close();
          break;
        }
        sweeps += 1;
        const reader = await openStore({ dataDir, role: 'reader', now: () => NOON });
        expect([
          await reader.countAlerts({}),
          await reader.countDecisions({}),
          (await reader.cursors()).size,
        ]).toEqual([0, 0, 0]);
        expect(test.told.map(({ state, error }) => [state, error?.code])).toEqual([
          ['retrying', result === FULL ? 'E_STORE_FULL' : 'E_STORE_IO'],
        ]);
        test.runTimer();
        expect(test.told.at(-1)?.state).toBe('ok');
        expect([
          await reader.countAlerts({}),
          await reader.countDecisions({}),
          (await reader.cursors()).get('log'),
        ]).toEqual([2, 2, 42]);
        await reader.close();
        await test.store.close();
      }
    }
    // BEGIN, two alerts, the change, two decisions, the cursor, COMMIT: each of them, for both results.
    expect(sweeps).toBeGreaterThanOrEqual(16);
  });

  it('that is really full tells so once and is written to when there is room', async () => {
    const dataDir = temporaryFolder();
    let opened: Driver | undefined;
    const test = await testStore({
      dataDir,
      openDriver: (file) => {
        const driver = openDriver(file);
        if (file.endsWith(STORE_FILE)) opened = driver;
        return driver;
      },
    });
    opened?.exec('PRAGMA max_page_count = 60');
    for (let i = 0; i < 999; i++) test.store.record({ alerts: [sampleAlert(`a${i}`)] });
    test.runTimer();
    for (let i = 0; i < 5; i++) test.runTimer();
    expect(test.told.map(({ state, error }) => [state, error?.code])).toEqual([['retrying', 'E_STORE_FULL']]);
    expect(await test.store.countAlerts({})).toBe(0);
    await expect(test.store.flush()).rejects.toThrow('E_STORE_FULL');
    opened?.exec('PRAGMA max_page_count = 100000');
    test.runTimer();
    expect(test.told.at(-1)?.state).toBe('ok');
    expect(await test.store.countAlerts({})).toBe(999);
    await test.store.close();
  });

  it('is tried again ever more seldom, up to every 30 seconds', async () => {
    const failure: Failure = { at: Infinity, result: IO, lasting: true };
    const driver = failingDriver(failure);
    const test = await testStore({ openDriver: driver.open });
    failure.at = 0;
    test.store.record({ alerts: [sampleAlert('a1')] });
    const delays: number[] = [];
    for (let i = 0; i < 12; i++) {
      delays.push(...test.timers);
      test.runTimer();
    }
    expect(delays).toEqual([50, 50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    failure.at = Infinity;
    await test.store.close();
  });

  it('is not tried again for a loop that lets no timer run, before its time', async () => {
    const failure: Failure = { at: Infinity, result: IO, lasting: true };
    const driver = failingDriver(failure);
    const test = await testStore({ openDriver: driver.open, flushRows: 1 });
    failure.at = 0;
    test.store.record({ alerts: [sampleAlert('a1')] });
    failure.at = Infinity;
    test.store.record({ alerts: [sampleAlert('a2')] });
    expect(test.store.health().state).toBe('retrying');
    test.clock.nowMs += 50;
    test.store.record({ alerts: [sampleAlert('a3')] });
    expect(test.store.health()).toMatchObject({ state: 'ok', waitingRows: 0 });
    await test.store.close();
  });

  it('costs evidence first, then the oldest alerts, never running decisions or cursors', async () => {
    const failure: Failure = { at: Infinity, result: FULL, lasting: true };
    const driver = failingDriver(failure);
    const test = await testStore({ openDriver: driver.open, maxWaiting: 100 });
    failure.at = 0;
    for (let i = 0; i < 1000; i++) {
      test.store.record({
        alerts: [sampleAlert(`a${i}`)],
        decisions:
          i % 100 === 0 ? [sampleDecision(`d${i}`, '192.0.2.1', { expiresAt: after(i * 60_000 + 1) })] : [],
        cursors: new Map([['log', i]]),
      });
      expect(test.store.health().waitingRows).toBeLessThanOrEqual(101);
    }
    failure.at = Infinity;
    await test.store.flush();
    const alerts = await test.store.listAlerts({});
    const { lost } = test.store.health();
    expect(alerts.length + lost.alerts).toBe(1000);
    expect(alerts.at(-1)?.id).toBe('a999');
    expect((await test.store.findAlert('a999'))?.events.length).toBe(2);
    expect((await test.store.findAlert(alerts[0]!.id))?.events).toEqual([]);
    expect(lost.evidence).toBeGreaterThan(0);
    expect(lost.decisions).toBe(0);
    expect(await test.store.countDecisions({ activeAt: NOON })).toBe(10);
    expect((await test.store.cursors()).get('log')).toBe(999);
    await test.store.close();
  });
});

describe('a damaged file', () => {
  it('stops the writing, not the engine', async () => {
    const failure: Failure = { at: Infinity, result: CORRUPT, lasting: true };
    const driver = failingDriver(failure);
    const dataDir = temporaryFolder();
    const test = await testStore({ dataDir, openDriver: driver.open });
    failure.at = 0;
    test.store.record({ alerts: [sampleAlert('a1')] });
    test.runTimer();
    expect(test.told.map(({ state, error }) => [state, error?.code])).toEqual([
      ['broken', 'E_STORE_CORRUPT'],
    ]);
    expect(test.timers).toEqual([]);
    test.store.record({ alerts: [sampleAlert('a2')] });
    expect(test.store.health().waitingRows).toBe(2);
    failure.at = Infinity;
    await expect(test.store.close()).rejects.toThrow('E_STORE_CORRUPT');
    await (await openStore({ dataDir, role: 'engine', now: () => NOON })).close();
  });

  it('is one clear error, with what to do', async () => {
    const dataDir = temporaryFolder();
    const store = await openStore({ dataDir, role: 'engine', now: () => NOON });
    for (let i = 0; i < 2000; i++) store.record({ alerts: [sampleAlert(`a${i}`)] });
    await store.close();
    const file = path.join(dataDir, STORE_FILE);
    const bytes = fs.readFileSync(file);
    // Behind the pages that hold the schema.
    bytes.fill(0xa5, 96 * 4096);
    fs.writeFileSync(file, bytes);
    const damaged = await openStore({ dataDir, role: 'engine', now: () => NOON });
    await expect(damaged.listAlerts({})).rejects.toMatchObject({
      code: 'E_STORE_CORRUPT',
      advice: expect.stringContaining('Stop Parapet'),
    });
    await damaged.close();
  });
});

describe('another writer', () => {
  it('is waited for without telling anyone, unless it takes long', async () => {
    const dataDir = temporaryFolder();
    const test = await testStore({ dataDir });
    const other = openDriver(path.join(dataDir, STORE_FILE));
    other.exec('BEGIN IMMEDIATE');
    test.store.record({ alerts: [sampleAlert('a1')] });
    test.runTimer();
    expect(test.store.health()).toMatchObject({ state: 'retrying', error: { code: 'E_STORE_BUSY' } });
    expect(test.told).toEqual([]);
    for (let i = 0; i < 8; i++) test.runTimer();
    expect(test.told.map(({ error }) => error?.code)).toEqual(['E_STORE_BUSY']);
    other.exec('ROLLBACK');
    other.close();
    test.runTimer();
    expect(test.told.at(-1)?.state).toBe('ok');
    expect(await test.store.countAlerts({})).toBe(1);
    await test.store.close();
  });
});

describe('a row that cannot be stored', () => {
  it('is left out and counted; the others of its batch are stored', async () => {
    const test = await testStore({});
    test.store.record({
      alerts: [sampleAlert('bad', { knownAt: new Date(Number.NaN) }), sampleAlert('good')],
      decisions: [sampleDecision('bad', '192.0.2.1', { expiresAt: new Date(Number.NaN) })],
      cursors: new Map([['log', 1]]),
    });
    test.runTimer();
    expect(test.told.map(({ state, lost }) => [state, lost.badRows])).toEqual([['ok', 2]]);
    expect((await test.store.listAlerts({})).map(({ id }) => id)).toEqual(['good']);
    expect((await test.store.cursors()).get('log')).toBe(1);
    await test.store.close();
  });
});

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../src/database.ts';
import { openDriver } from '../src/driver/index.ts';
import { openStore, STORE_FILE } from '../src/index.ts';
import { migrate } from '../src/migrate.ts';
import { MIGRATIONS } from '../src/migrations.table.ts';
import { NOON, sampleDecision } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const now = (): Date => NOON;

/** What each step was when it was released: a store that has taken it never takes it again. */
const RELEASED = [
  '7d7467328061',
  '3d0528cb5bea',
  '1a7995c1af2e',
  'c1de9cf79211',
  '43f2f9587e0e',
  '2865e39d154a',
  'b206a4fcd5a7',
  '3c01bcc20e13',
  '19793a8ab5e5',
  '99ae468fabe0',
  'feb29d5646b7',
  '9ae411c9679a',
];

/** Makes a store as an older Parapet left it, which itself had come from the first one step by step. */
function oldStore(version: number): string {
  const dataDir = temporaryFolder();
  const file = path.join(dataDir, STORE_FILE);
  const db = new Database(file, openDriver(file));
  for (let step = 1; step <= version; step++) {
    migrate(db, MIGRATIONS.slice(0, step));
    db.exec(fs.readFileSync(path.join(import.meta.dirname, `fixtures/rows-${step}.sql`), 'utf8'));
  }
  db.close();
  return dataDir;
}

function schemaOf(dataDir: string): unknown {
  const driver = openDriver(path.join(dataDir, STORE_FILE));
  const rows = driver.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all([]);
  driver.close();
  return rows.map((row) => [row['type'], row['name'], String(row['sql']).replace(/\s+/g, ' ')]);
}

describe.each(MIGRATIONS.map((_, i) => i + 1))('a store of schema %i', (version) => {
  it('opens with everything that was in it', async () => {
    const store = await openStore({ dataDir: oldStore(version), role: 'engine', now });
    expect((await store.findAlert('a1'))?.events).toEqual([
      { at: new Date(1772366340000), meta: [['user', 'admin']] },
    ]);
    expect((await store.listDecisions({ activeAt: NOON })).map(({ id }) => id)).toEqual(['d1']);
    expect((await store.listDecisions({ id: 'd2' }))[0]?.lift?.by).toBe('anna');
    expect(await store.cursors()).toEqual(new Map([['access.log', { inode: 7, offset: 1234 }]]));
    await store.addDecisions([sampleDecision('d3', '203.0.113.9')]);
    expect((await store.changesSince(3)).started.map(({ id }) => id)).toEqual(['d3']);
    const lists = (await store.listAllowlist()).map(({ value }) => value);
    expect(lists).toEqual(version < 2 ? [] : ['198.51.100.0/24']);
    expect(await store.trustEpoch()).toBe(version < 3 ? 1 : 2);
    expect((await store.listOperators(new Date(0))).map(({ who }) => who)).toEqual(
      version < 3 ? [] : ['anna'],
    );
    expect((await store.listAppeals({})).map(({ message }) => message)).toEqual(
      version < 3 ? [] : ['It was not me.'],
    );
    expect((await store.clients.listMachines()).map(({ name }) => name)).toEqual(version < 4 ? [] : ['web1']);
    expect((await store.clients.findBouncerByKey('c0ffee'))?.name).toBe(version < 4 ? undefined : 'fw1');
    expect((await store.clients.listReports()).map(({ body }) => body)).toEqual(
      version < 4 ? [] : [{ dropped: 3 }],
    );
    expect((await store.inspections.list({})).map(({ id }) => id)).toEqual(version < 5 ? [] : ['1a2b3c4d']);
    expect((await store.inspections.listFeedback({})).map(({ by }) => by)).toEqual(
      version < 5 ? [] : ['anna'],
    );
    expect(await store.inspections.feedbackChange()).toBe(version < 5 ? 0 : 1);
    expect(await store.inspections.knowledge('shop', 'normal')).toEqual(
      version < 5 ? undefined : Buffer.from([0, 1, 2]),
    );
    expect((await store.tokens.findByHash('beef'))?.name).toBe(version < 6 ? undefined : 'shop');
    expect((await store.signals.after(0, 10)).map(({ number }) => number)).toEqual(version < 6 ? [] : [1]);
    expect((await store.signals.take([{ id: 's1', line: '{}' }])).areNew).toEqual([version < 6]);
    expect((await store.users.list()).map(({ name }) => name)).toEqual(
      version < 7 ? [] : version < 10 ? ['anna'] : ['anna', 'olga'],
    );
    const olga = await store.users.findBySubject('https://id.example 7');
    expect(olga?.name).toBe(version < 10 ? undefined : 'olga');
    expect((await store.users.findSession('5e55'))?.user.name).toBe(version < 7 ? undefined : 'anna');
    expect((await store.audit.list({})).map(({ act }) => act)).toEqual(version < 7 ? [] : ['login']);
    expect((await store.minutes.since(new Date(0))).map(({ lines }) => lines)).toEqual(
      version < 7 ? [] : [120],
    );
    expect((await store.humanSigns.since(new Date(0), 10)).map(({ record }) => record)).toEqual(
      version < 8 ? [] : ['1a2b3c4d'],
    );
    expect(olga?.siteRoles).toEqual(version < 11 ? undefined : new Map([['shop', 'operator']]));
    expect((await store.tokens.findByHash('beef'))?.sites).toEqual(version < 11 ? undefined : ['shop']);
    expect((await store.minutes.since(new Date(0), ['shop'])).map(({ lines }) => lines)).toEqual(
      version < 11 ? [] : [60],
    );
    expect((await store.clients.findMachine('web1'))?.clockAheadMs).toBe(version < 12 ? undefined : 42_000);
    expect((await store.clients.findBouncer('fw1'))?.clockAheadMs).toBe(version < 12 ? undefined : -9000);
    expect((await store.clients.findBouncer('fw1'))?.pauseMs).toBe(version < 12 ? undefined : 10_000);
    expect((await store.tokens.findByHash('beef'))?.clockAheadMs).toBe(version < 12 ? undefined : 7000);
    expect((await store.passkeys.list('anna')).map(({ name }) => name)).toEqual(version < 9 ? [] : ['Phone']);
    await store.close();
  });

  it('then has the same schema as a new store', async () => {
    const dataDir = oldStore(version);
    await (await openStore({ dataDir, role: 'engine', now })).close();
    const fresh = temporaryFolder();
    await (await openStore({ dataDir: fresh, role: 'engine', now })).close();
    expect(schemaOf(dataDir)).toEqual(schemaOf(fresh));
  });
});

describe('the site of what is stored', () => {
  it('is found in the evidence of old alerts, where all of it names the same', async () => {
    const dataDir = oldStore(10);
    const driver = openDriver(path.join(dataDir, STORE_FILE));
    const evidence = {
      one: [[['target_fqdn', 'Shop.example']], [['target_fqdn', 'shop.example']]],
      two: [[['target_fqdn', 'shop.example']], [['target_fqdn', 'blog.example']]],
      half: [[['target_fqdn', 'shop.example']], [['user', 'admin']]],
      none: [[['user', 'admin']]],
      signal: [
        [
          ['site', 'blog'],
          ['target_fqdn', 'shop.example'],
        ],
      ],
    };
    for (const [id, metas] of Object.entries(evidence)) {
      driver
        .prepare(
          `INSERT INTO alerts SELECT NULL, ?, scenario, scope, value, address, prefix, started_at, stopped_at, known_at,
             events_count, remediation, simulated, spared, message, details, ? FROM alerts WHERE id = 'a1'`,
        )
        .run([id, JSON.stringify(metas.map((meta) => [1, meta]))]);
      driver
        .prepare(
          `INSERT INTO decisions SELECT NULL, 'of ' || ?, scope, value, address, prefix, remediation, started_at,
             expires_at, scenario, origin, simulated, ?, NULL, NULL, NULL, 4 FROM decisions WHERE id = 'd1'`,
        )
        .run([id, id]);
    }
    driver.close();
    const siteOf = (host: string): string => (host === 'shop.example' ? 'shop' : host);
    const store = await openStore({ dataDir, role: 'engine', now, siteOf });
    const of = async (site: string) => [
      ...(await store.listAlerts({ sites: [site] })).map(({ id }) => id),
      ...(await store.listDecisions({ sites: [site] })).map(({ id }) => id),
    ];
    expect(await of('shop')).toEqual(['one', 'of one']);
    expect(await of('blog')).toEqual(['signal', 'of signal']);
    expect(await of('')).toEqual([]);
    await store.close();
  });
});

describe('migrating', () => {
  it('takes the steps that were released, as they were', () => {
    const digests = MIGRATIONS.map((step) =>
      createHash('sha256').update(step.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 12),
    );
    expect(digests).toEqual(RELEASED);
  });

  it('refuses a store that a newer Parapet wrote, and leaves it as it is', async () => {
    const dataDir = oldStore(MIGRATIONS.length);
    const driver = openDriver(path.join(dataDir, STORE_FILE));
    driver.exec(`UPDATE meta SET value = '99' WHERE name = 'schema'`);
    driver.close();
    for (const role of ['engine', 'tool', 'reader'] as const) {
      await expect(openStore({ dataDir, role, now })).rejects.toThrow(
        /schema 99, this Parapet knows \d+ \(E_STORE_NEWER\)/,
      );
    }
  });

  it('refuses a database of another program', async () => {
    const dataDir = temporaryFolder();
    const driver = openDriver(path.join(dataDir, STORE_FILE));
    driver.exec('CREATE TABLE users (id INTEGER)');
    driver.close();
    await expect(openStore({ dataDir, role: 'engine', now })).rejects.toThrow('E_STORE_FOREIGN');
  });

  it('leaves the old schema when a step fails', () => {
    const db = new Database(':memory:', openDriver(':memory:'));
    migrate(db, ['CREATE TABLE one (x INTEGER)']);
    const steps = [
      'CREATE TABLE one (x INTEGER)',
      'CREATE TABLE two (x INTEGER); CREATE TABLE one (x INTEGER)',
    ];
    expect(() => {
      migrate(db, steps);
    }).toThrow('already exists');
    expect(db.all(`SELECT name FROM sqlite_master WHERE name = 'two'`)).toEqual([]);
    expect(db.one(`SELECT value FROM meta WHERE name = 'schema'`)?.['value']).toBe('1');
    db.close();
  });

  it('is left to the engine while one is running', async () => {
    const dataDir = oldStore(1);
    const { lockDataDir } = await import('../src/lock.ts');
    const lock = lockDataDir(dataDir, openDriver, NOON);
    await expect(openStore({ dataDir, role: 'tool', now })).rejects.toThrow('E_STORE_LOCKED');
    lock.release();
    await expect(openStore({ dataDir, role: 'reader', now })).rejects.toThrow('E_STORE_OLDER');
    await (await openStore({ dataDir, role: 'tool', now })).close();
  });
});

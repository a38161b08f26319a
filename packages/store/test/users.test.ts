import { describe, expect, it } from 'vitest';
import { openDriver } from '../src/driver/index.ts';
import { IN_MEMORY, openStore, STORE_FILE, type Passkey, type Store, type User } from '../src/index.ts';
import { NOON } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const anna: User = { name: 'anna', role: 'admin', passwordHash: 'x', totpStep: 0, createdAt: NOON };

function open(dataDir: string = IN_MEMORY): Promise<Store> {
  return openStore({ dataDir, role: 'engine', now: () => NOON });
}

describe('users', () => {
  it('are kept, changed and removed, sessions with them', async () => {
    const { users } = await open();
    await users.put(anna);
    await users.put({ ...anna, role: 'viewer', totpSecret: 'ABC' });
    expect(await users.list()).toEqual([{ ...anna, role: 'viewer', totpSecret: 'ABC' }]);
    const session = {
      ...{ hash: 'h1', user: 'anna', ip: '192.0.2.1', agent: 'Firefox' },
      ...{ createdAt: NOON, seenAt: NOON },
    };
    await users.addSession(session);
    await users.addSession({ ...session, hash: 'h2' });
    expect((await users.findSession('h1'))?.session).toEqual(session);
    expect(await users.endSessions('anna', 'h1')).toBe(1);
    expect(await users.findSession('h2')).toBeUndefined();
    expect(await users.forgetSessions(NOON, NOON)).toBe(0);
    expect(await users.forgetSessions(new Date(NOON.getTime() + 1), NOON)).toBe(1);
    await users.addSession(session);
    expect([await users.remove('anna'), await users.remove('anna')]).toEqual([true, false]);
    expect(await users.findSession('h1')).toBeUndefined();
  });

  it('give each time step of a second factor once, and none before it', async () => {
    const { users } = await open();
    await users.put(anna);
    expect(await users.takeStep('anna', 7)).toBe(true);
    expect(await users.takeStep('anna', 7)).toBe(false);
    expect(await users.takeStep('anna', 6)).toBe(false);
    expect(await users.takeStep('anna', 8)).toBe(true);
  });
});

describe('users of a provider', () => {
  it('are found by issuer and subject, of which there is one each', async () => {
    const { users } = await open();
    const olga: User = { ...anna, name: 'olga', passwordHash: '', subject: 'https://id.example 7' };
    await users.put(anna);
    await users.put(olga);
    expect(await users.findBySubject('https://id.example 7')).toEqual(olga);
    expect(await users.findBySubject('https://id.example 8')).toBeUndefined();
    await expect(users.put({ ...olga, name: 'olga.2' })).rejects.toThrow('subject');
  });
});

describe('passkeys', () => {
  const phone: Passkey = {
    ...{ id: 'AQID', user: 'anna', name: 'Phone', host: 'localhost', publicKey: 'pQEC', counter: 0 },
    ...{ isSynced: true, createdAt: NOON },
  };

  it('are kept once, and go with their user', async () => {
    const { users, passkeys } = await open();
    await users.put(anna);
    expect([await passkeys.add(phone), await passkeys.add({ ...phone, user: 'eve' })]).toEqual([true, false]);
    expect(await passkeys.list('anna')).toEqual([phone]);
    expect(await passkeys.find('AQID')).toEqual(phone);
    expect([await passkeys.remove('eve', 'AQID'), await passkeys.remove('anna', 'AQID')]).toEqual([
      ...[false, true],
    ]);
    await passkeys.add(phone);
    expect([await passkeys.removeAll('anna'), await passkeys.removeAll('anna')]).toEqual([1, 0]);
    await passkeys.add(phone);
    await users.remove('anna');
    expect(await passkeys.find('AQID')).toBeUndefined();
  });

  it('that count have to count on; others need not', async () => {
    const { users, passkeys } = await open();
    await users.put(anna);
    await passkeys.add(phone);
    for (const [counter, fits] of [
      [0, true],
      [0, true],
      [3, true],
      [3, false],
      [2, false],
      [0, false],
      [4, true],
    ] as const)
      expect([counter, await passkeys.used('AQID', counter, NOON)]).toEqual([counter, fits]);
    expect((await passkeys.find('AQID'))?.usedAt).toEqual(NOON);
    expect(await passkeys.used('BQID', 5, NOON)).toBe(false);
  });
});

describe('the audit log', () => {
  const entry = { who: 'anna', ip: '192.0.2.1', act: 'login', target: 'anna', details: { a: 'b\0' } };

  it('is a chain that is found whole', async () => {
    const { audit } = await open();
    expect(await audit.check()).toEqual({ isWhole: true, entries: 0 });
    for (const act of ['login', 'logout', 'login']) await audit.add({ ...entry, act });
    expect(await audit.check()).toEqual({ isWhole: true, entries: 3 });
    expect((await audit.list({ act: 'login' }, { newestFirst: true, limit: 1 }))[0]?.number).toBe(3);
    expect((await audit.list({ before: 3 })).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('lets nobody change or remove an entry, and shows it when somebody did with force', async () => {
    const dataDir = temporaryFolder();
    const first = await open(dataDir);
    for (let i = 0; i < 3; i++) await first.audit.add(entry);
    await first.close();
    const driver = openDriver(`${dataDir}/${STORE_FILE}`);
    const change = "UPDATE audit SET who = 'eve' WHERE number = 2";
    expect(() => driver.exec(change)).toThrow('only grows');
    expect(() => driver.exec('DELETE FROM audit')).toThrow('only grows');
    driver.exec('DROP TRIGGER audit_stays');
    driver.exec(change);
    driver.close();
    const again = await open(dataDir);
    expect(await again.audit.check()).toEqual({ isWhole: false, entries: 1, brokenAt: 2 });
    await again.close();
  });
});

describe('minutes', () => {
  it('add up, and are forgotten', async () => {
    const { minutes } = await open();
    const one = { at: NOON, lines: 10, stopped: 1, alerts: 0 };
    await minutes.add([one]);
    await minutes.add([one, { ...one, at: new Date(NOON.getTime() + 61_000) }]);
    expect((await minutes.since(NOON)).map(({ lines, stopped }) => [lines, stopped])).toEqual([
      [20, 2],
      [10, 1],
    ]);
    await minutes.forget(new Date(NOON.getTime() + 60_000));
    expect(await minutes.since(new Date(0))).toHaveLength(1);
  });
});

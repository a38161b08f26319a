import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  challengeIn,
  makeChallenge,
  passkeyHost,
  readChallenge,
  readNewPasskey,
  userHandle,
} from '../../src/server/access/passkeys.ts';
import { totpCode } from '../../src/server/access/totp.ts';
import type { NewPasskeyView, PasskeyChallenge } from '../../src/wire.ts';
import { Authenticator, type Said } from './authenticator.ts';
import { PASSWORD, START, testSite, type Answer, type Browser, type TestSite } from './site.ts';

const PHONE = 'Phone';

async function offerTo(browser: Browser): Promise<NewPasskeyView> {
  const answer = await browser.post('/data/account/passkeys/challenge', { password: PASSWORD });
  expect(answer.status).toBe(200);
  return answer.body as unknown as NewPasskeyView;
}

/** Somebody of the store gets a passkey for localhost. */
async function withPasskey({ store, secret }: TestSite, name = 'operator-1'): Promise<Authenticator> {
  const device = new Authenticator();
  const user = (await store.users.find(name))!;
  const offer = {
    host: 'localhost',
    challenge: 'AQID',
    user: { id: userHandle(secret, user), name },
    known: [],
  };
  const made = (await readNewPasskey(device.make(offer), offer.challenge, 'localhost:8421'))!;
  await store.passkeys.add({ ...made, user: name, name: PHONE, host: offer.host, createdAt: START });
  return device;
}

async function challengeFor(browser: Browser): Promise<PasskeyChallenge> {
  return (await browser.post('/data/login/passkey/challenge', {})).body as unknown as PasskeyChallenge;
}

async function loginAlone(browser: Browser, device: Authenticator, said: Said = {}): Promise<Answer> {
  return browser.post('/data/login/passkey', device.use(await challengeFor(browser), said));
}

/** With name and password; returns what is asked for then. */
async function secondAsked(
  browser: Browser,
  name: string,
): Promise<PasskeyChallenge & { readonly ids: string }> {
  const answer = await browser.post('/data/login', { name, password: PASSWORD });
  expect(answer.body['code']).toBe('E_DASHBOARD_CODE_NEEDED');
  const { challenge, passkeys } = answer.body['values'] as { challenge: string; passkeys: string };
  return { host: 'localhost', challenge, ids: passkeys };
}

async function lastActs(site: TestSite, count: number): Promise<readonly string[]> {
  return (await site.store.audit.list({}, { newestFirst: true, limit: count })).map(({ act }) => act);
}

describe('a passkey', () => {
  it('is made with the password, ends other sessions, and is shown with where it counts', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const other = site.browser();
    await other.post('/data/login', { name: 'admin-1', password: PASSWORD });
    const wrong = await admin.post('/data/account/passkeys/challenge', { password: 'nine calm herons' });
    expect(wrong.body['code']).toBe('E_DASHBOARD_WRONG');
    const passkey = new Authenticator().make(await offerTo(admin));
    const given = { password: PASSWORD, name: PHONE, passkey };
    expect((await admin.post('/data/account/passkeys', given)).status).toBe(200);
    expect((await other.get('/data/overview')).status).toBe(401);
    const list = (await admin.get('/data/account/passkeys')).body as unknown as readonly unknown[];
    expect(list).toMatchObject([{ name: PHONE, host: 'localhost', isSynced: false }]);
    const users = (await admin.get('/data/users')).body as unknown as readonly unknown[];
    expect(users).toMatchObject([{ name: 'admin-1', passkeys: 1 }]);
    expect((await lastActs(site, 1))[0]).toBe('passkey.add');
  });

  it('lets in alone, without a name, and only who has proven to the device to be there', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const browser = site.browser();
    const unverified = await loginAlone(browser, device, { isVerified: false });
    expect(unverified.body['code']).toBe('E_DASHBOARD_PASSKEY_WRONG');
    const answer = await loginAlone(browser, device);
    expect(answer.body).toMatchObject({ user: { name: 'operator-1', role: 'operator' } });
    expect((await browser.get('/data/overview')).status).toBe(200);
    expect(await lastActs(site, 2)).toEqual(['login', 'login.failed']);
  });

  it('is a second factor: the password alone does not do any more', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const browser = site.browser();
    const asked = await secondAsked(browser, 'operator-1');
    expect(asked.ids).toBe(device.id);
    const given = { name: 'operator-1', password: PASSWORD };
    // There is no secret of codes: none fits, not even that of an empty one.
    const code = totpCode('', Math.floor(site.nowMs / 30_000));
    expect((await browser.post('/data/login', { ...given, code })).body['code']).toBe(
      'E_DASHBOARD_CODE_NEEDED',
    );
    const passkey = device.use(asked, { isVerified: false });
    expect((await browser.post('/data/login', { ...given, passkey })).status).toBe(200);
  });

  it('or the code of an app is asked for, where there are both', async () => {
    const site = await testSite();
    const browser = await site.somebody('operator');
    const { secret } = (await browser.post('/data/account/totp', { password: PASSWORD })).body;
    const step = Math.floor(site.nowMs / 30_000);
    await browser.post('/data/account/totp/confirm', {
      ...{ secret, code: totpCode(String(secret), step), password: PASSWORD },
    });
    const device = await withPasskey(site);
    const given = { name: 'operator-1', password: PASSWORD };
    const answer = await browser.post('/data/login', given);
    expect(answer.body['values']).toMatchObject({ hasCode: 1, passkeys: device.id });
    const code = totpCode(String(secret), step + 1);
    expect((await browser.post('/data/login', { ...given, code })).status).toBe(200);
  });

  it('counts once: what was sent before is worth nothing', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const browser = site.browser();
    const proof = device.use(await challengeFor(browser));
    const twice = await Promise.all([
      browser.post('/data/login/passkey', proof),
      site.browser().post('/data/login/passkey', proof),
    ]);
    expect(twice.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    const given = { name: 'operator-1', password: PASSWORD };
    const passkey = device.use(await secondAsked(browser, 'operator-1'));
    expect((await browser.post('/data/login', { ...given, passkey })).status).toBe(200);
    expect((await browser.post('/data/login', { ...given, passkey })).status).toBe(401);
  });

  it('of which there is a copy is found out where it counts', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    device.counter = 5;
    expect((await loginAlone(site.browser(), device)).status).toBe(200);
    device.counter = 3;
    expect((await loginAlone(site.browser(), device)).status).toBe(401);
    device.counter = 6;
    expect((await loginAlone(site.browser(), device)).status).toBe(200);
  });

  it.each<readonly [string, Said]>([
    ['another page', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://localhost:9999' }],
    ['a frame of others', { crossOrigin: true }],
    ['another host', { host: 'evil.example' }],
    ['the making of one', { type: 'webauthn.create' }],
    ['another challenge', { challenge: Buffer.alloc(54, 7).toString('base64url') }],
    ['nobody', { userHandle: undefined }],
    ['another user', { userHandle: Buffer.alloc(32, 7).toString('base64url') }],
  ])('answered to %s lets nobody in', async (_, said) => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const answer = await loginAlone(site.browser(), device, said);
    expect([answer.status, answer.body['code']]).toEqual([401, 'E_DASHBOARD_PASSKEY_WRONG']);
    expect(site.faults).toEqual([]);
  });

  it('with a changed signature, of another device, or of nobody lets nobody in', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const browser = site.browser();
    const proof = device.use(await challengeFor(browser));
    const forged = new Authenticator().use(await challengeFor(browser));
    for (const odd of [
      { ...proof, signature: forged.signature },
      { ...forged, id: device.id },
      forged,
      { ...proof, authenticatorData: 'AAAA' },
      { ...proof, clientData: 'AAAA' },
    ])
      expect((await browser.post('/data/login/passkey', odd)).status).toBe(401);
    expect(site.faults).toEqual([]);
  });

  it('answers a challenge that is young, and given out for just this', async () => {
    const site = await testSite();
    const browser = await site.somebody('operator');
    const device = await withPasskey(site);
    const alone = await challengeFor(browser);
    const second = await secondAsked(site.browser(), 'operator-1');
    expect((await browser.post('/data/login/passkey', device.use(second))).status).toBe(401);
    const given = { name: 'operator-1', password: PASSWORD, passkey: device.use(alone) };
    expect((await site.browser().post('/data/login', given)).status).toBe(401);
    site.nowMs += 300_000;
    expect((await site.browser('192.0.2.9').post('/data/login/passkey', device.use(alone))).status).toBe(401);
  });

  it('is made for the session that asked, in time, once, and not by another page', async () => {
    const site = await testSite();
    const [one, other] = [await site.somebody('operator'), await site.somebody('operator')];
    const add = (browser: Browser, passkey: unknown): Promise<Answer> =>
      browser.post('/data/account/passkeys', { password: PASSWORD, name: PHONE, passkey });
    const wrong = { status: 422, body: { code: 'E_DASHBOARD_PASSKEY_WRONG' } };
    const offer = await offerTo(one);
    expect(await add(other, new Authenticator().make(offer))).toMatchObject(wrong);
    expect(await add(one, new Authenticator().make(offer, { origin: 'https://evil.example' }))).toMatchObject(
      wrong,
    );
    expect(await add(one, new Authenticator().make(offer, { host: 'evil.example' }))).toMatchObject(wrong);
    const device = new Authenticator();
    const proof = device.make(offer);
    expect((await add(one, proof)).status).toBe(200);
    expect(await add(one, proof)).toMatchObject(wrong);
    const again = await add(one, device.make(await offerTo(one)));
    expect(again.body['code']).toBe('E_DASHBOARD_PASSKEY_KNOWN');
    const late = await offerTo(one);
    site.nowMs += 300_000;
    expect(await add(one, new Authenticator().make(late))).toMatchObject(wrong);
    expect(site.faults).toEqual([]);
  });

  it('of somebody else is no second factor', async () => {
    const site = await testSite();
    await site.somebody('operator');
    await site.somebody('operator');
    const [mine, theirs] = [await withPasskey(site), await withPasskey(site, 'operator-2')];
    const asked = await secondAsked(site.browser(), 'operator-1');
    const given = { name: 'operator-1', password: PASSWORD };
    const answer = await site.browser().post('/data/login', { ...given, passkey: theirs.use(asked) });
    expect(answer.body['code']).toBe('E_DASHBOARD_PASSKEY_WRONG');
    const passkey = mine.use(asked);
    expect((await site.browser().post('/data/login', { ...given, passkey })).status).toBe(200);
  });

  it('counts where it was made, and says so elsewhere', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const there = { host: 'parapet.example', origin: 'https://parapet.example' };
    const browser = site.browser();
    const login = { name: 'operator-1', password: PASSWORD };
    const answer = await browser.post('/data/login', login, there);
    expect(answer.body).toMatchObject({
      code: 'E_DASHBOARD_PASSKEY_ELSEWHERE',
      values: { hosts: 'localhost' },
    });
    const asked = (await browser.post('/data/login/passkey/challenge', {}, there)).body;
    expect(asked['host']).toBe('parapet.example');
    const proof = device.use(asked as unknown as PasskeyChallenge, { origin: there.origin });
    expect((await browser.post('/data/login/passkey', proof, there)).status).toBe(401);
  });

  it('of a name counts over TLS only, and an address has none', async () => {
    const site = await testSite();
    const browser = await site.somebody('operator');
    const named = { host: 'parapet.example' };
    const add = async (origin: string): Promise<Answer> => {
      const headers = { ...named, origin };
      const cookie = browser.cookie.replace('parapet-8421', 'parapet-0');
      const asked = await browser.post(
        '/data/account/passkeys/challenge',
        { password: PASSWORD },
        { ...headers, cookie },
      );
      const passkey = new Authenticator().make(asked.body as unknown as NewPasskeyView, { origin });
      return browser.post(
        '/data/account/passkeys',
        { password: PASSWORD, name: PHONE, passkey },
        { ...headers, cookie },
      );
    };
    expect((await add('http://parapet.example')).body['code']).toBe('E_DASHBOARD_PASSKEY_WRONG');
    expect((await add('https://parapet.example')).status).toBe(200);
    for (const host of ['127.0.0.1:8421', '[::1]:8421']) {
      const headers = { host, origin: `http://${host}` };
      const answer = await site.browser().post('/data/login/passkey/challenge', {}, headers);
      expect([answer.status, answer.body['code']]).toEqual([409, 'E_DASHBOARD_PASSKEY_ADDRESS']);
    }
  });

  it('is removed with the password, by its owner alone', async () => {
    const site = await testSite();
    const [one, other] = [await site.somebody('operator'), await site.somebody('admin')];
    const device = await withPasskey(site);
    const given = { password: PASSWORD, id: device.id };
    expect((await other.post('/data/account/passkeys/remove', given)).status).toBe(404);
    expect((await one.post('/data/account/passkeys/remove', { ...given, password: 'x' })).status).toBe(401);
    expect((await one.post('/data/account/passkeys/remove', given)).status).toBe(200);
    expect((await loginAlone(site.browser(), device)).status).toBe(401);
    expect(
      (await site.browser().post('/data/login', { name: 'operator-1', password: PASSWORD })).status,
    ).toBe(200);
  });

  it('that was lost is taken away by the link for a new password', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const given = {
      token: site.invitation('operator', 'operator-1'),
      name: 'x',
      password: 'nine calm herons',
    };
    expect((await site.browser().post('/data/welcome', given)).status).toBe(200);
    expect((await loginAlone(site.browser(), device)).status).toBe(401);
  });

  it('goes with its user, and lets nobody in who has the name later', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    await site.store.users.remove('operator-1');
    expect((await loginAlone(site.browser(), device)).status).toBe(401);
  });

  it('is guessed slowly, and nobody else waits for it', async () => {
    const site = await testSite();
    await site.somebody('operator');
    const device = await withPasskey(site);
    const stranger = site.browser('198.51.100.7');
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await loginAlone(stranger, new Authenticator())).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await loginAlone(site.browser(), device)).status).toBe(200);
  });
});

describe('what comes as a passkey', () => {
  const secret = new Uint8Array(32).fill(7);

  it('is read whatever it is, and never throws', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.base64String().map((one) => one.replace(/[+/=]/g, '_')),
      fc.json().map((one) => Buffer.from(one).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (clientData, attestation) => {
        expect(readChallenge(secret, 'login', clientData, START)).toBeUndefined();
        expect(typeof challengeIn(clientData)).toBe('string');
        const read = await readNewPasskey({ id: 'AQID', clientData, attestation }, 'AQID', 'localhost');
        expect(read).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('has a challenge that ends, and that nobody else can have made', () => {
    const challenge = makeChallenge(secret, 'login', START);
    expect(readChallenge(secret, 'login', challenge, START)?.getTime()).toBe(START.getTime() + 300_000);
    expect(readChallenge(secret, 'second anna', challenge, START)).toBeUndefined();
    expect(readChallenge(new Uint8Array(32), 'login', challenge, START)).toBeUndefined();
    expect(readChallenge(secret, 'login', challenge, new Date(START.getTime() + 300_000))).toBeUndefined();
  });

  it.each([
    ['localhost:8421', 'localhost'],
    ['Parapet.Example', 'parapet.example'],
    ['127.0.0.1:8421', undefined],
    ['[::1]:8421', undefined],
    ['', undefined],
  ])('at %s counts for %s', (header, host) => {
    expect(passkeyHost(header)).toBe(host);
  });
});

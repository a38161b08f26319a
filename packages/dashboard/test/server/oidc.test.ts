import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimAt, nameOf, roleOf } from '../../src/server/access/oidc.ts';
import type { OidcOptions } from '../../src/server/index.ts';
import { challengeOf, CLIENT, startLiar, type Liar } from './oidcLiar.ts';
import { PASSWORD, testSite, type Answer, type Browser, type TestSite } from './site.ts';

const ROLES = { viewer: ['staff'], analyst: [], operator: ['ops'], admin: ['bosses'] };

let liar: Liar;
let nonce = '';

beforeAll(async () => {
  liar = await startLiar(() => nonce);
});

afterAll(() => liar.stop());

beforeEach(() => {
  liar.says = {};
  liar.isForged = false;
  liar.handedIn.length = 0;
});

async function siteWithProvider(siteRoles?: OidcOptions['siteRoles']): Promise<TestSite> {
  const { issuer } = liar;
  const how = { scopes: ['openid'], nameClaim: 'preferred_username', roleClaim: 'groups', roles: ROLES };
  const oidc = { name: 'Works', issuer, ...CLIENT, ...how };
  return testSite({ oidc: siteRoles === undefined ? oidc : { ...oidc, siteRoles } });
}

/** Sends a browser off; what it was sent with. */
async function leave(browser: Browser): Promise<URLSearchParams> {
  const answer = await browser.post('/data/login/oidc', {});
  expect(answer.status).toBe(200);
  const { searchParams } = new URL(String(answer.body['url']));
  nonce = searchParams.get('nonce') ?? '';
  return searchParams;
}

async function arrive(browser: Browser, state: string | null, code = 'c0de'): Promise<Answer> {
  return browser.get(`/data/login/oidc/back?code=${code}&state=${state ?? ''}`);
}

async function comeIn(browser: Browser): Promise<Answer> {
  return arrive(browser, (await leave(browser)).get('state'));
}

const to = ({ status, headers }: Answer): readonly unknown[] => [status, headers.get('location')];
const REFUSED = [303, '/?fault=E_DASHBOARD_OIDC'];

describe('coming in through a provider', () => {
  it('makes a user with the role that the claims give, and a session', async () => {
    const site = await siteWithProvider();
    const browser = site.browser();
    expect((await browser.get('/data/session')).body).toMatchObject({ provider: 'Works', hasUsers: false });
    const sent = await leave(browser);
    expect(sent.get('redirect_uri')).toBe('http://localhost:8421/data/login/oidc/back');
    expect([sent.get('response_type'), sent.get('code_challenge_method')]).toEqual(['code', 'S256']);
    expect(to(await arrive(browser, sent.get('state')))).toEqual([303, '/']);
    expect(challengeOf(liar.handedIn[0]?.get('code_verifier') ?? '')).toBe(sent.get('code_challenge'));
    const { user } = (await browser.get('/data/session')).body;
    expect(user).toEqual({
      ...{ name: 'olga', role: 'operator', siteRoles: {}, hasTotp: false, isOfProvider: true },
    });
    expect(site.told.map(({ type }) => type)).toEqual(['login.ok']);
  });

  it('gives roles for single sites, anew each time', async () => {
    const none = { viewer: [], analyst: [], operator: [], admin: [] };
    const site = await siteWithProvider(new Map([['shop', { ...none, operator: ['shop-team'] }]]));
    const browser = site.browser();
    liar.says = { groups: ['shop-team', 'others'] };
    expect(to(await comeIn(browser))).toEqual([303, '/']);
    const { user, sites } = (await browser.get('/data/session')).body;
    expect([user, sites]).toMatchObject([{ siteRoles: { shop: 'operator' } }, ['shop']]);
    expect(user).not.toHaveProperty('role');
    liar.says = { groups: ['others'] };
    expect(to(await comeIn(site.browser()))).toEqual([303, '/?fault=E_DASHBOARD_OIDC_ROLE']);
    expect((await browser.get('/data/overview')).status).toBe(401);
  });

  it('gives the role anew each time, and none where the claims give none', async () => {
    const site = await siteWithProvider();
    const browser = site.browser();
    await comeIn(browser);
    liar.says = { groups: ['bosses', 'staff'] };
    await browser.get('/data/session');
    await comeIn(browser);
    expect((await site.store.users.list()).map(({ name, role }) => [name, role])).toEqual([
      ['olga', 'admin'],
    ]);
    liar.says = { groups: ['others'] };
    expect(to(await comeIn(site.browser()))).toEqual([303, '/?fault=E_DASHBOARD_OIDC_ROLE']);
    expect((await browser.get('/data/overview')).status).toBe(401);
  });

  it('makes nobody another user, whatever they are called', async () => {
    const site = await siteWithProvider();
    await site.somebody('admin');
    liar.says = { preferred_username: 'admin-1' };
    const browser = site.browser();
    await comeIn(browser);
    const { user } = (await browser.get('/data/session')).body;
    expect(user).toMatchObject({ name: 'admin-1.2', role: 'operator' });
    expect((await site.store.users.find('admin-1'))?.role).toBe('admin');
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['for somebody else', { aud: 'another client' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another time', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['without a subject', { sub: undefined }],
  ])('takes no token %s', async (_, says) => {
    const site = await siteWithProvider();
    liar.says = says;
    const browser = site.browser();
    expect(to(await comeIn(browser))).toEqual(REFUSED);
    expect((await browser.get('/data/overview')).status).toBe(401);
    expect(await site.store.users.list()).toEqual([]);
  });

  it('forgives clocks that are a little apart', async () => {
    const site = await siteWithProvider();
    liar.says = { exp: Math.floor(Date.now() / 1000) - 20, iat: Math.floor(Date.now() / 1000) + 20 };
    expect(to(await comeIn(site.browser()))).toEqual([303, '/']);
  });

  it('takes no token that somebody else has signed', async () => {
    const site = await siteWithProvider();
    liar.isForged = true;
    expect(to(await comeIn(site.browser()))).toEqual(REFUSED);
  });

  it('ends where it began: in the same browser, in time, once, and on our own page', async () => {
    const site = await siteWithProvider();
    const [victim, attacker] = [site.browser(), site.browser('198.51.100.7')];
    const journey = [303, '/?fault=E_DASHBOARD_OIDC_JOURNEY'];
    const state = (await leave(attacker)).get('state');
    expect(to(await arrive(victim, state))).toEqual(journey);
    await leave(victim);
    expect(to(await arrive(victim, state))).toEqual(journey);
    const own = (await leave(victim)).get('state');
    const { cookie } = victim;
    expect(to(await arrive(victim, own))).toEqual([303, '/']);
    const again = site.browser();
    again.cookie = cookie;
    expect(to(await arrive(again, own))).toEqual(journey);
    const late = site.browser();
    const old = (await leave(late)).get('state');
    site.nowMs += 600_000;
    expect(to(await arrive(late, old))).toEqual(journey);
    const foreign = await site.browser().post('/data/login/oidc', {}, { origin: 'https://evil.example' });
    expect(foreign.body['code']).toBe('E_DASHBOARD_FORGED');
  });

  it('leaves passwords, links and roles of its users to the provider', async () => {
    const site = await siteWithProvider();
    const admin = await site.somebody('admin');
    const browser = site.browser();
    await comeIn(browser);
    const login = await site.browser().post('/data/login', { name: 'olga', password: '' });
    expect(login.body['code']).toBe('E_DASHBOARD_WRONG');
    for (const [path, body] of [
      ['/data/users/role', { user: 'olga', role: 'admin' }],
      ['/data/users/invite', { user: 'olga', role: 'operator' }],
    ] as const)
      expect((await admin.post(path, body)).body['code']).toBe('E_DASHBOARD_OIDC_USER');
    const given = { token: site.invitation('operator', 'olga'), name: 'olga', password: PASSWORD };
    expect((await site.browser().post('/data/welcome', given)).body['code']).toBe('E_DASHBOARD_LINK');
    site.nowMs += 12 * 3_600_000 + 1;
    expect((await browser.get('/data/overview')).status).toBe(401);
  });

  it('is not there without one, and says so when the provider does not answer', async () => {
    const none = await testSite();
    expect((await none.browser().post('/data/login/oidc', {})).status).toBe(404);
    const how = { scopes: ['openid'], nameClaim: 'sub', roleClaim: 'groups', roles: ROLES };
    const site = await testSite({ oidc: { name: 'Gone', issuer: 'http://127.0.0.1:9', ...CLIENT, ...how } });
    const answer = await site.browser().post('/data/login/oidc', {});
    expect([answer.status, answer.body['code']]).toEqual([502, 'E_DASHBOARD_OIDC']);
    expect(site.faults.length).toBe(1);
  });
});

describe('claims', () => {
  it('give the highest role that they name', () => {
    expect(roleOf(['staff', 'bosses'], ROLES)).toBe('admin');
    expect(roleOf('ops', ROLES)).toBe('operator');
    for (const none of [undefined, [], ['others'], 7, { ops: true }])
      expect(roleOf(none, ROLES)).toBeUndefined();
    expect(roleOf(undefined, { ...ROLES, viewer: ['*'] })).toBe('viewer');
  });

  it('are found in others, and under names with dots', () => {
    const claims = { realm_access: { roles: ['ops'] }, 'https://x.example/roles': 'staff' };
    expect(claimAt(claims, 'realm_access.roles')).toEqual(['ops']);
    expect(claimAt(claims, 'https://x.example/roles')).toBe('staff');
    for (const absent of ['realm_access.none', 'a.b', 'toString', 'realm_access.roles.length.x'])
      expect(claimAt(claims, absent)).toBeUndefined();
  });

  it('become names that can be one here', () => {
    expect(nameOf([undefined, 'Olga Müller <o@x>', 'x'])).toBe('Olga-M-ller-o@x');
    expect(nameOf(['', '***', '7'])).toBe('7');
    expect(nameOf(['a'.repeat(200)])).toHaveLength(60);
    expect(nameOf([])).toBe('somebody');
  });
});

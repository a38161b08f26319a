import { describe, expect, it } from 'vitest';
import { totpCode } from '../../src/server/access/totp.ts';
import { PASSWORD, testSite, type Browser, type TestSite } from './site.ts';

async function withTotp(site: TestSite, browser: Browser): Promise<string> {
  const { secret } = (await browser.post('/data/account/totp', { password: PASSWORD })).body;
  const code = totpCode(String(secret), Math.floor(site.nowMs / 30_000));
  const confirmed = await browser.post('/data/account/totp/confirm', { secret, code, password: PASSWORD });
  expect(confirmed.status).toBe(200);
  return String(secret);
}

describe('the first run', () => {
  it('lets the holder of the link in as admin, once', async () => {
    const site = await testSite();
    const browser = site.browser();
    expect((await browser.get('/data/session')).body).toEqual({ hasUsers: false, version: '' });
    const token = site.invitation('admin');
    const given = { token, name: 'anna', password: PASSWORD };
    const first = await browser.post('/data/welcome', given);
    expect(first.body).toMatchObject({ user: { name: 'anna', role: 'admin', hasTotp: false } });
    expect(first.headers.get('set-cookie')).toMatch(/^parapet-8421=\S{43}; .*HttpOnly; SameSite=Strict$/);
    expect((await browser.get('/data/session')).body).toMatchObject({ user: { name: 'anna' } });
    const second = await site.browser().post('/data/welcome', { ...given, name: 'eve' });
    expect([second.status, second.body['code']]).toEqual([403, 'E_DASHBOARD_LINK']);
  });

  it('does not spend the link on a bad password or a taken name', async () => {
    const site = await testSite();
    await site.somebody('admin');
    const token = site.invitation('viewer');
    const browser = site.browser();
    const codes = [];
    for (const [name, password] of [
      ['bert', 'short'],
      ['bert', 'aaaaaaaaaaaaaaaa'],
      ['bertholdine', 'bertholdine12'],
      ['admin-1', PASSWORD],
      ['no name', PASSWORD],
    ])
      codes.push((await browser.post('/data/welcome', { token, name, password })).body['code']);
    expect(codes).toEqual([
      'E_DASHBOARD_PASSWORD',
      'E_DASHBOARD_PASSWORD',
      'E_DASHBOARD_PASSWORD',
      'E_DASHBOARD_NAME',
      'E_DASHBOARD_BODY',
    ]);
    expect((await browser.post('/data/welcome', { token, name: 'bert', password: PASSWORD })).status).toBe(
      200,
    );
  });

  it('sends a Secure cookie that no other site can set where it is served over TLS', async () => {
    const site = await testSite({ isSecure: true });
    const given = { token: site.invitation('admin'), name: 'anna', password: PASSWORD };
    const answer = await site.browser().post('/data/welcome', given);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-parapet-8421=.*Path=\/; HttpOnly;.*; Secure$/);
  });
});

describe('logging in', () => {
  it('tells neither which names exist nor that there is a second factor', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    await withTotp(site, admin);
    const stranger = site.browser('198.51.100.7');
    const nobody = await stranger.post('/data/login', { name: 'nobody', password: 'x' });
    const wrong = await stranger.post('/data/login', { name: 'admin-1', password: 'x' });
    expect(wrong.body).toEqual(nobody.body);
    expect([wrong.status, wrong.body['code']]).toEqual([401, 'E_DASHBOARD_WRONG']);
  });

  it('asks for the code, takes it once, and begins a session', async () => {
    const site = await testSite();
    const secret = await withTotp(site, await site.somebody('admin'));
    site.nowMs += 60_000;
    const code = totpCode(secret, Math.floor(site.nowMs / 30_000));
    const browser = site.browser();
    const given = { name: 'admin-1', password: PASSWORD };
    expect((await browser.post('/data/login', given)).body['code']).toBe('E_DASHBOARD_CODE_NEEDED');
    expect((await browser.post('/data/login', { ...given, code: '000000' })).body['code']).toBe(
      'E_DASHBOARD_CODE_WRONG',
    );
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
    expect((await browser.post('/data/login', { ...given, code: spaced })).status).toBe(200);
    expect((await browser.get('/data/session')).body).toMatchObject({ user: { hasTotp: true } });
    const again = await site.browser('198.51.100.7').post('/data/login', { ...given, code });
    expect(again.body['code']).toBe('E_DASHBOARD_CODE_WRONG');
  });

  it('is slow for who guesses, and not for others', async () => {
    const site = await testSite();
    await site.somebody('admin');
    const stranger = site.browser('198.51.100.7');
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++)
      statuses.push((await stranger.post('/data/login', { name: `n${i}`, password: 'x' })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const waiting = await stranger.post('/data/login', { name: 'admin-1', password: PASSWORD });
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([429, '1']);
    const owner = await site.browser().post('/data/login', { name: 'admin-1', password: PASSWORD });
    expect(owner.status).toBe(200);
  });

  it('tells the engine who fails, who has to wait, who comes in and who is there', async () => {
    const site = await testSite();
    await site.somebody('admin');
    site.told.length = 0;
    const stranger = site.browser('198.51.100.7');
    for (let i = 0; i < 6; i++) await stranger.post('/data/login', { name: 'admin-1', password: 'x' });
    await site.browser('198.51.100.8').post('/data/login', { name: 'nobody', password: 'x' });
    const owner = site.browser();
    site.nowMs += 2000;
    await owner.post('/data/login', { name: 'admin-1', password: PASSWORD });
    site.nowMs += 61_000;
    await owner.get('/data/overview');
    await owner.get('/data/overview');
    const failed = 'login.failed admin-1 password';
    expect(site.told.map(({ type, user, reason }) => `${type} ${user?.name} ${reason}`)).toEqual([
      ...[failed, failed, failed, failed, failed, 'login.limited undefined undefined'],
      ...['login.failed undefined password', 'login.ok admin-1 undefined', 'seen admin-1 undefined'],
    ]);
  });

  it('gives a token that nobody had before: a planted cookie is worth nothing', async () => {
    const site = await testSite();
    await site.somebody('admin');
    const victim = site.browser();
    victim.cookie = `parapet-8421=${'A'.repeat(43)}`;
    await victim.post('/data/login', { name: 'admin-1', password: PASSWORD });
    expect(victim.cookie).not.toContain('AAAA');
    const attacker = site.browser();
    attacker.cookie = `parapet-8421=${'A'.repeat(43)}`;
    expect((await attacker.get('/data/overview')).status).toBe(401);
  });

  it('ends the session that the browser had', async () => {
    const site = await testSite();
    const browser = await site.somebody('admin');
    const old = browser.cookie;
    await browser.post('/data/login', { name: 'admin-1', password: PASSWORD });
    const thief = site.browser();
    thief.cookie = old;
    expect((await thief.get('/data/overview')).status).toBe(401);
    expect((await browser.get('/data/overview')).status).toBe(200);
  });
});

describe('a session', () => {
  it('ends when one logs out, everywhere at once', async () => {
    const site = await testSite();
    const browser = await site.somebody('viewer');
    const thief = site.browser();
    thief.cookie = browser.cookie;
    expect((await thief.get('/data/overview')).status).toBe(200);
    expect((await browser.post('/data/logout', {})).status).toBe(200);
    expect((await thief.get('/data/overview')).status).toBe(401);
  });

  it('ends after half a day of quiet, and after a week', async () => {
    const site = await testSite();
    const quiet = await site.somebody('viewer');
    site.nowMs += 12 * 3_600_000 + 1;
    expect((await quiet.get('/data/overview')).status).toBe(401);
    const busy = await site.somebody('viewer');
    for (let i = 0; i < 16; i++) {
      expect((await busy.get('/data/overview')).status).toBe(200);
      site.nowMs += 10 * 3_600_000;
    }
    expect((await busy.get('/data/overview')).status).toBe(200);
    site.nowMs += 10 * 3_600_000;
    expect((await busy.get('/data/overview')).status).toBe(401);
  });

  it('goes on alone, under a new token, when the password is changed', async () => {
    const site = await testSite();
    const here = await site.somebody('admin');
    const there = site.browser();
    await there.post('/data/login', { name: 'admin-1', password: PASSWORD });
    const old = here.cookie;
    const changed = await here.post('/data/account/password', {
      ...{ old: PASSWORD, password: 'nine calm herons' },
    });
    expect(changed.status).toBe(200);
    expect(here.cookie).not.toBe(old);
    expect((await here.get('/data/overview')).status).toBe(200);
    expect((await there.get('/data/overview')).status).toBe(401);
    const wrong = await here.post('/data/account/password', { old: PASSWORD, password: 'ten quick foxes!' });
    expect(wrong.body['code']).toBe('E_DASHBOARD_WRONG');
  });
});

describe('a link for somebody who is known', () => {
  it('gives a new password, takes the lost second factor away and ends all sessions', async () => {
    const site = await testSite();
    const lost = await site.somebody('operator');
    await withTotp(site, lost);
    const token = site.invitation('operator', 'operator-1');
    const given = { token, name: 'somebody-else', password: 'nine calm herons' };
    const answer = await site.browser().post('/data/welcome', given);
    expect(answer.body).toMatchObject({ user: { name: 'operator-1', role: 'operator', hasTotp: false } });
    expect((await lost.get('/data/overview')).status).toBe(401);
  });

  it('gives nobody a role back that was taken away, and lets nobody in who was removed', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    await site.somebody('operator');
    const [first, second] = [
      site.invitation('operator', 'operator-2'),
      site.invitation('operator', 'operator-2'),
    ];
    await admin.post('/data/users/role', { user: 'operator-2', role: 'viewer' });
    const given = { name: 'x', password: 'nine calm herons' };
    const back = await site.browser().post('/data/welcome', { ...given, token: first });
    expect(back.body).toMatchObject({ user: { name: 'operator-2', role: 'viewer' } });
    await admin.post('/data/users/remove', { user: 'operator-2' });
    const gone = await site.browser().post('/data/welcome', { ...given, token: second });
    expect([gone.status, gone.body['code']]).toEqual([403, 'E_DASHBOARD_LINK']);
  });
});

describe('tries with names that nobody has', () => {
  it('do not fill the audit log, which never forgets', async () => {
    const site = await testSite();
    for (let i = 0; i < 6; i++) {
      const stranger = site.browser(`198.51.100.${i}`);
      await stranger.post('/data/login', { name: `n${i}`, password: 'x' });
    }
    site.nowMs += 61_000;
    await site.browser('198.51.100.9').post('/data/login', { name: 'n', password: 'x' });
    const entries = await site.store.audit.list({ act: 'login.failed' });
    expect(entries.map(({ target, details }) => [target, details])).toEqual([
      ['(nobody)', {}],
      ['(nobody)', { tries: 6 }],
    ]);
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '@parapet/kinds';
import { createLapi } from '../src/index.ts';
import { HERE, KEY, NOON, stand } from './stand.ts';

const login = (machine_id: string, password: string): string => JSON.stringify({ machine_id, password });

describe('a machine', () => {
  it('gets a token with its password, and the same refusal for a wrong one as for a name that is not there', async () => {
    const { ask } = await stand();
    const right = await ask('POST', '/v1/watchers/login', { body: login('web1', 'secret') });
    expect(right.json()).toEqual({ code: 200, expire: '2026-03-01T13:00:00Z', token: expect.any(String) });
    const [, claims] = right.json().token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      ...{ exp: 1772370000, id: 'web1', orig_iat: 1772366400 },
    });
    const wrong = await ask('POST', '/v1/watchers/login', { body: login('web1', 'other') });
    const absent = await ask('POST', '/v1/watchers/login', { body: login('nobody', 'other') });
    expect([wrong.status, wrong.json()]).toEqual([
      401,
      { code: 401, message: 'incorrect Username or Password' },
    ]);
    expect([absent.status, absent.text]).toEqual([wrong.status, wrong.text]);
  });

  it('is told 401 without a token, with a forged one and with one that has run out', async () => {
    const { ask, as, pass } = await stand();
    const { token } = (await ask('POST', '/v1/watchers/login', { body: login('web1', 'secret') })).json();
    const get = async (text: string): Promise<number> =>
      (await ask('GET', '/v1/alerts', { headers: { authorization: `Bearer ${text}` } })).status;
    const [head, claims, signature] = token.split('.');
    const forged = Buffer.from('{"exp":9999999999,"id":"web1","orig_iat":1}').toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect((await ask('GET', '/v1/alerts')).status).toBe(401);
    expect(await get(token)).toBe(200);
    expect(await get('x')).toBe(401);
    expect(await get(`${head}.${forged}.${signature}`)).toBe(401);
    expect(await get(`${none}.${claims}.`)).toBe(401);
    expect((await as('GET', '/v1/refresh_token')).json().code).toBe(200);
    expect((await as('GET', '/v1/heartbeat')).text).toBe('');
    pass(3_600_000);
    expect(await get(token)).toBe(401);
  });

  it('shows how far its clock is off when it says its time, alone or with what it has counted', async () => {
    const { ask, as, lapi, store } = await stand();
    const { token } = (await ask('POST', '/v1/watchers/login', { body: login('web1', 'secret') })).json();
    const headers = { authorization: `Bearer ${token}` };
    const aheadOf = async (): Promise<number | undefined> => {
      await lapi.flush();
      return (await store.clients.findMachine('web1'))?.clockAheadMs;
    };
    await ask('GET', '/v1/heartbeat', { headers });
    expect(await aheadOf()).toBeUndefined();
    await ask('GET', '/v1/heartbeat', { headers: { ...headers, date: 'Sun, 01 Mar 2026 12:00:42 GMT' } });
    expect(await aheadOf()).toBe(42_500);
    // One that says nothing does not make it right.
    await ask('GET', '/v1/heartbeat', { headers });
    expect(await aheadOf()).toBe(42_500);
    const meta = { utc_now_timestamp: NOON.getTime() / 1000 - 60, window_size_seconds: 1800 };
    const counted = { version: 'v1', utc_startup_timestamp: 1, metrics: [{ meta, items: [] }] };
    await as('POST', '/v1/usage-metrics', { log_processors: [counted] });
    expect(await aheadOf()).toBe(-59_500);
  });

  it('stays in when the clock is set back a little, and is out when it was removed', async () => {
    const { as, pass, store } = await stand();
    expect((await as('GET', '/v1/alerts')).status).toBe(200);
    pass(-60_000);
    expect((await as('GET', '/v1/alerts')).status).toBe(200);
    await store.clients.removeMachine('web1');
    expect((await as('GET', '/v1/alerts')).status).toBe(401);
  });

  it('registers and waits to be admitted, or comes with a token', async () => {
    const registration = { token: 'let-me-in-please', ranges: [parseCidr('10.0.0.0/8')!] };
    const { ask, store } = await stand({ registration });
    expect((await ask('POST', '/v1/watchers', { body: login('web2', 'pw') })).status).toBe(201);
    const again = await ask('POST', '/v1/watchers', { body: login('web2', 'pw') });
    expect([again.status, again.json()]).toEqual([403, { message: "user 'web2': user already exist" }]);
    const waiting = await ask('POST', '/v1/watchers/login', { body: login('web2', 'pw') });
    expect([waiting.status, waiting.json().message]).toEqual([401, 'machine web2 not validated']);
    const body = JSON.stringify({
      machine_id: 'web3',
      password: 'pw',
      registration_token: 'let-me-in-please',
    });
    expect((await ask('POST', '/v1/watchers', { body, peer: { ip: '192.0.2.1' } })).status).toBe(401);
    expect((await ask('POST', '/v1/watchers', { body, peer: { ip: '10.1.2.3' } })).status).toBe(202);
    expect((await ask('POST', '/v1/watchers/login', { body: login('web3', 'pw') })).status).toBe(200);
    expect((await store.clients.findMachine('web3'))?.passwordHash).not.toContain('pw');
  });

  it('comes with a certificate of the right unit', async () => {
    const { ask } = await stand({ certificates: { machineUnits: ['agent'], bouncerUnits: ['bouncer'] } });
    const peer = (unit: string) => ({ ip: '192.0.2.9', certificate: { commonName: 'web9', units: [unit] } });
    const body = '{"scenarios":[]}';
    expect((await ask('POST', '/v1/watchers/login', { body, peer: peer('agent') })).status).toBe(200);
    expect((await ask('POST', '/v1/watchers/login', { body, peer: peer('bouncer') })).status).toBe(401);
    expect((await ask('GET', '/v1/decisions', { peer: peer('bouncer') })).status).toBe(200);
    expect((await ask('GET', '/v1/decisions', { peer: peer('agent') })).status).toBe(403);
  });

  it('of a CrowdSec that was here before logs in with its password, which is kept our way from then on', async () => {
    const { ask, store, now } = await stand();
    // As `cscli machines add --password here` has made it.
    const passwordHash = '$2a$10$NRkzSX1ADDjSCzS1i6E8COw0J4Q37E9QTJyiKX2CK0LWkag7AYc/O';
    await store.clients.putMachine({
      ...{ name: 'old', isValidated: true, ip: '', version: '', scenarios: [], createdAt: now() },
      passwordHash,
    });
    const status = async (name: string, password: string): Promise<number> =>
      (await ask('POST', '/v1/watchers/login', { body: login(name, password) })).status;
    expect(await status('old', 'there')).toBe(401);
    expect(await status('nobody', 'here')).toBe(401);
    expect((await store.clients.findMachine('old'))?.passwordHash).toBe(passwordHash);
    expect(await status('old', 'here')).toBe(200);
    expect((await store.clients.findMachine('old'))?.passwordHash).toMatch(/^scrypt:/);
    expect(await status('old', 'here')).toBe(200);
    expect(await status('web1', 'secret')).toBe(200);
  });

  it('that guesses is slowed down, and others are not', async () => {
    const { ask, pass } = await stand();
    const guess = async (ip: string): Promise<number> =>
      (await ask('POST', '/v1/watchers/login', { body: login('web1', 'no'), peer: { ip } })).status;
    const statuses: number[] = [];
    for (let i = 0; i < 14; i++) statuses.push(await guess('192.0.2.66'));
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.at(-1)).toBe(429);
    expect(await guess('192.0.2.67')).toBe(401);
    pass(120_000);
    expect(await guess('192.0.2.66')).toBe(401);
  });
});

describe('a bouncer', () => {
  it('is refused with a wrong key, or with none', async () => {
    const { ask } = await stand();
    for (const headers of [
      {},
      { 'x-api-key': 'wrong' },
      { 'x-api-key': '' },
      { 'x-api-key': 'x'.repeat(5000) },
    ]) {
      const answer = await ask('GET', '/v1/decisions/stream', { headers: { ...headers } });
      expect([answer.status, answer.json()]).toEqual([403, { message: 'access forbidden' }]);
    }
  });

  it('is known by what it says it is', async () => {
    const { get, store, lapi } = await stand();
    await get('/v1/decisions', { headers: { 'user-agent': 'crowdsec-firewall-bouncer/v0.0.25-debian' } });
    await lapi.flush();
    expect(await store.clients.findBouncer('fw')).toMatchObject({
      ...{ type: 'crowdsec-firewall-bouncer', version: 'v0.0.25-debian', ip: '127.0.0.1' },
    });
  });

  it('shows how often it fetches what has changed, and how far its clock is off', async () => {
    const { get, store, lapi, pass } = await stand();
    const found = async () => {
      await lapi.flush();
      return store.clients.findBouncer('fw');
    };
    await get('/v1/decisions/stream?startup=true');
    pass(10_000);
    // Whoever asks about one address has no habit.
    await get('/v1/decisions?ip=192.0.2.1');
    expect(await found()).not.toHaveProperty('pauseMs');
    await get('/v1/decisions/stream', { headers: { date: 'Sun, 01 Mar 2026 12:00:10 GMT' } });
    expect(await found()).toMatchObject({ pauseMs: 10_000, clockAheadMs: 500 });
    pass(60_000);
    await get('/v1/decisions/stream', { headers: { date: 'Sun, 01 Mar 2026 11:01:10 GMT' } });
    expect(await found()).toMatchObject({ pauseMs: 60_000, clockAheadMs: -3_599_500 });
    // The longest pause of the last days counts.
    pass(10_000);
    await get('/v1/decisions/stream');
    const { pauseMs = 0 } = (await found())!;
    expect(pauseMs).toBeGreaterThan(59_990);
    for (let day = 0; day < 20; day += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        pass(3_600_000);
        await get('/v1/decisions/stream');
      }
    }
    expect(await found()).toMatchObject({ pauseMs: 3_600_000 });
    for (let i = 0; i < 10; i += 1) {
      pass(10_000);
      await get('/v1/decisions/stream');
    }
    expect((await found())!.pauseMs).toBeGreaterThan(3_590_000);
  });

  it('is not blamed for what it waited while nobody was here', async () => {
    const { get, store, lapi, pass, now } = await stand();
    await get('/v1/decisions/stream?startup=true');
    await lapi.flush();
    pass(7_200_000);
    const next = createLapi({
      ...{ store, now, secret: new Uint8Array(32).fill(7), ingest: () => {}, ingestMore: () => {} },
      onLifted: () => {},
    });
    pass(5000);
    const headers = { 'x-api-key': KEY };
    const request = new Request('http://127.0.0.1:8080/v1/decisions/stream', { headers });
    await (await next(request, HERE)).text();
    await next.flush();
    expect((await store.clients.findBouncer('fw'))?.pauseMs).toBe(5000);
  });

  it('tells what it has counted', async () => {
    const { ask, store, lapi } = await stand();
    const metrics = {
      remediation_components: [
        {
          ...{
            version: 'v1',
            utc_startup_timestamp: 1,
            os: { name: 'debian', version: '12' },
            feature_flags: [],
          },
          metrics: [
            {
              meta: { utc_now_timestamp: 2, window_size_seconds: 600 },
              items: [{ name: 'dropped', value: 12, unit: 'request', labels: { origin: 'CAPI' } }],
            },
          ],
          type: 'fw',
        },
      ],
    };
    const headers = { 'x-api-key': 'a-key-of-a-bouncer', 'content-encoding': 'gzip' };
    const body = gzipSync(JSON.stringify(metrics));
    expect((await ask('POST', '/v1/usage-metrics', { body, headers })).status).toBe(201);
    expect((await store.clients.listReports())[0]).toMatchObject({
      kind: 'bouncer',
      name: 'fw',
      body: { version: 'v1' },
    });
    // Who says that it is 1970 has no clock that somebody has set wrong.
    await lapi.flush();
    expect(await store.clients.findBouncer('fw')).not.toHaveProperty('clockAheadMs');
    const empty = await ask('POST', '/v1/usage-metrics', {
      body: '{}',
      headers: { 'x-api-key': headers['x-api-key'] },
    });
    expect(empty.status).toBe(400);
  });
});

describe('whatever is asked', () => {
  it('a path that is not there is 404, a method that is not there 405, and health is told to all', async () => {
    const { ask } = await stand();
    expect((await ask('GET', '/')).status).toBe(404);
    expect((await ask('GET', '/v1/x')).status).toBe(404);
    expect((await ask('POST', '/v1/decisions')).status).toBe(405);
    expect((await ask('PUT', '/v1/watchers/login')).status).toBe(405);
    expect((await ask('GET', '/health')).json()).toEqual({ status: 'up' });
  });

  it('a body that is too long, no JSON or a bomb is refused', async () => {
    const { ask } = await stand();
    const post = (body: string | Uint8Array, headers = {}) => ask('POST', '/v1/watchers', { body, headers });
    expect((await post('x')).status).toBe(400);
    expect((await post('')).status).toBe(400);
    expect((await post('{}')).status).toBe(400);
    expect((await post(`"${'x'.repeat(70_000)}"`)).status).toBe(413);
    expect((await post(gzipSync('x'.repeat(1_000_000)), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post('xx', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('xx', { 'content-encoding': 'br' })).status).toBe(415);
  });
});

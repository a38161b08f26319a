import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../src/api.ts';
import { SCOPES } from '../src/access/scopes.ts';
import { ALERT_ID, DECISION_ID, filled, NOON, sampleAlert, sampleDecision, stand } from './stand.ts';

/** A request for each route that can be done on a stand that is filled. */
const DOABLE: Readonly<
  Record<string, { readonly target: string; readonly body?: unknown; readonly status: number }>
> = {
  'get /status': { target: '/status', status: 200 },
  'get /alerts': { target: '/alerts', status: 200 },
  'get /alerts/{id}': { target: `/alerts/${ALERT_ID}`, status: 200 },
  'delete /alerts/{id}': { target: '/alerts/1', status: 200 },
  'get /explanations/{recordId}': { target: '/explanations/aaaabbbb', status: 200 },
  'get /decisions': { target: '/decisions', status: 200 },
  'post /decisions': { target: '/decisions', body: { value: '192.0.2.9' }, status: 201 },
  'delete /decisions': { target: '/decisions?value=203.0.113.5', status: 200 },
  'get /decisions/check': { target: '/decisions/check?value=203.0.113.5', status: 200 },
  'delete /decisions/{number}': { target: '/decisions/1', status: 200 },
  'get /allowlists': { target: '/allowlists', status: 200 },
  'post /allowlists': { target: '/allowlists', body: { value: '192.0.2.0/24' }, status: 201 },
  'delete /allowlists': { target: '/allowlists?value=198.51.100.0/24', status: 200 },
  'get /inspections': { target: '/inspections', status: 200 },
  'get /inspections/{id}': { target: '/inspections/1a2b3c4d', status: 200 },
  'get /feedback': { target: '/feedback', status: 200 },
  'get /feedback/preview': { target: '/feedback/preview?recordId=1a2b3c4d', status: 200 },
  'post /feedback': { target: '/feedback', body: { recordId: '1a2b3c4d', kind: 'attack' }, status: 201 },
  'post /signals': { target: '/signals', body: { type: 'login.failed' }, status: 202 },
  'get /signals': { target: '/signals', status: 200 },
};

describe('every route', () => {
  it('is done with its scope, refused with all others, and refused without a token', async () => {
    const made = await filled();
    const { store } = made;
    await store.inspections.addFeedback({
      ...{ kind: 'attack', recordId: '5e6f7a8b', site: 'shop', route: '/search', findings: [], network: 7 },
      ...{ at: NOON, by: 'anna', comment: '' },
    });
    const doable = { ...DOABLE, 'delete /feedback/{number}': { target: '/feedback/1', status: 200 } };
    const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(doable).toSorted()).toEqual(names.toSorted());
    // What deletes comes last.
    for (const route of ROUTES.toSorted(
      (a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'),
    )) {
      const name = `${route.method} ${route.path}`;
      const { target, status, ...more } = doable[name as keyof typeof doable];
      const scope = route.scope!;
      expect(SCOPES).toContain(scope);
      const others = await made.tokenFor(
        `not ${name}`,
        SCOPES.filter((one) => one !== scope),
      );
      const ask = (token: string | null) =>
        made.ask(route.method.toUpperCase(), `/api/v1${target}`, { ...more, token });
      const refused = await ask(others);
      expect([name, refused.status, refused.json().code]).toEqual([name, 403, 'E_API_SCOPE']);
      const stranger = await ask(null);
      expect([name, stranger.status, stranger.json().code]).toEqual([name, 401, 'E_API_TOKEN']);
      expect(stranger.headers.get('www-authenticate')).toContain('Bearer');
      const right = await ask(await made.tokenFor(`only ${name}`, [scope]));
      expect([name, right.status], right.text).toEqual([name, status]);
    }
    expect(made.faults).toEqual([]);
  });
});

describe('who asks', () => {
  it('is refused with a token that is unknown, has expired or was removed', async () => {
    const { ask, tokenFor, store, pass } = await stand();
    const token = await tokenFor('short', ['status:read'], new Date(NOON.getTime() + 60_000));
    expect((await ask('GET', '/api/v1/status', { token })).status).toBe(200);
    pass(60_000);
    expect((await ask('GET', '/api/v1/status', { token })).status).toBe(401);
    expect((await ask('GET', '/api/v1/status', { token: 'pt_wrong' })).status).toBe(401);
    expect((await ask('GET', '/api/v1/status', { token: 'x'.repeat(5000) })).status).toBe(401);
    await store.tokens.remove('all');
    pass(1000);
    expect((await ask('GET', '/api/v1/status')).status).toBe(401);
  });

  it('is slowed down after guessing, which keeps out nobody whose token is right', async () => {
    const { ask } = await stand();
    const statuses: number[] = [];
    for (let i = 0; i < 14; i++)
      statuses.push((await ask('GET', '/api/v1/status', { token: `pt_${i}` })).status);
    expect(statuses.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    expect((await ask('GET', '/api/v1/status')).status).toBe(200);
    const other = await ask('GET', '/api/v1/status', { token: 'pt_x', ip: '127.0.0.2' });
    expect(other.status).toBe(401);
  });

  it('may ask so often with one token, and then has to wait', async () => {
    const { ask, pass } = await stand();
    const statuses = new Set<number>();
    for (let i = 0; i < 200; i++) statuses.add((await ask('GET', '/api/v1/signals')).status);
    expect([...statuses]).toEqual([200]);
    const late = await ask('GET', '/api/v1/signals');
    expect([late.status, late.json().code, late.headers.get('retry-after')]).toEqual([
      429,
      'E_API_RATE',
      '1',
    ]);
    const body = { type: 'a.b' };
    expect((await ask('POST', '/api/v1/signals', { body })).status, 'signals go on').toBe(202);
    pass(1000);
    expect((await ask('GET', '/api/v1/signals')).status).toBe(200);
  });

  it('has to name this machine in Host, unless it comes over a Unix socket', async () => {
    const { ask } = await stand();
    const statusWith = async (host: string, ip?: string): Promise<number> =>
      (await ask('GET', '/api/v1/status', { headers: { host }, ...(ip === undefined ? {} : { ip }) })).status;
    for (const host of ['localhost:8091', '[::1]:8091', '192.0.2.7', 'Parapet.example.org.', 'LOCALHOST'])
      expect([host, await statusWith(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', '', 'localhost.evil.example', '127.0.0.1.evil.example:8091'])
      expect([host, await statusWith(host)]).toEqual([host, 421]);
    expect(await statusWith('whatever', '')).toBe(200);
    expect((await ask('GET', '/api/v1/openapi.json', { headers: { host: 'evil.example' } })).status).toBe(
      421,
    );
  });

  it('is noted, at most once a minute', async () => {
    const { ask, api, store } = await stand();
    await ask('GET', '/api/v1/status', {
      ...{ ip: '192.0.2.1', headers: { date: new Date(NOON.getTime() + 42_000).toUTCString() } },
    });
    await ask('GET', '/api/v1/status', { ip: '192.0.2.2' });
    await api.flush();
    expect((await store.tokens.list())[0]).toMatchObject({
      ...{ name: 'all', usedAt: NOON, ip: '192.0.2.1', clockAheadMs: 42_500 },
    });
  });
});

describe('an answer', () => {
  it('lets no page of another site read it', async () => {
    const { ask } = await stand();
    const answer = await ask('GET', '/api/v1/status', { headers: { origin: 'https://evil.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await ask('OPTIONS', '/api/v1/status')).status).toBe(405);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is 304 for whoever has it', async () => {
    const { ask, store } = await filled();
    const first = await ask('GET', '/api/v1/allowlists');
    const tag = first.headers.get('etag')!;
    const again = await ask('GET', '/api/v1/allowlists', { headers: { 'if-none-match': `"x", W/${tag}` } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    await store.addToAllowlist([{ list: 'office', value: '192.0.2.1', comment: '' }], 'anna');
    const changed = await ask('GET', '/api/v1/allowlists', { headers: { 'if-none-match': tag } });
    expect(changed.status).toBe(200);
  });

  it('says what was wrong, as problem details', async () => {
    const { ask } = await filled();
    const cases: [string, string, number, string, unknown?][] = [
      ['GET', '/api/v1/nothing', 404, 'E_API_ABSENT'],
      ['GET', '/', 404, 'E_API_ABSENT'],
      ['PUT', '/api/v1/alerts', 405, 'E_API_METHOD'],
      ['POST', '/api/v1/openapi.json', 405, 'E_API_METHOD'],
      ['GET', '/api/v1/alerts?colour=red', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts?limit=0', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts?limit=5&limit=6', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts?cursor=abc', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts?ip=300.1.1.1', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts?since=yesterday', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/status?x=1', 400, 'E_API_QUERY'],
      ['GET', '/api/v1/alerts/99', 404, 'E_API_ABSENT'],
      ['GET', '/api/v1/alerts/x', 404, 'E_API_ABSENT'],
      ['GET', '/api/v1/explanations/12345678', 404, 'E_API_ABSENT'],
      ['GET', '/api/v1/explanations/%2e%2e', 404, 'E_API_ABSENT'],
      ['DELETE', '/api/v1/decisions', 400, 'E_API_QUERY'],
      ['DELETE', '/api/v1/decisions/77', 404, 'E_API_ABSENT'],
      ['POST', '/api/v1/decisions', 400, 'E_API_BODY', { value: 'nobody' }],
      ['POST', '/api/v1/decisions', 400, 'E_API_BODY', { value: '192.0.2.1', duration: '0s' }],
      ['POST', '/api/v1/decisions', 400, 'E_API_BODY', { value: '192.0.2.1', colour: 'red' }],
      ['POST', '/api/v1/decisions', 409, 'E_API_SPARED', { value: '10.0.0.1' }],
      ['POST', '/api/v1/decisions', 409, 'E_API_ALLOWLISTED', { value: '198.51.100.7' }],
      ['POST', '/api/v1/allowlists', 400, 'E_API_BODY', { value: 'x' }],
      [
        'POST',
        '/api/v1/allowlists',
        400,
        'E_API_BODY',
        { value: '192.0.2.1', expiresAt: '2020-01-01T00:00:00Z' },
      ],
      ['DELETE', '/api/v1/allowlists?value=192.0.2.77', 404, 'E_API_ABSENT'],
      ['POST', '/api/v1/feedback', 404, 'E_API_ABSENT', { recordId: '00000000', kind: 'attack' }],
      ['DELETE', '/api/v1/feedback/5', 404, 'E_API_ABSENT'],
      ['POST', '/api/v1/signals', 422, 'E_SIGNAL_REFUSED', { type: 'x' }],
    ];
    for (const [method, target, status, code, body] of cases) {
      const answer = await ask(method, target, body === undefined ? {} : { body });
      expect([target, answer.status, answer.json().code]).toEqual([target, status, code]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.json()).toMatchObject({ type: 'about:blank', status });
    }
  });

  it('refuses bodies that are too long, of another type, or no JSON', async () => {
    const { ask } = await stand();
    const post = (raw: string, headers: Record<string, string> = {}) =>
      ask('POST', '/api/v1/decisions', { raw, headers });
    expect((await post('{')).json()).toMatchObject({ status: 400, code: 'E_API_BODY' });
    expect((await post('{}', { 'content-type': 'text/plain' })).json()).toMatchObject({
      status: 415,
      code: 'E_API_MEDIA',
    });
    expect((await post(`{"value":"${'x'.repeat(70_000)}"}`)).json()).toMatchObject({
      status: 413,
      code: 'E_API_LARGE',
    });
    expect((await post('{}', { 'content-encoding': 'br' })).json()).toMatchObject({
      status: 415,
      code: 'E_API_MEDIA',
    });
    const bomb = gzipSync(Buffer.alloc(10_000_000, 32));
    const sent = await ask('POST', '/api/v1/decisions', {
      raw: new Uint8Array(bomb),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(sent.json()).toMatchObject({ status: 413 });
  });
});

describe('alerts', () => {
  it('come page by page, each once, while others are added', async () => {
    const { ask, store } = await stand();
    const add = async (from: number, count: number): Promise<void> => {
      const alerts = Array.from({ length: count }, (_, i) =>
        sampleAlert(`0000${1000 + from + i}-1111-4111-8111-111111111111`, `203.0.113.${from + i}`),
      );
      store.record({ alerts, decisions: [] });
      await store.flush();
    };
    await add(0, 25);
    const seen: number[] = [];
    let target = '/api/v1/alerts?limit=10';
    for (let turn = 0; turn < 4; turn++) {
      const { items, next } = (await ask('GET', target)).json();
      seen.push(...items.map((one: { number: number }) => one.number));
      if (next === undefined) break;
      if (turn === 0) await add(100, 5);
      target = `/api/v1/alerts?limit=10&cursor=${next}`;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
  });

  it('are found by address, scenario, time and whether something is in force', async () => {
    const { ask } = await filled();
    const count = async (query: string): Promise<number> =>
      (await ask('GET', `/api/v1/alerts?${query}`)).json().items.length;
    expect(await count('ip=203.0.113.0/24')).toBe(1);
    expect(await count('ip=192.0.2.0/24')).toBe(0);
    expect(await count('scenario=parapet/signal-login-bf&active=true')).toBe(1);
    expect(await count('since=1h&until=2026-03-01T13:00:00Z')).toBe(1);
    expect(await count('until=2026-03-01T12:00:00Z')).toBe(0);
    expect(await count('simulated=true')).toBe(0);
  });

  it('tell their evidence and what was decided, and take it along when they are deleted', async () => {
    const { ask, lifted } = await filled();
    const alert = (await ask('GET', `/api/v1/alerts/${ALERT_ID}`)).json();
    expect(alert).toMatchObject({ number: 1, decisions: [{ recordId: 'aaaabbbb', isActive: true }] });
    expect(alert.events[0].meta).toMatchObject({ http_path: '/user/login' });
    expect(alert.sentence).toContain('203.0.113.5');
    expect((await ask('DELETE', '/api/v1/alerts/1')).json()).toEqual({ deleted: 1, lifted: 1 });
    expect(lifted.map(({ id }) => id)).toEqual([DECISION_ID]);
    expect((await ask('GET', '/api/v1/alerts/1')).status).toBe(404);
  });
});

describe('decisions', () => {
  it('are made, told to the engine, found for their value, and lifted', async () => {
    const { ask, added, lifted } = await filled();
    const body = { value: '192.0.2.0/24', duration: '2h', remediation: 'captcha', reason: 'too many' };
    const made = (await ask('POST', '/api/v1/decisions', { body })).json();
    expect(made).toMatchObject({ scope: 'range', expiresAt: '2026-03-01T14:00:00.000Z', origin: 'operator' });
    expect(added.map(({ id }) => id)).toEqual([made.id]);
    const inside = (await ask('GET', '/api/v1/decisions/check?value=192.0.2.77')).json();
    expect(inside.decisions).toHaveLength(1);
    expect((await ask('GET', '/api/v1/decisions/check?value=198.51.100.9')).json().allowlisted).toHaveLength(
      1,
    );
    const gone = (await ask('DELETE', `/api/v1/decisions/${made.number}`)).json();
    expect(gone.items[0]).toMatchObject({ isActive: false, lift: { by: 'token all' } });
    expect(lifted.map(({ id }) => id)).toEqual([made.id]);
    expect((await ask('DELETE', `/api/v1/decisions/${made.number}`)).json().items).toEqual([]);
  });

  it('are made once, however often they are sent, and the audit log names the person', async () => {
    const { ask, store, added } = await stand();
    const id = '0a1b2c3d-1111-4111-8111-111111111111';
    const body = { id, value: '192.0.2.9', reason: 'spams the shop', by: 'anna' };
    expect((await ask('POST', '/api/v1/decisions', { body })).status).toBe(201);
    const again = await ask('POST', '/api/v1/decisions', { body });
    expect([again.status, again.json().recordId, added.length]).toEqual([200, '0a1b2c3d', 1]);
    const gone = (await ask('DELETE', '/api/v1/decisions?recordId=0a1b2c3d&by=bert')).json();
    expect(gone.items[0]).toMatchObject({ id, lift: { by: 'bert (token all)' } });
    // What was lifted stays so, when the first message comes a third time.
    const late = await ask('POST', '/api/v1/decisions', { body });
    expect([late.status, late.json().isActive]).toEqual([200, false]);
    const entries = await store.audit.list({});
    expect(entries.map(({ who, act, target }) => [who, act, target])).toEqual([
      ['anna (token all)', 'decision.add', '192.0.2.9'],
      ['bert (token all)', 'decision.lift', '192.0.2.9'],
    ]);
    expect((await ask('DELETE', '/api/v1/decisions?by=bert')).status).toBe(400);
  });

  it('come page by page, in force or all', async () => {
    const { ask, store, pass } = await stand();
    await store.addDecisions(
      Array.from({ length: 7 }, (_, i) =>
        sampleDecision(`${i}aaabbbb-1111-4111-8111-111111111111`, `203.0.113.${i}`),
      ),
    );
    const first = (await ask('GET', '/api/v1/decisions?limit=5')).json();
    expect(first.items.map((one: { value: string }) => one.value)).toEqual(
      [6, 5, 4, 3, 2].map((i) => `203.0.113.${i}`),
    );
    const second = (await ask('GET', `/api/v1/decisions?limit=5&cursor=${first.next}`)).json();
    expect([second.items.length, second.next]).toEqual([2, undefined]);
    pass(5 * 3_600_000);
    expect((await ask('GET', '/api/v1/decisions')).json().items).toEqual([]);
    expect((await ask('GET', '/api/v1/decisions?active=false')).json().items).toHaveLength(7);
  });

  it('are all lifted that a filter names, and so many of them are shown', async () => {
    const { ask, store } = await stand();
    const ids = Array.from(
      { length: 700 },
      (_, i) => `${String(i).padStart(8, '0')}-1111-4111-8111-111111111111`,
    );
    await store.addDecisions(ids.map((id, i) => sampleDecision(id, `198.18.${i >> 8}.${i & 255}`)));
    const gone = (await ask('DELETE', '/api/v1/decisions?ip=198.18.0.0/15')).json();
    expect([gone.count, gone.items.length]).toEqual([700, 500]);
    expect((await ask('GET', '/api/v1/decisions')).json().items).toEqual([]);
  });

  it('are made on those who must be spared only by force', async () => {
    const { ask } = await stand();
    const body = { value: '10.0.0.1', force: true };
    expect((await ask('POST', '/api/v1/decisions', { body })).status).toBe(201);
  });
});

describe('allowlists', () => {
  it('lift what was decided inside a new entry, and are left again', async () => {
    const { ask, lifted } = await filled();
    const body = { value: '203.0.113.0/24', list: 'friends', comment: 'a friend' };
    expect((await ask('POST', '/api/v1/allowlists', { body })).json()).toMatchObject({ list: 'friends' });
    expect(lifted.map(({ id }) => id)).toEqual([DECISION_ID]);
    const removed = (await ask('DELETE', '/api/v1/allowlists?value=203.0.113.0/24')).json();
    expect(removed.items).toHaveLength(1);
  });
});

describe('an explanation', () => {
  it('of a decision says who, what for, until when, and how to undo it', async () => {
    const { ask } = await filled();
    const why = (await ask('GET', '/api/v1/explanations/AAAABBBB')).json();
    expect(why).toMatchObject({
      ...{ kind: 'decision', remediation: 'ban', isOver: false, until: '2026-03-01T16:00:00.000Z' },
      undo: { method: 'DELETE', href: '/api/v1/decisions/1' },
    });
    expect(why.sentence).toMatch(/^203\.0\.113\.5 is banned for 4 hours: .*failed to log in/);
    expect(why.evidence[0].text).toBe('/user/login');
    const { method, href } = why.undo;
    expect((await ask(method, href)).status).toBe(200);
    const over = (await ask('GET', '/api/v1/explanations/aaaabbbb')).json();
    expect(over).toMatchObject({ isOver: true, until: '2026-03-01T12:00:00.000Z' });
    expect(over).not.toHaveProperty('undo');
  });

  it('of a refused request says what was found where, and how to say that it was none', async () => {
    const { ask } = await filled();
    const why = (await ask('GET', '/api/v1/explanations/1a2b3c4d')).json();
    expect(why.sentence).toBe(
      'A request of 192.0.2.1 (GET /search) was blocked: query q looks like commands for a database',
    );
    expect(why.evidence).toEqual([{ at: '2026-03-01T12:00:00.000Z', text: 'union select' }]);
    const { method, href, body } = why.undo;
    // Another finding is like it, so that a look at it is asked for first.
    expect((await ask(method, href, { body })).json()).toMatchObject({
      ...{ status: 409, code: 'E_FEEDBACK_PREVIEW', letsThrough: ['5e6f7a8b'] },
    });
    expect((await ask(method, href, { body: { ...body, confirm: true } })).status).toBe(201);
  });
});

describe('feedback', () => {
  it('is shown beforehand, said once, and undone', async () => {
    const { ask } = await filled();
    const preview = (await ask('GET', '/api/v1/feedback/preview?recordId=1a2b3c4d')).json();
    expect(preview).toEqual({
      looked: 2,
      letsThrough: [{ recordId: '5e6f7a8b', path: '/search', isWhole: true }],
    });
    const body = { recordId: '1a2b3c4d', kind: 'no-attack', confirm: true, comment: 'our editors' };
    const said = (await ask('POST', '/api/v1/feedback', { body })).json();
    expect(said).toMatchObject({ by: 'token all', isInForce: true, comment: 'our editors' });
    expect(JSON.stringify(said)).not.toContain('AQID');
    expect((await ask('POST', '/api/v1/feedback', { body })).json().code).toBe('E_FEEDBACK_SAID');
    expect((await ask('GET', '/api/v1/feedback')).json().items).toHaveLength(1);
    const undone = (await ask('DELETE', `/api/v1/feedback/${said.number}`)).json();
    expect(undone).toMatchObject({ isInForce: false, undone: { by: 'token all' } });
    expect((await ask('DELETE', `/api/v1/feedback/${said.number}`)).status).toBe(404);
    expect((await ask('GET', '/api/v1/feedback')).json().items).toEqual([]);
    expect((await ask('GET', '/api/v1/feedback?active=false')).json().items).toHaveLength(1);
  });
});

describe('the status', () => {
  it('says what a threat level is made of, and what is not well', async () => {
    const { ask } = await filled({
      engine: () => ({
        ...{
          startedAt: NOON,
          lines: 1,
          unparsedLines: 0,
          sources: [],
          scenarios: 1,
          problems: 2,
          decisionsActive: 1,
        },
        gateway: { workers: 0 },
      }),
    });
    expect((await ask('GET', '/api/v1/status')).json()).toMatchObject({
      state: 'degraded',
      reasons: ['No gateway worker is connected', '2 items have problems'],
      threat: { alertsLastHour: 1, decisionsActive: 1, inspectionsLastHour: 2, openAppeals: 0 },
    });
  });
});

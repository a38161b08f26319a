// Requests of all kinds: right ones, right ones with one thing changed, and wild ones. None makes the API fail, and
// none stores what was not meant. PARAPET_FUZZ_RUNS=50000 asks for the long run.

import { describe, expect, it } from 'vitest';
import { KEY, sentAlert, stand, type AskOptions } from './stand.ts';

const COUNT = Number(process.env['PARAPET_FUZZ_RUNS'] ?? 4000);
const METHODS = ['GET', 'GET', 'POST', 'POST', 'DELETE', 'HEAD', 'PUT', 'PATCH', 'OPTIONS'];
const PATHS = [
  ...['/v1/watchers', '/v1/watchers/login', '/v1/refresh_token', '/v1/heartbeat', '/v1/alerts'],
  ...['/v1/alerts/1', '/v1/alerts/x', '/v1/alerts/99999999999999999999', '/v1/decisions', '/v1/decisions/1'],
  ...[
    '/v1/decisions/stream',
    '/v1/decisions/%00',
    '/v1/allowlists',
    '/v1/allowlists/a%2Fb',
    '/v1/allowlists/check',
  ],
  ...[
    '/v1/allowlists/check/192.0.2.1',
    '/v1/allowlists/check/%ff',
    '/v1/usage-metrics',
    '/health',
    '/',
    '/v1/%',
  ],
];
const QUERY_KEYS = [
  ...['ip', 'range', 'scope', 'value', 'type', 'contains', 'origins', 'scopes', 'startup', 'limit', 'since'],
  ...[
    'until',
    'scenario',
    'scenarios_containing',
    'scenarios_not_containing',
    'has_active_decision',
    'simulated',
  ],
  ...['decision_type', 'include_capi', 'with_content', '__proto__', 'origin', 'id'],
];
const VALUES = [
  ...[
    '',
    'true',
    'false',
    '1',
    '-1',
    '1e309',
    'NaN',
    '192.0.2.1',
    '192.0.2.0/24',
    '2001:db8::/129',
    '::1',
    'ip,range',
  ],
  ...[
    '4h',
    '-4h',
    '9999999999999h',
    '1d',
    '%00',
    '%ff%fe',
    "' OR 1=1 --",
    '%25',
    '\u{1F600}',
    'x'.repeat(3000),
  ],
];
const BODIES: readonly unknown[] = [
  ...[null, [], {}, 7, 'x', [null], [[]], { targets: ['192.0.2.1'] }, { targets: [7] }, { targets: {} }],
  ...[[sentAlert('192.0.2.9')], [sentAlert('nonsense')], sentAlert('192.0.2.9')],
  ...[
    { machine_id: 'web1', password: 'wrong', scenarios: [] },
    { machine_id: {}, password: [] },
  ],
  { log_processors: [{ version: 'v', utc_startup_timestamp: 1 }] },
];
/** Requests as real clients send them; an address takes the place of `IP`. */
const RIGHT: readonly (readonly [method: string, target: string, body?: unknown])[] = [
  ['POST', '/v1/alerts', [sentAlert('IP')]],
  ['POST', '/v1/alerts', [sentAlert('IP'), sentAlert('2001:db8::1', { remediation: false })]],
  [
    'POST',
    '/v1/alerts',
    [
      sentAlert('IP', {
        decisions: [
          ...[{ origin: 'cscli', type: 'ban', scope: 'Ip', value: 'IP', duration: '4h', scenario: 'manual' }],
        ],
      }),
    ],
  ],
  ['GET', '/v1/alerts?limit=5&has_active_decision=true&include_capi=false'],
  ['GET', '/v1/alerts?since=24h&scope=ip&value=IP'],
  ['DELETE', '/v1/alerts?ip=IP'],
  ['GET', '/v1/decisions?ip=IP&contains=true'],
  ['DELETE', '/v1/decisions?ip=IP'],
  ['DELETE', '/v1/decisions?range=192.0.2.0/24&contains=false'],
  ['GET', '/v1/decisions/stream?startup=true'],
  ['GET', '/v1/decisions/stream?scopes=ip,range&origins=crowdsec,cscli'],
  ['GET', '/v1/allowlists?with_content=true'],
  ['POST', '/v1/allowlists/check', { targets: ['IP'] }],
  ['GET', '/v1/allowlists/check/IP'],
  ['POST', '/v1/watchers/login', { machine_id: 'web1', password: 'secret', scenarios: ['a/b'] }],
  ['GET', '/v1/refresh_token'],
  ['GET', '/v1/heartbeat'],
  [
    'POST',
    '/v1/usage-metrics',
    { remediation_components: [{ version: 'v', utc_startup_timestamp: 1, metrics: [] }] },
  ],
];

/** Numbers that look random and are the same in each run (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Sent extends AskOptions {
  readonly method: string;
  readonly target: string;
  readonly body?: string;
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

describe('requests of all kinds', () => {
  it(
    'are answered, and store nothing that was not meant',
    async () => {
      const faults: unknown[] = [];
      const { ask, store, pass } = await stand({ onFault: (error) => faults.push(error) });
      const below = randomOf(7);
      const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;
      const login = JSON.stringify({ machine_id: 'web1', password: 'secret', scenarios: [] });
      const signIn = async (): Promise<string> =>
        (await ask('POST', '/v1/watchers/login', { body: login, peer: { ip: '' } })).json().token;
      let token = await signIn();
      const mutated = (text: string): string => {
        const at = below(text.length + 1);
        const kind = below(4);
        if (kind === 0) return text.slice(0, at);
        if (kind === 1)
          return `${text.slice(0, at)}${pick(['"', '{', '\0', '[', '1e999', 'null', '\ud800'])}${text.slice(at)}`;
        if (kind === 2) return text.slice(0, at) + text.slice(at + 1 + below(5));
        return text.replace(/"[^"]*"|\d+/g, (part) => (below(6) === 0 ? JSON.stringify(pick(BODIES)) : part));
      };
      const wild = (): Sent => {
        const method = pick(METHODS);
        const query = Array.from({ length: below(4) }, () => `${pick(QUERY_KEYS)}=${pick(VALUES)}`).join('&');
        const right = JSON.stringify(pick(BODIES));
        const headers: Record<string, string> = {};
        if (below(4) > 0)
          headers['authorization'] =
            below(8) === 0 ? `Bearer ${mutated(token).replaceAll(/[^\w.-]/g, '')}` : `Bearer ${token}`;
        if (below(3) > 0) headers['x-api-key'] = below(8) === 0 ? 'wrong' : KEY;
        if (below(9) === 0) headers['content-encoding'] = pick(['gzip', 'br', 'identity', '']);
        if (below(9) === 0) headers['content-length'] = pick(['-1', 'x', '999999999']);
        if (below(4) === 0) headers['user-agent'] = pick(['', '/', 'a/b/c', 'x'.repeat(5000)]);
        return {
          ...{ method, headers, target: `${pick(PATHS)}${query === '' ? '' : `?${query}`}` },
          peer: { ip: pick(['127.0.0.1', '', '192.0.2.77', '::1', 'nonsense']) },
          ...(hasBody(method) ? { body: below(2) === 0 ? right : mutated(right) } : {}),
        };
      };
      const right = (): Sent => {
        const [method, target, body] = pick(RIGHT);
        const ip = `192.0.2.${below(8)}`;
        const named = (text: string): string => text.replaceAll('IP', ip);
        const as = method === 'GET' && target.startsWith('/v1/decisions');
        return {
          ...{ method, target: named(target), peer: { ip: '' } },
          headers:
            as || target === '/v1/usage-metrics'
              ? { 'x-api-key': KEY }
              : { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body: named(JSON.stringify(body)) }),
        };
      };
      const changed = (sent: Sent): Sent => {
        const kind = below(4);
        if (kind === 0) {
          const { body = '', ...rest } = sent;
          const method = pick(METHODS);
          return hasBody(method) ? { ...rest, method, body } : { ...rest, method };
        }
        if (kind === 1)
          return {
            ...sent,
            target: `${sent.target}${sent.target.includes('?') ? '&' : '?'}${pick(QUERY_KEYS)}=${pick(VALUES)}`,
          };
        if (kind === 2) return { ...sent, headers: { ...sent.headers, ...wild().headers } };
        return sent.body === undefined ? sent : { ...sent, body: mutated(sent.body) };
      };
      const bad: string[] = [];
      let taken = 0;
      const statuses = new Set<number>();
      for (let i = 0; i < COUNT; i++) {
        if (i % 2000 === 1999) token = await signIn();
        pass(1500);
        const kind = below(10);
        const sent = kind < 4 ? wild() : kind < 8 ? changed(right()) : right();
        const { method, target, body } = sent;
        const answer = await ask(method, target, sent);
        statuses.add(answer.status);
        if (answer.status >= 500 || answer.status < 200)
          bad.push(`${answer.status} ${method} ${target} ${body}`);
        if (kind >= 8 && answer.status >= 300)
          bad.push(`${answer.status} ${method} ${target} ${body} was right: ${answer.text}`);
        if (answer.status === 201 && target.startsWith('/v1/alerts')) taken += (answer.json() ?? []).length;
      }
      expect({ bad: bad.slice(0, 10), faults: faults.slice(0, 3) }).toEqual({ bad: [], faults: [] });
      // It went past the doors too.
      expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 401, 403, 404, 405]));
      expect(taken).toBeGreaterThan(0);
      expect(await store.countAlerts({})).toBeLessThanOrEqual(taken);
      const machines = (await store.clients.listMachines()).filter(({ isValidated }) => isValidated);
      expect(machines.map(({ name }) => name)).toEqual(['web1']);
      expect((await store.clients.listBouncers()).map(({ name }) => name)).toEqual(['fw']);
      expect(await store.listAllowlist()).toEqual([]);
    },
    60_000 + COUNT * 20,
  );
});

describe('a thousand logins at once', () => {
  it('get right codes, and bouncers are served meanwhile', async () => {
    const { ask, get, ban } = await stand();
    await ban('a', '192.0.2.1');
    const logIn = async (i: number): Promise<number> => {
      const body = JSON.stringify({ machine_id: i % 2 === 0 ? 'web1' : `web${i}`, password: 'guess' });
      const peer = { ip: `198.51.${100 + (i >> 8)}.${i & 255}` };
      return (await ask('POST', '/v1/watchers/login', { body, peer })).status;
    };
    let areDone = false;
    const all = Promise.all(Array.from({ length: 1000 }, (_, i) => logIn(i))).then((statuses) => {
      areDone = true;
      return statuses;
    });
    const stream = await get('/v1/decisions/stream?startup=true');
    expect([stream.status, stream.json().new.length, areDone]).toEqual([200, 1, false]);
    const statuses = new Set(await all);
    expect(statuses).toEqual(new Set([401, 429]));
    const body = JSON.stringify({ machine_id: 'web1', password: 'secret' });
    expect((await ask('POST', '/v1/watchers/login', { body })).status).toBe(200);
  });
});

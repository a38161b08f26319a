// Tokens for single sites: every route is walked with one, with the numbers and names of what belongs to another site.

import { expect, it } from 'vitest';
import { ROUTES } from '../src/api.ts';
import { SCOPES } from '../src/access/scopes.ts';
import { NOON, sampleAlert, sampleDecision, stand, type Stand } from './stand.ts';

const OWNERS = ['shop', 'blog', ''] as const;
const FOREIGN = /foreign|198\.51\.100\./;

/** Each owner has one of everything, in this order: numbers are 1, 2 and 3. */
async function filled(): Promise<Stand & { readonly token: string }> {
  const made = await stand();
  const { store } = made;
  for (const [index, site] of OWNERS.entries()) {
    const mark = site === 'shop' ? 'own' : 'foreign';
    const ip = site === 'shop' ? '192.0.2.77' : `198.51.100.${index}`;
    const id = `aaaabbb${index}-0000-4000-8000-000000000000`;
    const meta = [['http_path', `/${mark}`] as const, ...(site === '' ? [] : [['site', site] as const])];
    store.record({
      alerts: [sampleAlert(id, ip, { scenario: `parapet/${mark}`, events: [{ at: NOON, meta }] })],
      decisions: [sampleDecision(`ccccddd${index}-0000-4000-8000-000000000000`, ip, { alertId: id })],
    });
    await store.flush();
    await store.inspections.add([
      {
        ...{ id: `1a2b3c4${index}`, site, at: NOON, ip: ip as never, method: 'GET', path: `/${mark}` },
        ...{ route: '/', action: 'block', isEnforced: true, score: 1, network: 7, isVouched: false },
        ...{ reasons: [], findings: [{ class: 'sql', placement: 'query', name: 'q' }] as never },
      },
    ]);
    await store.inspections.addFeedback({
      ...{ kind: 'attack', recordId: `5e6f7a8${index}`, site, route: '/', findings: [], network: 7 },
      ...{ at: NOON, by: mark, comment: mark },
    });
    await store.addAppeal({
      ...{ site, recordId: '', ip, message: mark, email: '', language: 'en', at: NOON },
    });
  }
  await store.addToAllowlist([{ list: 'x', value: '198.51.100.99', comment: 'foreign' }], 'foreign');
  return { ...made, token: await made.tokenFor('app', SCOPES, undefined, ['shop']) };
}

/** What belongs to others, in every way in which it can be asked for. */
const ASKED: Readonly<Record<string, readonly (readonly [target: string, body?: unknown])[]>> = {
  'get /status': [['/status']],
  'get /alerts': [['/alerts'], ['/alerts?ip=198.51.100.0/24'], ['/alerts?scenario=parapet/foreign']],
  'get /alerts/{id}': [['/alerts/2'], ['/alerts/3'], ['/alerts/aaaabbb1-0000-4000-8000-000000000000']],
  'delete /alerts/{id}': [['/alerts/2'], ['/alerts/3']],
  'get /explanations/{recordId}': [['/explanations/1a2b3c41'], ['/explanations/ccccddd1']],
  'get /decisions': [['/decisions'], ['/decisions?ip=198.51.100.1'], ['/decisions?recordId=ccccddd1']],
  'post /decisions': [['/decisions', { value: '192.0.2.9' }]],
  'delete /decisions': [['/decisions?value=198.51.100.1'], ['/decisions?recordId=ccccddd1']],
  'get /decisions/check': [['/decisions/check?value=198.51.100.1']],
  'delete /decisions/{number}': [['/decisions/2'], ['/decisions/3']],
  'get /allowlists': [['/allowlists']],
  'post /allowlists': [['/allowlists', { value: '192.0.2.0/24' }]],
  'delete /allowlists': [['/allowlists?value=198.51.100.99']],
  'get /inspections': [['/inspections'], ['/inspections?site=blog']],
  'get /inspections/{id}': [['/inspections/1a2b3c41']],
  'get /feedback': [['/feedback']],
  'get /feedback/preview': [['/feedback/preview?recordId=1a2b3c41']],
  'post /feedback': [['/feedback', { recordId: '1a2b3c41', kind: 'attack' }]],
  'delete /feedback/{number}': [['/feedback/2'], ['/feedback/3']],
  'post /signals': [
    ['/signals', { type: 'login.failed', site: 'blog' }],
    ['/signals', { type: 'a.b' }],
  ],
  'get /signals': [['/signals']],
};

it('a token for one site is told nothing of another, and changes nothing there', async () => {
  const { ask, store, token, faults } = await filled();
  expect(Object.keys(ASKED).toSorted()).toEqual(
    ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
  for (const [name, targets] of Object.entries(ASKED))
    for (const [target, body] of targets) {
      const method = name.split(' ', 1)[0]!.toUpperCase();
      const answer = await ask(method, `/api/v1${target}`, {
        token,
        ...(body === undefined ? {} : { body }),
      });
      expect([name, target, FOREIGN.exec(answer.text)?.[0]]).toEqual([name, target, undefined]);
      expect([name, answer.status < 500]).toEqual([name, true]);
    }
  expect(faults).toEqual([]);
  expect(await store.countAlerts({})).toBe(3);
  expect(await store.countDecisions({ activeAt: NOON })).toBe(3);
  expect(await store.inspections.listFeedback({ inForceAt: NOON })).toHaveLength(3);
  expect(await store.listAllowlist()).toHaveLength(1);
  expect(await store.signals.after(0, 9)).toEqual([]);
});

it('a token for one site is told of it, and refused what is about all', async () => {
  const { ask, token } = await filled();
  expect((await ask('GET', '/api/v1/alerts', { token })).json().items).toMatchObject([{ number: 1 }]);
  expect((await ask('GET', '/api/v1/decisions', { token })).json().items).toHaveLength(1);
  expect((await ask('GET', '/api/v1/inspections/1a2b3c40', { token })).status).toBe(200);
  const signal = { type: 'login.failed', site: 'shop' };
  expect((await ask('POST', '/api/v1/signals', { token, body: signal })).json().accepted).toBe(1);
  expect((await ask('DELETE', '/api/v1/decisions/1', { token })).status).toBe(200);
  for (const target of ['/status', '/allowlists', '/signals', '/decisions/check?value=192.0.2.77'])
    expect((await ask('GET', `/api/v1${target}`, { token })).json().code).toBe('E_API_SITES');
  const ban = { token, body: { value: '192.0.2.9' } };
  expect((await ask('POST', '/api/v1/decisions', ban)).json().code).toBe('E_API_SITES');
});

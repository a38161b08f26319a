// Roles for single sites. Every route is walked as every role for one site, with the numbers and names of what belongs to
// another: nothing of it may be told, counted or changed.

import { describe, expect, it } from 'vitest';
import { parseIp, type Alert, type Ip } from '@parapet/kinds';
import { ROUTES } from '../../src/server/dashboard.ts';
import { ROLES } from '../../src/server/index.ts';
import type { Moment } from '../../src/wire.ts';
import { PASSWORD, START, testSite, type Answer, type Browser, type TestSite } from './site.ts';

/** Whose things are whose; the last are of no known site. */
const OWNERS = ['shop', 'blog', ''] as const;
type Owner = (typeof OWNERS)[number];

const OWN = 'shop';
/** Stands in every text of the others. */
const FOREIGN = /foreign|198\.51\.100\./;

function ipOf(owner: Owner): Ip {
  return parseIp(owner === OWN ? '192.0.2.77' : owner === '' ? '198.51.100.3' : '198.51.100.2')!;
}

function alertOf(owner: Owner, number: number): Alert {
  const ip = ipOf(owner);
  const mark = owner === OWN ? 'own' : 'foreign';
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    scenario: `parapet/${mark}-injection`,
    ...{ scenarioVersion: '0.1', scenarioHash: 'ab', source: { scope: 'ip', value: ip, ip } },
    ...{ startAt: START, stopAt: START, knownAt: START, eventsCount: 4 },
    events: [
      {
        at: START,
        meta: [['http_path', `/${mark}`], ...(owner === '' ? [] : [['target_fqdn', owner] as const])],
      },
    ],
    ...{ message: mark, remediation: true, simulated: false, labels: {}, capacity: 3, leakSpeedMs: 10_000 },
  };
}

/** A store in which each owner has one of everything, in this order: numbers are 1, 2 and 3. */
async function filled(): Promise<TestSite> {
  const site = await testSite();
  const { store } = site;
  for (const [index, owner] of OWNERS.entries()) {
    const [ip, alert] = [ipOf(owner), alertOf(owner, index + 1)];
    const mark = owner === OWN ? 'own' : 'foreign';
    store.record({
      alerts: [alert],
      decisions: [
        {
          id: `aaaaaaa${index}-0000-4000-8000-000000000000`,
          ...{ target: { scope: 'ip', value: ip }, remediation: 'ban', startAt: START },
          expiresAt: new Date(START.getTime() + 3_600_000),
          ...{ scenario: alert.scenario, origin: 'scenario', mode: 'live', alertId: alert.id },
        },
      ],
    });
    await store.flush();
    await store.addAppeal({
      ...{ site: owner, recordId: `bbbbbbb${index}`, ip, message: `${mark} appeal`, email: '', at: START },
      language: 'en',
    });
    const findings = [{ class: 'sql', placement: 'query', name: 'q', detector: 'rules', template: 't' }];
    await store.inspections.add([
      {
        ...{ id: `bbbbbbb${index}`, site: owner, at: START, ip, method: 'GET', path: `/${mark}`, route: '/' },
        ...{ action: 'block', isEnforced: true, score: 1, network: 7, isVouched: false, reasons: [] },
        findings: findings as never,
      },
    ]);
    await store.inspections.addFeedback({
      ...{ kind: 'attack', recordId: `ccccccc${index}`, site: owner, route: '/', findings: [], network: 7 },
      ...{ at: START, by: mark, comment: '' },
    });
    await store.sawOperator({ site: owner, who: `${mark} editor`, ip, kind: 'vouched', at: START });
    await store.humanSigns.add([
      { ip, kind: 'passed', record: `bbbbbbb${index}`, at: START, ...(owner === '' ? {} : { site: owner }) },
    ]);
    await store.audit.add({
      ...{ who: mark, ip: '', act: 'x', target: mark, details: owner === '' ? {} : { site: owner } },
    });
  }
  await store.minutes.add(
    [{ at: START, lines: 7777, stopped: 7777, alerts: 7777 }],
    [
      { site: 'shop', at: START, lines: 60, stopped: 2, alerts: 1 },
      { site: 'blog', at: START, lines: 7717, stopped: 7775, alerts: 7776 },
    ],
  );
  site.nodes.push({
    ...{ kind: 'machine', name: 'foreign-node', type: '', version: '1.2', ip: '198.51.100.2', seenMs: 7 },
    state: 'silent',
  });
  return site;
}

/** What is done to things of the second owner; everything else is sent as it stands. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/account/password': { old: 'wrong', password: PASSWORD },
  '/decisions': { value: '203.0.113.5', remediation: 'ban', duration: '1h' },
  '/decisions/lift': { numbers: [2, 3], reason: '' },
  '/decisions/again': { number: 2 },
  '/feedback/undo': { number: 2 },
  '/appeals/close': { number: 2, isAccepted: true },
  '/findings/:record/no-attack': { comment: '' },
  '/findings/:record/attack': { comment: '' },
  '/rules/preview': { name: 'parapet/foreign-injection', mode: 'enforce' },
  '/rules/mode': { name: 'parapet/foreign-injection', mode: 'off' },
  '/rules/test': { text: '/x' },
  '/settings': { key: 'notifications.time_zone', value: 'UTC' },
  '/bots/preview': { who: 'training', rule: 'block' },
  '/bots/rule': { who: 'training', rule: 'block' },
  '/sites/preview': { site: 'blog', what: 'mode', mode: 'observe' },
  '/sites/mode': { site: 'blog', what: 'mode', mode: 'observe' },
  '/incidents/close': { id: '2', reason: 'handled', note: 'x' },
  '/incidents/reopen': { id: '2' },
  '/notifications/test': { channel: 'owner' },
  '/notifications/rules': { channels: ['owner'], severity: 'low', about: ['attacks'] },
  '/notifications/rules/remove': { id: 'r1' },
  '/users/invite': { role: 'admin' },
  '/users/role': { user: 'boss', role: 'viewer' },
  '/users/remove': { user: 'boss' },
};
const FILES = ['week.html', 'report.txt', 'alerts.csv', 'alerts.json', 'attackers.stix.json'];

const guarded = ROUTES.filter(({ role, path }) => role !== 'everybody' && path !== '/live');

/** Asks a route about what is another's, in every way there is. */
async function* asked(browser: Browser, { method, path }: (typeof guarded)[number]): AsyncGenerator<Answer> {
  const paths = [2, 3].flatMap((n) =>
    FILES.map((file) =>
      path
        .replace(':file', file)
        .replace(':id', String(n))
        .replace(':record', `bbbbbbb${n - 1}`),
    ),
  );
  for (const one of new Set(paths)) {
    if (method === 'POST') yield await browser.post(`/data${one}`, BODIES[path] ?? {});
    else
      for (const query of ['', '?site=blog', '?site=', '?q=198.51.100.2&all=1', '?q=foreign&before=9&from=0'])
        yield await browser.get(`/data${one}${query}`);
  }
}

describe('a role for one site', () => {
  it.each(ROLES)('%s gives nothing of another, on any route', async (role) => {
    const site = await filled();
    const { store } = site;
    await store.users.put({ name: 'boss', role: 'admin', passwordHash: '', totpStep: 0, createdAt: START });
    const browser = await site.somebody(role, [OWN]);
    for (const route of guarded) {
      const mayHere = ROLES.indexOf(role) >= ROLES.indexOf(route.role as (typeof ROLES)[number]);
      for await (const { status, text, body } of asked(browser, route)) {
        const name = `${route.method} ${route.path}`;
        expect([name, FOREIGN.exec(text)?.[0], /\b77\d\d\b/.exec(text)?.[0]]).toEqual([
          name,
          undefined,
          undefined,
        ]);
        expect([name, status < 500]).toEqual([name, true]);
        const code = mayHere ? 'E_DASHBOARD_SITES' : 'E_DASHBOARD_ROLE';
        const isRefused = !mayHere || route.needs === 'all';
        expect([name, isRefused ? body['code'] : code]).toEqual([name, code]);
      }
    }
    expect(site.faults).toEqual([]);
    expect(await store.countDecisions({ activeAt: START })).toBe(3);
    expect(await store.countAppeals({ state: 'open' })).toBe(3);
    expect(await store.inspections.listFeedback({ inForceAt: START })).toHaveLength(3);
    expect((await store.users.find('boss'))?.role).toBe('admin');
  });

  it('gives what is of this site, also to who chose it among all', async () => {
    const site = await filled();
    const own = await site.somebody('operator', [OWN]);
    const all = await site.somebody('admin');
    for (const [browser, query] of [
      [own, ''],
      [all, '?site=shop'],
    ] as const) {
      const overview = await browser.get(`/data/overview${query}`);
      expect(overview.body['totals']).toMatchObject({ lines: 60, stopped: 2, alerts: 1, inForce: 1 });
      expect(overview.body['doubts']).toHaveLength(1);
      expect((await browser.get(`/data/incidents${query}`)).body['total']).toBe(1);
      expect((await browser.get(`/data/decisions${query}`)).body['total']).toBe(1);
      expect((await browser.get(`/data/reports/alerts.json${query}`)).text).toContain('192.0.2.77');
      const sites = (await browser.get(`/data/sites${query}`)).body['sites'] as readonly { name: string }[];
      expect(sites.map(({ name }) => name)).toEqual([OWN]);
    }
    const whole = await all.get('/data/overview');
    expect(whole.body['todos']).toContainEqual({ kind: 'node', count: 1, href: '/sites#nodes' });
    expect((await all.get('/data/sites')).body['nodes']).toMatchObject([{ name: 'foreign-node' }]);
    expect(whole.body['totals']).toMatchObject({ lines: 7777, alerts: 3, inForce: 3 });
    expect((await all.get('/data/overview?site=nowhere')).body['totals']).toMatchObject({
      lines: 0,
      alerts: 0,
    });
  });

  it('lets an operator undo what was decided for an alert there, do it again, and answer an appeal', async () => {
    const site = await filled();
    const own = await site.somebody('operator', [OWN]);
    const lifted = await own.post('/data/decisions/lift', { numbers: [1, 2, 3], reason: 'a mistake' });
    expect((lifted.body['lifted'] as readonly { number: number }[]).map(({ number }) => number)).toEqual([1]);
    expect((await own.post('/data/decisions/again', { number: 1 })).status).toBe(200);
    const closed = await own.post('/data/appeals/close', { number: 1, isAccepted: true });
    expect([closed.status, (closed.body['lifted'] as readonly unknown[]).length]).toEqual([200, 1]);
    const admin = await site.somebody('admin', [OWN]);
    const entries = (await admin.get('/data/audit')).body['entries'] as readonly { act: string }[];
    expect(entries.map(({ act }) => act)).toEqual([
      ...['appeal.accept', 'decision.lift', 'decision.again', 'decision.lift', 'x'],
    ]);
  });

  it('may be for several, each its own', async () => {
    const site = await filled();
    const admin = await site.somebody('admin');
    await site.somebody('viewer', []);
    const siteRoles = { shop: 'operator', blog: 'viewer' };
    const given = await admin.post('/data/users/role', { user: 'viewer-2', role: '', siteRoles });
    expect(given.status).toBe(200);
    const [, known] = (await admin.get('/data/users')).body as unknown as readonly { siteRoles: unknown }[];
    expect(known?.siteRoles).toEqual(siteRoles);
    const unknown = { user: 'viewer-2', role: '', siteRoles: { nowhere: 'admin' } };
    expect((await admin.post('/data/users/role', unknown)).body['code']).toBe('E_DASHBOARD_SITE');
    const { users } = site.store;
    expect((await users.find('viewer-2'))?.siteRoles).toEqual(new Map(Object.entries(siteRoles)));
  });

  it('comes with a link that an admin makes', async () => {
    const site = await filled();
    const admin = await site.somebody('admin');
    const { body } = await admin.post('/data/users/invite', { role: 'analyst', sites: ['shop', 'blog'] });
    const fresh = site.browser();
    const welcome = { token: body['token'], name: 'anna', password: PASSWORD };
    expect((await fresh.post('/data/welcome', welcome)).body).toMatchObject({
      user: { name: 'anna', siteRoles: { shop: 'analyst', blog: 'analyst' } },
      sites: ['blog', 'shop'],
    });
    expect((await fresh.get('/data/incidents')).body['total']).toBe(2);
    expect((await fresh.get('/data/users')).body['code']).toBe('E_DASHBOARD_ROLE');
  });

  it('hears of this site alone, while something happens at others', async () => {
    const { feed } = await testSite();
    const heard: Moment[] = [];
    feed.of([OWN]).listen((moment) => heard.push(moment), true);
    const alert = { family: '', title: '', source: { scope: 'ip', value: '192.0.2.1' }, sentence: '' };
    const request = { atMs: 0, ip: '', method: 'GET', path: '/', status: '', agent: '', action: '' };
    for (const site of OWNERS) {
      feed.tell({ kind: 'alert', atMs: 0, alert: { ...alert, title: site } }, site);
      feed.tell({ kind: 'changed', what: 'decisions' }, site);
      if (feed.wants()) feed.request({ ...request, path: site, ...(site === '' ? {} : { site }) });
    }
    feed.turn();
    const pulse = new Map([
      ['shop', { lines: 3, stopped: 1 }],
      ['blog', { lines: 70, stopped: 7 }],
    ]);
    feed.tell({ kind: 'pulse', atMs: 0, lines: 80, stopped: 9 }, '', pulse);
    expect(heard).toEqual([
      { kind: 'alert', atMs: 0, alert: { ...alert, title: OWN } },
      { kind: 'changed', what: 'decisions' },
      { kind: 'requests', requests: [{ ...request, path: OWN, site: OWN }], leftOut: 0 },
      { kind: 'pulse', atMs: 0, lines: 3, stopped: 1 },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseIp, type Alert, type Decision, type InspectionRecord } from '@parapet/kinds';
import type { HumanSign } from '@parapet/store';
import { dayOf, levelOf } from '../../src/server/incidents/overview.ts';
import { IncidentBook } from '../../src/server/incidents/incidentBook.ts';
import type { OverviewView } from '../../src/wire.ts';
import { START, testSite, type TestSite } from './site.ts';

let count = 0;

function alert(given: {
  readonly ip: string;
  readonly minute: number;
  readonly scenario?: string;
  readonly simulated?: boolean;
}): Alert {
  count += 1;
  const at = new Date(START.getTime() + given.minute * 60_000);
  return {
    id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
    scenario: given.scenario ?? 'parapet/http-injection',
    scenarioVersion: '0.1',
    scenarioHash: 'ab',
    source: { scope: 'ip', value: given.ip, ip: given.ip, countryCode: 'FR' },
    startAt: new Date(at.getTime() - 5000),
    stopAt: at,
    knownAt: at,
    eventsCount: 4,
    events: [
      {
        at,
        meta: [
          ['http_path', '/search?q=1+union+select+2'],
          ['http_status', '404'],
          ['http_user_agent', '<img src=x onerror=alert(1)>'],
          ['http_verb', 'GET'],
        ],
      },
    ],
    message: 'x',
    remediation: true,
    simulated: given.simulated ?? false,
    labels: {},
    capacity: 3,
    leakSpeedMs: 10_000,
  };
}

function decisionOn({ id, source, scenario, knownAt }: Alert): Decision {
  return {
    id: id.replace('0000', 'd0d0'),
    target: { scope: 'ip', value: source.value },
    remediation: 'ban',
    startAt: knownAt,
    expiresAt: new Date(knownAt.getTime() + 14_400_000),
    scenario,
    origin: 'crowdsec',
    mode: 'live',
    alertId: id,
  };
}

function finding(id: string, at: Date): InspectionRecord {
  return {
    ...{ id, at, site: 'shop', ip: '198.51.100.3', method: 'GET', path: '/find?q=or+1', route: '/find' },
    ...{ action: 'challenge', isEnforced: true, score: 0.6, network: 7, isVouched: false },
    reasons: [],
    findings: [{ class: 'sqli', placement: 'query', name: 'q', logOdds: 1, shape: 'AAEC' }],
  };
}

async function store(site: TestSite, alerts: readonly Alert[]): Promise<void> {
  site.store.record({ alerts, decisions: alerts.map(decisionOn) });
  await site.store.flush();
  site.nowMs = Math.max(site.nowMs, ...alerts.map(({ knownAt }) => knownAt.getTime() + 1000));
}

async function bookOf(site: TestSite): Promise<IncidentBook> {
  const book = new IncidentBook(site.store, () => new Date(site.nowMs));
  await book.refresh();
  return book;
}

describe('incidents', () => {
  it('are one for one attack, from however many addresses it comes', async () => {
    const site = await testSite();
    await store(site, [
      alert({ ip: '203.0.113.1', minute: 0 }),
      alert({ ip: '203.0.113.2', minute: 5 }),
      alert({ ip: '203.0.113.3', minute: 12 }),
      alert({ ip: '203.0.113.1', minute: 20, scenario: 'parapet/http-scanner-paths' }),
    ]);
    const [incident, ...others] = (await bookOf(site)).latest();
    expect(others).toEqual([]);
    expect([incident?.sources.size, incident?.alerts.length, incident?.events]).toEqual([3, 4, 16]);
  });

  it('are two when kinds and addresses differ, or when it was quiet for long', async () => {
    const site = await testSite();
    await store(site, [
      alert({ ip: '203.0.113.1', minute: 0 }),
      alert({ ip: '203.0.113.9', minute: 1, scenario: 'parapet/drupal-login-bf' }),
      alert({ ip: '203.0.113.2', minute: 11 }),
      alert({ ip: '203.0.113.1', minute: 31 }),
    ]);
    expect((await bookOf(site)).latest()).toHaveLength(4);
  });

  it('never last longer than a day, and are told apart from what is only watched', async () => {
    const site = await testSite();
    const alerts = Array.from({ length: 200 }, (_, i) => alert({ ip: `203.0.113.${i}`, minute: i * 9 }));
    await store(site, [...alerts, alert({ ip: '198.51.100.1', minute: 1791, simulated: true })]);
    const found = (await bookOf(site)).latest();
    expect(found.map(({ alerts: own }) => own.length).toSorted((a, b) => a - b)).toEqual([1, 40, 160]);
  });

  it('are the same again after a restart, and grow with what comes', async () => {
    const site = await testSite();
    const first = alert({ ip: '203.0.113.1', minute: 0 });
    await store(site, [first]);
    const book = await bookOf(site);
    await store(site, [alert({ ip: '203.0.113.2', minute: 2 })]);
    await book.refresh();
    const ids = (await bookOf(site)).latest().map(({ id }) => id);
    expect(book.latest().map(({ id }) => id)).toEqual(ids);
    expect(book.ofAlert(first.id)).toBe(ids[0]);
  });

  it('are forgotten after a week', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.1', minute: 0 })]);
    const book = await bookOf(site);
    site.nowMs += 8 * 86_400_000;
    await book.refresh();
    expect([book.latest(), book.find('1')]).toEqual([[], undefined]);
  });
});

describe('an incident as it is shown', () => {
  it('has its sentence, the part that was seen, and what was done until when', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.1', minute: 0 }), alert({ ip: '203.0.113.2', minute: 1 })]);
    const viewer = await site.somebody('viewer');
    const { body } = await viewer.get('/data/incidents');
    expect(body).toMatchObject({ total: 1, incidents: [{ state: 'held', sources: 2, inForce: 2 }] });
    const id = (body['incidents'] as { id: string }[])[0]!.id;
    const shown = (await viewer.get(`/data/incidents/${id}`)).body;
    expect(shown['sentence']).toContain('2 sources');
    const german = (await viewer.get(`/data/incidents/${id}`, { 'accept-language': 'de-AT' })).body;
    expect(german['sentence']).toMatch(/^2 Quellen; die letzte, .* \(Frankreich.*\), hat /);
    expect((german['why'] as { sentence: string }[]).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^hat /),
    ]);
    const marked = (shown['evidence'] as { parts: { text: string; isMarked: boolean }[] }[])[0]!.parts;
    expect(marked.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(['union+select']);
    expect(shown['addresses']).toMatchObject([
      { value: '203.0.113.1', country: 'FR', decisions: [{ remediation: 'ban' }] },
      { value: '203.0.113.2' },
    ]);
    expect((await viewer.get('/data/incidents?q=203.0.113.2')).body['total']).toBe(1);
    expect((await viewer.get('/data/incidents?q=nothing')).body['total']).toBe(0);
    expect((await viewer.get('/data/incidents/77')).status).toBe(404);
  });

  it('ends with what was decided, and goes on again when that was a mistake', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.1', minute: 0 })]);
    const operator = await site.somebody('operator');
    const lifted = await operator.post('/data/decisions/lift', { numbers: [1], reason: 'a customer' });
    expect(lifted.body).toMatchObject({ lifted: [{ value: '203.0.113.1', lift: { by: 'operator-1' } }] });
    expect((await operator.get('/data/decisions')).body).toMatchObject({ total: 0 });
    expect((await operator.post('/data/decisions/again', { number: 1 })).status).toBe(200);
    expect((await operator.get('/data/decisions')).body).toMatchObject({ total: 1 });
    expect((await operator.post('/data/decisions/again', { number: 2 })).status).toBe(404);
    const acts = (await site.store.audit.list({})).map(({ act, who }) => [act, who]);
    expect(acts).toEqual([
      ['decision.lift', 'operator-1'],
      ['decision.again', 'operator-1'],
    ]);
  });
});

describe('an incident that somebody is done with', () => {
  it('is closed with a reason, leaves the first page, and is opened again', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.5', minute: -8, simulated: true })]);
    const analyst = await site.somebody('analyst');
    const looks = async (): Promise<number> =>
      ((await analyst.get('/data/overview')).body['triage'] as OverviewView['triage']).looks.length;
    const shown = async (show: string): Promise<unknown> =>
      (await analyst.get(`/data/incidents?show=${show}`)).body['total'];
    expect([await looks(), await shown('open'), await shown('closed')]).toEqual([1, 1, 0]);
    const closing = { id: '1', reason: 'test', note: 'our own scanner' };
    expect((await analyst.post('/data/incidents/close', closing)).body['state']).toBe('closed');
    expect([await looks(), await shown('open'), await shown('closed'), await shown('')]).toEqual([
      0, 0, 1, 1,
    ]);
    const { body } = await analyst.get('/data/incidents/1');
    expect(body['closing']).toEqual({
      ...{ reason: 'test', note: 'our own scanner', by: 'analyst-1', atMs: START.getTime() },
    });
    expect((await analyst.post('/data/incidents/reopen', { id: '1' })).body['state']).toBe('watched');
    expect([await looks(), site.closings.size]).toEqual([1, 0]);
    const acts = (await site.store.audit.list({})).map(({ act, target }) => [act, target]);
    expect(acts).toEqual(
      expect.arrayContaining([
        ['incident.close', '1'],
        ['incident.reopen', '1'],
      ]),
    );
  });

  it('is open again by itself when it goes on', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.5', minute: -8 })]);
    const analyst = await site.somebody('analyst');
    await analyst.post('/data/incidents/close', { id: '1', reason: 'handled' });
    expect((await analyst.get('/data/incidents/1')).body['state']).toBe('closed');
    await store(site, [alert({ ip: '203.0.113.5', minute: 0 })]);
    const { body } = await analyst.get('/data/incidents/1');
    expect([body['state'], body['alerts'], body['closing']]).toEqual(['held', 2, undefined]);
  });

  it('is closed by nobody who only looks, and for no reason of their own making', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.5', minute: -30 })]);
    const closing = { id: '1', reason: 'handled' };
    const viewer = await site.somebody('viewer');
    expect((await viewer.post('/data/incidents/close', closing)).status).toBe(403);
    const analyst = await site.somebody('analyst');
    const odd = await analyst.post('/data/incidents/close', { ...closing, reason: 'because' });
    expect(odd.status).toBe(422);
    expect((await analyst.post('/data/incidents/close', { ...closing, id: '77' })).status).toBe(404);
    expect(site.closings.size).toBe(0);
  });

  it('is taken away as a file, whose text is one line for each thing an attacker wrote', async () => {
    const site = await testSite();
    const own = alert({ ip: '203.0.113.5', minute: -30 });
    const odd = { ...own.events[0]!, meta: [['http_path', '/x\nClosed by\u001b[2Jroot'] as const] };
    await store(site, [{ ...own, events: [odd] }]);
    const viewer = await site.somebody('viewer');
    const csv = await viewer.get('/data/incidents/1/alerts.csv');
    expect(JSON.parse(csv.text)).toEqual({ format: 'csv', ids: [own.id] });
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="incident-1-alerts.csv"');
    const { text } = await viewer.get('/data/incidents/1/report.txt');
    expect(text).toContain('203.0.113.5 (FR): 4 events');
    expect(text).toContain('ban until');
    expect(text).toContain('/x');
    expect(text).not.toMatch(/^Closed by|\u001b/m);
    expect((await viewer.get('/data/incidents/1/passwd')).status).toBe(404);
    expect((await viewer.get('/data/incidents/9/alerts.csv')).status).toBe(404);
  });
});

describe('deciding by hand', () => {
  it('refuses what nobody should decide on, until it is said twice', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const add = { value: '10.0.0.1', remediation: 'ban', duration: '2h' };
    expect((await operator.post('/data/decisions', add)).body['code']).toBe('E_DASHBOARD_SPARED');
    expect((await operator.post('/data/decisions', { ...add, force: true })).status).toBe(200);
    const codes: unknown[] = [];
    for (const [value, duration] of [
      ['nonsense', '2h'],
      ['203.0.113.5', 'for ever'],
      ['203.0.113.5', '0s'],
      ['203.0.113.5', '99999999h'],
    ])
      codes.push((await operator.post('/data/decisions', { ...add, value, duration })).body['code']);
    expect(codes).toEqual([
      'E_DASHBOARD_TARGET',
      'E_DASHBOARD_DURATION',
      'E_DASHBOARD_DURATION',
      'E_DASHBOARD_DURATION',
    ]);
    await site.store.addToAllowlist([{ list: 'office', value: '203.0.113.0/24', comment: '' }], 'anna');
    const allowed = await operator.post('/data/decisions', { ...add, value: '203.0.113.5' });
    expect(allowed.body).toMatchObject({ code: 'E_DASHBOARD_ALLOWLISTED', values: { list: 'office' } });
  });
});

describe('the overview', () => {
  it('is calm without an attack, busy with one, and an attack when there is much more than usual', async () => {
    const site = await testSite();
    const viewer = await site.somebody('viewer');
    expect((await viewer.get('/data/overview')).body).toMatchObject({ level: 'calm', triage: { looks: [] } });
    await store(site, [alert({ ip: '203.0.113.1', minute: 0 })]);
    expect((await viewer.get('/data/overview')).body).toMatchObject({
      level: 'busy',
      totals: { incidents: 1, running: 1, addresses: 1, inForce: 1 },
    });
    await store(
      site,
      Array.from({ length: 12 }, (_, i) => alert({ ip: `203.0.113.${i}`, minute: 2 })),
    );
    expect((await viewer.get('/data/overview')).body).toMatchObject({ level: 'attack' });
    expect(levelOf([], [], site.nowMs)).toBe('calm');
  });

  it('shows who was stopped and says to be a person, and lets them in at a word', async () => {
    const site = await testSite();
    await store(site, [alert({ ip: '203.0.113.1', minute: 0 })]);
    const message = '<script>alert(1)</script> let me in';
    await site.store.addAppeal({
      ...{ site: '', recordId: '', ip: '203.0.113.1', message, email: '', language: 'en' },
      at: new Date(site.nowMs),
    });
    const operator = await site.somebody('operator');
    expect((await operator.get('/data/overview')).body).toMatchObject({
      todos: [{ kind: 'appeal', count: 1 }, { kind: 'totp' }],
      doubts: [{ kind: 'appeal', ip: '203.0.113.1', decisions: [1], message }],
    });
    const closed = await operator.post('/data/appeals/close', { number: 1, isAccepted: true });
    expect(closed.body).toMatchObject({ lifted: [{ number: 1 }] });
    expect((await operator.get('/data/overview')).body).toMatchObject({ doubts: [] });
    const again = await operator.post('/data/appeals/close', { number: 1, isAccepted: false });
    expect([again.status, again.body['code']]).toEqual([409, 'E_DASHBOARD_APPEAL']);
    expect((await site.store.audit.list({ act: 'appeal.dismiss' })).length).toBe(0);
    const absent = await operator.post('/data/appeals/close', { number: 2, isAccepted: true });
    expect(absent.status).toBe(404);
  });

  it('shows the cause that stopped several who solved the check, until it is taken away', async () => {
    const site = await testSite();
    const found = alert({ ip: '203.0.113.1', minute: 0 });
    await store(site, [found]);
    const [decision] = await site.store.listDecisions({});
    const at = new Date(site.nowMs);
    const record = decision!.id.slice(0, 8);
    const passed = (last: number, of = record): HumanSign => ({
      ...{ ip: parseIp(`198.51.100.${last}`)!, kind: 'passed', record: of, at },
    });
    await site.store.inspections.add([finding('1a2b3c4d', at), finding('5e6f7a8b', at)]);
    await site.store.humanSigns.add([passed(1), passed(2), passed(3, '1a2b3c4d')]);
    await site.store.humanSigns.add([passed(4, '5e6f7a8b'), passed(5, '1a2b3c4d'), passed(6, 'ffffffff')]);
    const operator = await site.somebody('operator');
    expect((await operator.get('/data/overview')).body['doubts']).toMatchObject([
      { kind: 'passed', others: 2, cause: 'sqli', decisions: [], title: '' },
      { kind: 'passed', others: 1, decisions: [1] },
    ]);
    await operator.post('/data/decisions/lift', { numbers: [1], reason: 'people' });
    expect((await operator.post('/data/findings/1a2b3c4d/no-attack', { comment: '' })).status).toBe(200);
    expect((await operator.get('/data/overview')).body['doubts']).toEqual([]);
  });

  it('folds what needs nobody, and shows what is new, not stopped, or going on', async () => {
    const site = await testSite();
    const day = 1440;
    const known = { scenario: 'crowdsecurity/http-probing' };
    await store(site, [
      alert({ ip: '203.0.113.1', minute: 0, ...known }),
      alert({ ip: '203.0.113.2', minute: day + 60, ...known }),
      alert({ ip: '203.0.113.3', minute: day + 120, scenario: 'x/http-sqli', simulated: true }),
      alert({ ip: '203.0.113.4', minute: day + 200, ...known }),
    ]);
    const viewer = await site.somebody('viewer');
    expect((await viewer.get('/data/overview')).body['triage']).toMatchObject({
      looks: [
        { incident: { family: 'sql-injection' }, reasons: ['not-stopped', 'new'] },
        { incident: { family: 'probing' }, reasons: ['now', 'few'] },
      ],
      folds: [{ family: 'probing', incidents: 1, alerts: 1 }],
      folded: { incidents: 1, alerts: 1 },
    });
  });

  it('asks those who decide for a second factor, and others not', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const { todos } = (await admin.get('/data/overview')).body;
    expect(todos).toEqual([{ kind: 'totp', count: 1, href: '/account' }]);
    const viewer = await site.somebody('viewer');
    expect((await viewer.get('/data/overview')).body['todos']).toEqual([]);
  });

  it('has the day in steps of ten minutes', () => {
    const nowMs = START.getTime() + 60_000;
    const minute = (ago: number): { at: Date; lines: number; stopped: number; alerts: number } => ({
      ...{ at: new Date(nowMs - ago * 60_000), lines: 10, stopped: 1, alerts: 0 },
    });
    const day = dayOf([minute(0), minute(1), minute(30), minute(1441), minute(-20)], nowMs);
    expect(day.lines).toHaveLength(144);
    expect(day.lines.slice(-4)).toEqual([10, 0, 0, 20]);
    expect(day.stopped.reduce((a, b) => a + b)).toBe(3);
  });
});

describe('users', () => {
  it('are invited by admins, and one admin always stays', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const { token } = (await admin.post('/data/users/invite', { role: 'analyst' })).body;
    const analyst = site.browser();
    const given = { token, name: 'bert', password: 'seven brave otters' };
    expect((await analyst.post('/data/welcome', given)).body).toMatchObject({ user: { role: 'analyst' } });
    const less = await admin.post('/data/users/role', { user: 'admin-1', role: 'viewer' });
    const gone = await admin.post('/data/users/remove', { user: 'admin-1' });
    expect([less.body['code'], gone.body['code']]).toEqual([
      'E_DASHBOARD_LAST_ADMIN',
      'E_DASHBOARD_LAST_ADMIN',
    ]);
    expect((await admin.post('/data/users/remove', { user: 'nobody' })).status).toBe(404);
    const { entries, isWhole } = (await admin.get('/data/audit')).body;
    expect(isWhole).toBe(true);
    expect((entries as { act: string }[]).map(({ act }) => act)).toEqual(['user.add', 'user.invite']);
    expect(JSON.stringify(entries)).not.toContain('otters');
    const list = await admin.get('/data/users');
    expect(JSON.stringify(list.body)).not.toMatch(/argon2|Secret/);
  });
});

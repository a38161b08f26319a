import { parseIp, type InspectionRecord } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { CONTENT, PERSON, SCENARIO } from './rulesOf.ts';
import { START, testSite, type TestSite } from './site.ts';

const HOUR_MS = 3_600_000;

function recordOf(hoursAgo: number, ...rules: readonly string[]): InspectionRecord {
  const foundIn = { placement: 'query', name: 'q', excerpt: 'x' } as const;
  return {
    ...{ id: '1a2b3c4d', at: new Date(START.getTime() - hoursAgo * HOUR_MS), site: '', ip: '192.0.2.9' },
    ...{ method: 'GET', path: '/', route: '/', action: 'block', isEnforced: true, score: 1 },
    reasons: rules.map((detector) => ({ detector, class: 'sqli', text: 'x', weight: 6, foundIn })),
    ...{ findings: [], network: 1, isVouched: false },
  };
}

/** The store knows one of those who would be stopped as a person. */
async function withPerson(): Promise<TestSite> {
  const site = await testSite();
  const ip = parseIp(PERSON)!;
  await site.store.humanSigns.add([{ ip, kind: 'passed', record: '1a2b3c4d', at: START }]);
  return site;
}

describe('the rules', () => {
  it('are shown with how often each spoke in a day and in a week', async () => {
    const site = await testSite();
    const records = [recordOf(1, CONTENT, CONTENT), recordOf(30, CONTENT), recordOf(200, CONTENT)];
    await site.store.inspections.add(records);
    const viewer = await site.somebody('viewer');
    const { body } = await viewer.get('/data/rules');
    expect(body).toMatchObject({ total: 6, counts: { scenario: 1, content: 1, appsec: 0, policy: 4 } });
    // Policies first, then what spoke most.
    expect(body['rules']).toMatchObject([
      { name: 'inspection', kind: 'policy', day: 1, week: 2 },
      // One that claimed to be a crawler was refused, and one is.
      { name: 'ai_crawlers', kind: 'policy', day: 3, week: 9 },
      { name: 'traffic', day: 0, week: 0 },
      { name: 'costly_pages', day: 2, week: 7 },
      { name: CONTENT, day: 1, week: 2 },
      { name: SCENARIO, day: 0, week: 0 },
    ]);
    await site.store.inspections.add([recordOf(0, CONTENT)]);
    const again = await viewer.get('/data/rules?kind=content');
    expect(again.body).toMatchObject({ total: 1, rules: [{ name: CONTENT, day: 2, week: 3 }] });
    expect((await viewer.get('/data/rules?q=burst')).body).toMatchObject({ total: 1 });
    site.nowMs += 25 * HOUR_MS;
    const later = await (await site.somebody('viewer')).get('/data/rules?kind=content');
    expect(later.body).toMatchObject({ rules: [{ day: 0, week: 3 }] });
  });

  it('say before a change what it would have meant, and who of them may be a person', async () => {
    const operator = await (await withPerson()).somebody('operator');
    const { body } = await operator.post('/data/rules/preview', { name: SCENARIO, mode: 'enforce' });
    expect(body).toMatchObject({ does: 'stop', unit: 'alerts', times: 3, addresses: 2, people: 1 });
    expect(body['examples']).toMatchObject([{ ip: PERSON, isPerson: true }, {}, {}]);
    const unknown = await operator.post('/data/rules/preview', { name: 'parapet/none', mode: 'off' });
    expect(unknown.status).toBe(404);
  });

  it('are changed, written down with who did it, and changed back', async () => {
    const site = await withPerson();
    const operator = await site.somebody('operator');
    const changed = await operator.post('/data/rules/mode', { name: SCENARIO, mode: 'observe' });
    expect(changed.body).toEqual({ name: SCENARIO, before: 'usual', mode: 'observe' });
    const refused = await operator.post('/data/rules/mode', { name: SCENARIO, mode: 'enforce' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'E_DASHBOARD_PEOPLE']);
    expect(site.chosen.get(SCENARIO)).toBe('observe');
    const force = { name: SCENARIO, mode: 'enforce', force: true };
    expect((await operator.post('/data/rules/mode', force)).body).toMatchObject({ before: 'observe' });
    const back = await operator.post('/data/rules/mode', { name: SCENARIO, mode: 'usual' });
    expect(back.body).toEqual({ name: SCENARIO, before: 'enforce', mode: 'enforce' });
    expect(site.chosen.size).toBe(0);
    const acts = (await site.store.audit.list({})).filter(({ act }) => act === 'rules.mode');
    expect(acts.map(({ who, target, details }) => [who, target, details['mode']])).toEqual(
      ['observe', 'enforce', 'usual'].map((mode) => ['operator-1', SCENARIO, mode]),
    );
  });

  it('of which the configuration has the mode are not changed here', async () => {
    const operator = await (await testSite()).somebody('operator');
    expect((await operator.post('/data/rules/mode', { name: 'inspection', mode: 'off' })).status).toBe(404);
    expect((await operator.post('/data/rules/mode', { name: CONTENT, mode: 'learn' })).status).toBe(422);
  });

  it('are tried on a request that is written in', async () => {
    const analyst = await (await testSite()).somebody('analyst');
    const tested = await analyst.post('/data/rules/test', { text: '/search?q=tea' });
    expect(tested.body).toMatchObject({ action: 'pass', parts: [{ text: '/search?q=tea' }] });
    const odd = await analyst.post('/data/rules/test', { text: 'tea' });
    expect([odd.status, odd.body['code']]).toEqual([422, 'E_DASHBOARD_REQUEST']);
  });
});

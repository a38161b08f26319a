import { parseIp, type InspectionRecord } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { START, testSite } from './site.ts';

const PERSON = '192.0.2.77';
const MODE = 'gateway.sites.shop.mode';

function recordOf(ip: string, site: string, isEnforced: boolean): InspectionRecord {
  return {
    ...{ id: '1a2b3c4d', at: START, site, ip, method: 'GET', path: '/a', route: '/a', action: 'block' },
    ...{ isEnforced, score: 1, reasons: [], findings: [], network: 1, isVouched: false },
  };
}

describe('the rule of a crawler', () => {
  it('says before it is changed whose requests it is about', async () => {
    const operator = await (await testSite()).somebody('operator');
    const preview = async (who: string): Promise<unknown> =>
      (await operator.post('/data/bots/preview', { who, rule: 'block' })).body;
    expect(await preview('training')).toMatchObject({ requests: 3, bots: [{ name: 'GPTBot', requests: 3 }] });
    expect(await preview('GPTBot')).toMatchObject({ who: 'GPTBot', requests: 3 });
    expect(await preview('impostors')).toMatchObject({ requests: 6 });
    expect(await preview('search')).toMatchObject({ requests: 0, bots: [] });
    const unknown = await operator.post('/data/bots/preview', { who: 'nobody', rule: 'block' });
    expect(unknown.status).toBe(404);
  });

  it('is chosen, written down with who did it, and taken back', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const choose = async (who: string, rule: string): Promise<unknown> =>
      (await operator.post('/data/bots/rule', { who, rule })).body;
    expect(await choose('training', 'slow')).toEqual({ before: 'usual' });
    expect(await choose('training', 'block')).toEqual({ before: 'slow' });
    expect(await choose('GPTBot', 'allow')).toEqual({ before: 'usual' });
    expect([...site.choices]).toEqual([
      ['gateway.ai_crawlers.training', 'block'],
      ['gateway.ai_crawlers.names.GPTBot', 'allow'],
    ]);
    await choose('training', 'usual');
    expect([...site.choices.keys()]).toEqual(['gateway.ai_crawlers.names.GPTBot']);
    const acts = (await site.store.audit.list({})).filter(({ act }) => act === 'bots.rule');
    expect(acts.map(({ who, target, details }) => [who, target, details['mode']])).toContainEqual([
      ...['operator-1', 'training', 'block'],
    ]);
    expect((await operator.post('/data/bots/rule', { who: 'nobody', rule: 'block' })).status).toBe(404);
  });

  it('is about all sites: who has a role for one changes none', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator', ['shop']);
    const { status } = await operator.post('/data/bots/rule', { who: 'training', rule: 'block' });
    expect([status, site.choices.size]).toEqual([403, 0]);
  });
});

describe('a setting', () => {
  it('is seen by operators, and changed by admins where it counts at once', async () => {
    const site = await testSite();
    const [operator, admin] = [await site.somebody('operator'), await site.somebody('admin')];
    const key = 'notifications.time_zone';
    const change = { key, value: 'Europe/Berlin' };
    expect((await operator.get('/data/settings')).body).toMatchObject({ file: '/etc/parapet.yaml' });
    expect((await (await site.somebody('analyst')).get('/data/settings')).status).toBe(403);
    expect((await operator.post('/data/settings', change)).status).toBe(403);
    expect((await admin.post('/data/settings', change)).body).toEqual({ before: 'usual' });
    expect(site.choices.get(key)).toBe('Europe/Berlin');
    const odd = await admin.post('/data/settings', { key, value: 'Mars' });
    expect([odd.status, odd.body['code']]).toEqual([422, 'E_DASHBOARD_SETTING_ZONE']);
    const fixed = { key: 'dashboard.listen', value: '0.0.0.0:80' };
    expect((await admin.post('/data/settings', fixed)).status).toBe(404);
    expect((await admin.post('/data/settings', { key: 'data_dir', value: '/' })).status).toBe(404);
    expect((await admin.post('/data/settings', { key, value: '' })).body).toEqual({
      before: 'Europe/Berlin',
    });
    expect(site.choices.size).toBe(0);
    const acts = (await site.store.audit.list({})).filter(({ act }) => act === 'settings');
    expect(acts.map(({ who, target }) => [who, target])).toEqual([
      ['admin-2', key],
      ['admin-2', key],
    ]);
  });
});

describe('the mode of a site', () => {
  it('says whom it would have stopped, and asks about people among them', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    await site.store.humanSigns.add([
      { ip: parseIp(PERSON)!, kind: 'passed', record: '1a2b3c4d', at: START, site: 'shop' },
    ]);
    await site.store.inspections.add([
      recordOf(PERSON, 'shop', false),
      recordOf('192.0.2.78', 'shop', false),
      recordOf('192.0.2.79', 'shop', true),
      recordOf('192.0.2.80', 'blog', false),
    ]);
    const act = { site: 'shop', what: 'mode', mode: 'enforce' };
    const none = await operator.post('/data/sites/preview', act);
    expect(none.body).toMatchObject({ does: 'tells', times: 0 });
    const spare = await operator.post('/data/sites/preview', { ...act, mode: 'observe' });
    expect(spare.body).toMatchObject({ does: 'spare', times: 1, decisions: 0 });
    expect((await operator.post('/data/sites/mode', { ...act, mode: 'observe' })).body).toEqual({
      before: 'usual',
    });
    const stop = await operator.post('/data/sites/preview', act);
    expect(stop.body).toMatchObject({ does: 'stop', times: 2, addresses: 2, people: 1 });
    const refused = await operator.post('/data/sites/mode', act);
    expect([refused.status, refused.body['code']]).toEqual([409, 'E_DASHBOARD_PEOPLE']);
    expect(site.choices.get(MODE)).toBe('observe');
    const forced = await operator.post('/data/sites/mode', { ...act, force: true });
    expect(forced.body).toEqual({ before: 'observe' });
    const back = await operator.post('/data/sites/mode', { ...act, mode: 'usual' });
    expect([back.body, site.choices.size]).toEqual([{ before: 'enforce' }, 0]);
  });

  it('is changed by who is operator there, and by nobody of another site', async () => {
    const site = await testSite();
    const shop = await site.somebody('operator', ['shop']);
    const change = { what: 'mode', mode: 'observe' };
    expect((await shop.post('/data/sites/mode', { ...change, site: 'shop' })).status).toBe(200);
    const other = await shop.post('/data/sites/mode', { ...change, site: 'blog' });
    expect([other.status, other.body['code']]).toEqual([404, 'E_DASHBOARD_SITE']);
    expect([...site.choices.keys()]).toEqual([MODE]);
    const viewer = await site.somebody('analyst', ['shop']);
    expect((await viewer.post('/data/sites/mode', { ...change, site: 'shop' })).status).toBe(403);
    const [entry] = (await site.store.audit.list({})).filter(({ act }) => act === 'sites.mode');
    expect(entry).toMatchObject({
      target: 'shop',
      details: { before: 'usual', mode: 'observe', site: 'shop' },
    });
  });

  it('is one of those that a site can have', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const send = async (body: object): Promise<number> =>
      (await operator.post('/data/sites/mode', { site: 'shop', ...body })).status;
    expect(await send({ what: 'mode', mode: 'off' })).toBe(404);
    expect(await send({ what: 'inspection', mode: 'off' })).toBe(200);
    expect(await send({ what: 'hosts', mode: 'off' })).toBe(422);
    expect(site.choices.size).toBe(1);
  });
});

import { expect, it } from 'vitest';
import { IN_MEMORY, openStore, storeOfSites, type Store } from '../src/index.ts';
import { siteOfAlert } from '../src/siteOfAlert.ts';
import { after, NOON, sampleAlert, sampleDecision } from './samples.ts';

const now = (): Date => NOON;

async function filled(): Promise<Store> {
  const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now });
  for (const site of ['shop', 'blog', '']) {
    const id = site === '' ? 'of nobody' : `of ${site}`;
    store.record({
      alerts: [sampleAlert(id, { events: [{ at: NOON, meta: site === '' ? [] : [['site', site]] }] })],
      decisions: [sampleDecision(`on ${id}`, '192.0.2.1', { alertId: id })],
    });
    await store.addAppeal({
      ...{ site, recordId: '', ip: '192.0.2.1', message: `I want to ${site}`, email: '', language: 'en' },
      at: NOON,
    });
    await store.inspections.add([
      {
        ...{ id: '1a2b3c4d', site, at: NOON, ip: '192.0.2.1', method: 'GET', path: `/${site}`, route: '/' },
        ...{ action: 'block', isEnforced: true, score: 1, network: 7, isVouched: false },
        ...{ reasons: [], findings: [] },
      },
    ]);
    await store.inspections.addFeedback({
      ...{ kind: 'attack', recordId: '1a2b3c4d', site, route: '/', findings: [], network: 7 },
      ...{ at: NOON, by: `of ${site}`, comment: '' },
    });
    await store.sawOperator({ site, who: `of ${site}`, ip: '192.0.2.1' as never, kind: 'vouched', at: NOON });
    await store.humanSigns.add([
      { ip: '192.0.2.1' as never, kind: 'passed', record: id, at: NOON, ...(site === '' ? {} : { site }) },
    ]);
    await store.audit.add({
      who: 'anna',
      ip: '',
      act: 'x',
      target: site,
      details: site === '' ? {} : { site },
    });
  }
  await store.minutes.add(
    [{ at: NOON, lines: 100, stopped: 10, alerts: 3 }],
    [
      { site: 'shop', at: NOON, lines: 60, stopped: 2, alerts: 1 },
      { site: 'blog', at: NOON, lines: 7, stopped: 1, alerts: 1 },
    ],
  );
  return store;
}

it('of some sites reads nothing of others, and nothing of which the site is not known', async () => {
  const whole = await filled();
  const shop = storeOfSites(whole, ['shop']);
  const both = storeOfSites(whole, ['shop', 'blog']);
  const none = storeOfSites(whole, []);
  const seen = async (store: Store) => ({
    alerts: (await store.listAlerts({}, { newestFirst: true, limit: 9 })).length,
    counted: await store.countAlerts({ scenario: 'parapet/drupal-bf', since: after(-1) }),
    decisions: (await store.listDecisions({ activeAt: NOON })).length,
    page: (await store.decisionPage({}, { rows: 9 })).decisions.length,
    running: await store.countDecisions({}),
    appeals: (await store.listAppeals({})).length + (await store.countAppeals({ state: 'open' })),
    inspections: (await store.inspections.list({ id: '1a2b3c4d' })).length,
    found: await store.inspections.count({}),
    said: (await store.inspections.listFeedback({ recordId: '1a2b3c4d' })).length,
    sites: (await store.inspections.sites()).length,
    operators: (await store.listOperators(after(-1))).length,
    signs: (await store.humanSigns.since(after(-1), 9)).length,
    audit: (await store.audit.list({})).length,
    lines: (await store.minutes.since(after(-60_000)))[0]?.lines ?? 0,
  });
  const one = { alerts: 1, counted: 1, decisions: 1, page: 1, running: 1, appeals: 2, inspections: 1 };
  expect(await seen(shop)).toEqual({
    ...{ ...one, found: 1, said: 1, sites: 1, operators: 1, signs: 1, audit: 1, lines: 60 },
  });
  const two = { alerts: 2, counted: 2, decisions: 2, page: 2, running: 2, appeals: 4, inspections: 2 };
  expect(await seen(both)).toEqual({
    ...{ ...two, found: 2, said: 2, sites: 2, operators: 2, signs: 2, audit: 2, lines: 67 },
  });
  expect(new Set(Object.values(await seen(none)))).toEqual(new Set([0]));
  expect(await shop.findAlert('of blog')).toBeUndefined();
  expect(await shop.findAlert(2)).toBeUndefined();
  expect((await shop.findAlert('of shop'))?.number).toBe(1);
  await whole.close();
});

it('of some sites changes nothing of others', async () => {
  const whole = await filled();
  const shop = storeOfSites(whole, ['shop']);
  expect(await shop.closeAppeal(2, 'accepted', 'x')).toBeUndefined();
  expect(await shop.inspections.undoFeedback(2, 'x')).toBeUndefined();
  expect((await shop.liftDecisions({}, 'x', '')).map(({ site }) => site)).toEqual(['shop']);
  expect(await shop.deleteAlerts({})).toBe(1);
  expect((await whole.listAppeals({ state: 'open' })).length).toBe(3);
  expect(await whole.countAlerts({})).toBe(2);
  expect(await whole.countDecisions({ activeAt: NOON })).toBe(2);
  expect((await shop.closeAppeal(1, 'accepted', 'x'))?.state).toBe('accepted');
  await whole.close();
});

it('of some sites refuses what nobody has narrowed', async () => {
  const whole = await filled();
  const shop = storeOfSites(whole, ['shop']);
  await expect(shop.addDecisions([sampleDecision('d', '192.0.2.9')])).rejects.toThrow('E_STORE_SITES');
  await expect(shop.listAllowlist()).rejects.toThrow('E_STORE_SITES');
  await expect(shop.inspections.forgetKnowledge('shop')).rejects.toThrow('E_STORE_SITES');
  await expect((shop.clients as unknown as () => Promise<void>)()).rejects.toThrow('E_STORE_SITES');
  expect(await shop.users.list()).toEqual([]);
  expect(shop.health().state).toBe('ok');
  await whole.close();
});

it('is told the site of an alert where all evidence names one', () => {
  const nameOf = (named: string): string => (named === 'shop.example' ? 'shop' : named);
  const site = (...metas: readonly [string, string][][]): string =>
    siteOfAlert(sampleAlert('a', { events: metas.map((meta) => ({ at: NOON, meta })) }), nameOf);
  expect(site([['target_fqdn', 'SHOP.example']], [['site', 'shop']])).toBe('shop');
  expect(site([['target_fqdn', 'shop.example']], [['target_fqdn', 'blog.example']])).toBe('');
  expect(site([['target_fqdn', 'shop.example']], [['user', 'admin']])).toBe('');
  expect(site([['target_fqdn', '']])).toBe('');
  expect(site()).toBe('');
  const source = { scope: 'site', value: 'shop.example' };
  expect(siteOfAlert(sampleAlert('a', { source, events: [] }), nameOf)).toBe('shop');
});

import { describe, expect, it } from 'vitest';
import { newSite, NOON, sampleAlert, sampleDecision, type Site } from './run.ts';

async function bannedSite(): Promise<Site> {
  const site = newSite();
  await site.withStore(async (store) => {
    store.record({
      alerts: [sampleAlert('a1', '192.0.2.7')],
      decisions: [sampleDecision('d1', '192.0.2.7', { alertId: 'a1' })],
    });
    await store.addDecisions([
      sampleDecision('d2', '192.0.2.0/28', { scenario: 'spamhaus', origin: 'list' }),
      sampleDecision('d3', '192.0.2.9'),
      sampleDecision('d4', 'mallory', { target: { scope: 'user', value: 'mallory' } }),
    ]);
  });
  return site;
}

describe('unban', () => {
  it('says what it lifted and why it had been banned, and what still holds', async () => {
    const site = await bannedSite();
    const { out, code } = await site.run('unban 192.0.2.7');
    expect(out).toContain('192.0.2.7 is free: ban until 2026-03-01 16:00:00 ended (#1).');
    expect(out).toMatch(/It was there because: 192\.0\.2\.7 \(France\).*\(parapet\/drupal-bf\)/);
    expect(out).toContain('192.0.2.7 is still inside a range with a decision in force:\n  192.0.2.0/28: ban');
    expect(out).toContain('parapet unban 192.0.2.7 --ranges');
    expect(out).toContain('parapet allowlist add 192.0.2.7');
    expect(code).toBe(1);
  });

  it('lifts the ranges around it when asked', async () => {
    const site = await bannedSite();
    expect((await site.run('unban 192.0.2.7 --ranges')).code).toBe(0);
    const active = await site.withStore((store) => store.listDecisions({ activeAt: NOON }));
    expect(active.map(({ id }) => id)).toEqual(['d3', 'd4']);
  });

  it('lifts all that lies inside a range', async () => {
    const site = await bannedSite();
    expect((await site.run('unban 192.0.2.0/24 --reason "a school"')).code).toBe(0);
    const all = await site.withStore((store) => store.listDecisions({}));
    expect(all.map(({ lift }) => lift?.reason)).toEqual(['a school', 'a school', 'a school', undefined]);
  });

  it('knows users and countries too', async () => {
    const site = await bannedSite();
    expect((await site.run('unban mallory')).out).toContain('user mallory is free');
  });

  it('ends with 1 when nothing is in force, and makes no store', async () => {
    const site = await bannedSite();
    expect(await site.run('unban 198.51.100.1')).toMatchObject({
      out: 'Nothing is in force against 198.51.100.1.\n',
      code: 1,
    });
    expect((await site.run('unban 198.51.100.1 --data-dir elsewhere')).code).toBe(2);
    expect((await site.run('decisions list --data-dir elsewhere')).code).toBe(2);
  });

  it('tells programs the same', async () => {
    const site = await bannedSite();
    const { lifted, stillIn } = JSON.parse((await site.run('unban 192.0.2.7 --json')).out);
    expect(lifted).toMatchObject([{ id: 'd1', lifted: { by: 'anna', reason: 'unbanned by hand' } }]);
    expect(stillIn).toMatchObject([{ id: 'd2' }]);
  });
});

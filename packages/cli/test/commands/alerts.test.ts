import { describe, expect, it } from 'vitest';
import { newSite, NOON, sampleAlert, sampleDecision, type Site } from './run.ts';

const HOUR_MS = 3_600_000;

async function noisySite(): Promise<Site> {
  const site = newSite();
  await site.withStore(async (store) => {
    store.record({
      alerts: [
        sampleAlert('a1', '192.0.2.7', { knownAt: new Date(NOON.getTime() - 48 * HOUR_MS) }),
        sampleAlert('a2', '192.0.2.8'),
        sampleAlert('a3', '198.51.100.1', { scenario: 'parapet/scan', spared: 'a verified search engine' }),
      ],
      decisions: [sampleDecision('d2', '192.0.2.8', { alertId: 'a2' })],
    });
  });
  return site;
}

describe('alerts list', () => {
  it('shows who did what and what came of it', async () => {
    const { out, code } = await (await noisySite()).run('alerts list');
    const lines = out.split('\n');
    expect(code).toBe(0);
    expect(lines[2]).toMatch(/^1 {2}2026-02-27 12:00:00 {2}192\.0\.2\.7 +FR +parapet\/drupal-bf +2/);
    expect(lines[3]).toMatch(/192\.0\.2\.8 .* ban$/);
    expect(lines[4]).toMatch(/parapet\/scan .* spared: a verified search engine$/);
  });

  it('finds by time, address, range and scenario', async () => {
    const site = await noisySite();
    const ids = async (options: string): Promise<string[]> =>
      JSON.parse((await site.run(`alerts list --json ${options}`)).out).map(({ id }: { id: string }) => id);
    expect(await ids('--since 24h')).toEqual(['a2', 'a3']);
    expect(await ids('--until 2026-03-01')).toEqual(['a1']);
    expect(await ids('--range 192.0.2.0/24')).toEqual(['a1', 'a2']);
    expect(await ids('--ip 192.0.2.8')).toEqual(['a2']);
    expect(await ids('--scenario parapet/scan')).toEqual(['a3']);
    expect(await ids('--limit 1')).toEqual(['a3']);
    expect((await site.run('alerts list --ip 203.0.113.1')).code).toBe(1);
    expect((await site.run('alerts list --since yesterday')).code).toBe(2);
  });
});

describe('alerts show', () => {
  it('tells the story with evidence that cannot steer the terminal', async () => {
    const { out, code } = await (await noisySite()).run('alerts show 2 --events 1');
    expect(code).toBe(0);
    expect(out).toMatch(/^192\.0\.2\.8 \(France\)/);
    expect(out).toContain('user=admin');
    expect(out).toContain('… and 1 more; --events 0 shows all.');
    expect(out).toContain('in 4h 00m');
    const whole = await (await noisySite()).run('alerts show 2 --events 0', { isTerminal: true });
    expect(whole.out).toContain('user=root\\x1b[31m');
  });

  it('gives programs the evidence and the decisions', async () => {
    const { out } = await (await noisySite()).run('alerts show 2 --json');
    expect(JSON.parse(out)).toMatchObject([
      { id: 'a2', events: [{ meta: { user: 'admin' } }, {}], decisions: [{ id: 'd2' }] },
    ]);
  });

  it('ends with 1 when there is no such alert', async () => {
    const { err, code } = await (await noisySite()).run('alerts show 99');
    expect([err, code]).toEqual(['There is no alert 99.\n', 1]);
  });
});

describe('alerts delete', () => {
  it('forgets by number and by filter, and ends decisions when asked', async () => {
    const site = await noisySite();
    expect((await site.run('alerts delete --until 24h')).out).toBe('1 alerts deleted.\n');
    expect((await site.run('alerts delete 2 --with-decisions')).out).toBe(
      '1 alerts deleted, 1 decisions ended.\n',
    );
    expect(await site.withStore((store) => store.countDecisions({ activeAt: NOON }))).toBe(0);
    expect((await site.run('alerts delete 2')).code).toBe(1);
    expect((await site.run('alerts delete')).code).toBe(2);
  });
});

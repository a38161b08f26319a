import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { combinedLine } from '../../src/traffic/logLine.ts';
import { SHAPES, Site } from '../../src/traffic/site.ts';
import { takeWish } from '../../src/traffic/wish.ts';
import { newSite } from './run.ts';

let past: Buffer;

beforeAll(() => {
  const site = new Site({ ...SHAPES[0]!, requestsADay: 3000, pages: 50 }, 3);
  const lines = Array.from({ length: 5 }, (_, day) => site.day(day).map(combinedLine)).flat();
  past = gzipSync(`${lines.join('\n')}\n`);
});

async function trained(): Promise<ReturnType<typeof newSite>> {
  const here = newSite();
  here.write('old.log.gz', past);
  expect((await here.run('train traffic old.log.gz')).code).toBe(0);
  return here;
}

describe('parapet traffic', { timeout: 60_000 }, () => {
  it('says how far the learning is, to people and programs, and so does the doctor', async () => {
    const here = await trained();
    const progress = 'learned 5 of 14 days; already sure about nights and working days';
    const { out, code } = await here.run('traffic status');
    expect(code).toBe(0);
    expect(out).toContain(progress);
    expect(out).toContain('told only, nothing is done (enforce was chosen; enforced from 14 days on)');
    const json = JSON.parse((await here.run('traffic status --json')).out) as unknown;
    expect(json).toMatchObject({
      wantedDays: 14,
      sites: [{ site: '', mode: 'enforce', modeNow: 'observe' }],
    });
    expect((await here.run('doctor')).out.replaceAll(/\s+/g, ' ')).toContain(`Traffic: ${progress}`);
  });

  it('says what the calendar has for now, and what of it cannot be', async () => {
    const here = newSite();
    here.write('old.log.gz', past);
    const sale = '{ name: Sale, from: 2020-01-01, to: 2099-12-24, times: 3, sites: [main] }';
    const other = '{ name: Fair, from: 2020-01-01, to: 2099-12-24, times: 2, sites: [shop.example] }';
    here.write('parapet.yaml', `traffic:\n  calendar:\n    - ${sale}\n    - ${other}\n`);
    expect((await here.run('train traffic old.log.gz')).code).toBe(0);
    const { out } = await here.run('traffic status');
    expect(out).toContain('Sale is on to the end of 2099-12-24: 3 times the usual is expected');
    expect(out).not.toContain('Fair');
    for (const [wrong, says] of [
      [sale.replace('2099', '2019'), 'is before `from`'],
      [sale.replace('2099-12-24', 'Christmas'), 'is no day such as'],
    ] as const) {
      here.write('parapet.yaml', `traffic:\n  calendar:\n    - ${wrong}\n`);
      const check = await here.run('config check');
      expect(check.code).not.toBe(0);
      expect(check.out + check.err).toContain(says);
      expect(check.out + check.err).toMatch(/parapet\.yaml:3/);
    }
  });

  it('prints what was learnt, without clients', async () => {
    const here = await trained();
    const { out } = await here.run('traffic export');
    const { sites } = JSON.parse(out) as { sites: { days: number; usualByHour: { requests: number[] } }[] };
    expect(sites).toHaveLength(1);
    expect(sites[0]!.days).toBeCloseTo(5, 1);
    const { requests } = sites[0]!.usualByHour;
    expect(requests).toHaveLength(168);
    // Monday at noon and at three in the morning.
    expect(requests[36]! / requests[27]!).toBeGreaterThan(3);
    expect(out).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
  });

  it('forgets a site, or all', async () => {
    const here = await trained();
    expect((await here.run('traffic reset --site nowhere')).code).toBe(1);
    expect((await here.run('traffic reset')).out).toContain('What was learnt is forgotten.');
    expect(await here.run('traffic status')).toMatchObject({ code: 1 });
    expect((await here.run('traffic reset')).out).toBe('There was nothing to forget.\n');
  });

  it('goes back to what was kept, and says when nothing was', async () => {
    const here = await trained();
    expect((await here.run('traffic back 1')).err).toContain('E_TRAFFIC_BACK');
    expect((await here.run('traffic back 9')).err).toContain('E_TRAFFIC_BACK');
    expect((await here.run('train traffic old.log.gz')).code).toBe(0);
    expect((await here.run('traffic back 1')).out).toContain('again what it was a day ago');
  });

  it('leaves what is wished to an engine that runs', async () => {
    const here = await trained();
    await here.withStore(async () => {
      expect((await here.run('traffic reset')).out).toContain('acts on it within a second');
      expect((await here.run('train traffic old.log.gz')).err).toContain('E_TRAFFIC_BUSY');
    }, 'engine');
    expect(takeWish(`${here.folder}/.parapet`)).toEqual({ what: 'forget' });
    expect(takeWish(`${here.folder}/.parapet`)).toBeUndefined();
  });
});

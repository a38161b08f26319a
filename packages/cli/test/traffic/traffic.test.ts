import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { attack, crowd, greedyClient, scrape } from '../../src/traffic/attacks.ts';
import { combinedLine } from '../../src/traffic/logLine.ts';
import { DAY_MS, FIRST_DAY_MS, SHAPES, Site, type SiteShape } from '../../src/traffic/site.ts';
import { newSite } from '../commands/run.ts';

const SHAPE: SiteShape = { ...SHAPES[0]!, requestsADay: 12_000, nightly: 0.7, pages: 200 };
const REGULAR = '203.0.113.9';
const HOUR_MS = 3_600_000;

interface Answer {
  readonly alerts: readonly {
    scenario: string;
    value: string;
    startAt: string;
    remediation: boolean;
    message: string;
  }[];
  readonly decisions: readonly { value: string; type: string; startAt: string; scenario: string }[];
}

let training: Buffer;
let site: Site;
let lastDay: ReturnType<Site['day']>;

function log(requests: ReturnType<Site['day']>): string {
  return `${requests
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(combinedLine)
    .join('\n')}\n`;
}

beforeAll(() => {
  site = new Site(SHAPE, 11);
  const days = Array.from({ length: 9 }, (_, day) => {
    for (let k = 0; k < 5; k++)
      site.add({
        atMs: FIRST_DAY_MS + day * DAY_MS + (k + 1) * 1e7,
        ip: REGULAR,
        rawPath: '/',
        userAgent: 'client/1.0',
      });
    return log(site.day(day));
  });
  lastDay = site.day(9);
  training = gzipSync(days.join(''));
});

async function trained(): Promise<ReturnType<typeof newSite>> {
  const here = newSite();
  here.write('old.log.gz', training);
  const { out, err, code } = await here.run('train traffic old.log.gz');
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(out).toMatch(
    /^[\d,]+ requests, learned 9 of 14 days; already sure about nights, weekends and working days\n/,
  );
  return here;
}

async function replayed(here: ReturnType<typeof newSite>, extra: ReturnType<Site['day']>): Promise<Answer> {
  here.write('new.log', log([...lastDay, ...extra]));
  const { out } = await here.run('replay new.log --json');
  return JSON.parse(out) as Answer;
}

describe('parapet train traffic, and replay', { timeout: 120_000 }, () => {
  const startMs = FIRST_DAY_MS + 9 * DAY_MS + 11 * HOUR_MS;

  it('finds nothing in a usual day', async () => {
    const { alerts } = await replayed(await trained(), []);
    expect(alerts.filter(({ scenario }) => scenario.startsWith('parapet/'))).toEqual([]);
  });

  it('tells a wave of attack, and decides on its clients alone', async () => {
    const wave = attack(site, 'one-url', { startMs, minutes: 20, surplus: 4 });
    const attackers = new Set(wave.map(({ ip }) => ip));
    const { alerts, decisions } = await replayed(await trained(), wave);
    const alert = alerts.find(({ scenario }) => scenario === 'parapet/attack-wave');
    expect(Date.parse(alert!.startAt) - startMs).toBeLessThanOrEqual(2 * 60_000);
    expect(alert!.message).toMatch(/requests in \d+ minutes where \d+ are usual: \d+ of machines/);
    expect(decisions.length).toBeGreaterThan(attackers.size / 2);
    expect(decisions.filter(({ value }) => !attackers.has(value))).toEqual([]);
    expect(alerts.some(({ scenario }) => scenario === 'parapet/flash-crowd')).toBe(false);
  });

  it('tells a crowd, and decides on nobody', async () => {
    const { alerts, decisions } = await replayed(
      await trained(),
      crowd(site, { startMs, minutes: 60, surplus: 6 }),
    );
    const told = alerts.find(({ scenario }) => scenario === 'parapet/flash-crowd');
    expect(told).toMatchObject({ value: 'default', remediation: false });
    expect(alerts.some(({ scenario }) => scenario === 'parapet/attack-wave')).toBe(false);
    expect(decisions).toEqual([]);
  });

  it('tells a client that went from 5 to 500 a day by its 40th request, and slows it', async () => {
    const greedy = greedyClient(site, REGULAR, 9);
    const { alerts, decisions } = await replayed(await trained(), greedy);
    const alert = alerts.find(({ scenario }) => scenario === 'parapet/client-surge');
    expect(alert).toMatchObject({ value: REGULAR, remediation: true });
    expect(greedy.filter(({ atMs }) => atMs <= Date.parse(alert!.startAt)).length).toBeLessThanOrEqual(40);
    expect(decisions[0]).toMatchObject({
      value: REGULAR,
      type: 'throttle',
      scenario: 'parapet/client-surge',
    });
    expect(decisions.filter(({ value, type }) => value !== REGULAR || type !== 'throttle')).toEqual([]);
  });

  it('names floods of log-ins and of payments, and no crowd so', async () => {
    const here = await trained();
    const named = async (extra: ReturnType<Site['day']>): Promise<string[]> =>
      (await replayed(here, extra)).alerts.map(({ scenario }) => scenario);
    const wave = { startMs, minutes: 15, surplus: 3 };
    expect(await named(attack(site, 'login', wave))).toContain('parapet/credential-stuffing');
    expect(await named(attack(site, 'payment', wave))).toContain('parapet/card-testing');
    const ofCrowd = await named(crowd(site, { ...wave, minutes: 60, surplus: 6 }));
    expect(ofCrowd).not.toContain('parapet/credential-stuffing');
    expect(ofCrowd).not.toContain('parapet/card-testing');
  });

  it('tells a scraper and slows it, and leaves a verified search engine alone', async () => {
    const here = await trained();
    const scraped = await replayed(here, scrape(site, '198.18.7.7', startMs));
    expect(scraped.alerts).toContainEqual(
      expect.objectContaining({ scenario: 'parapet/scraper', value: '198.18.7.7', remediation: true }),
    );
    expect(scraped.decisions).toContainEqual(
      expect.objectContaining({ value: '198.18.7.7', type: 'throttle' }),
    );
    const crawled = await replayed(here, scrape(site, '66.249.66.200', startMs));
    expect(crawled.alerts.filter(({ value }) => value === '66.249.66.200')).toEqual([]);
    expect(crawled.decisions).toEqual([]);
  });

  it('forgets when it is told to, and says what it cannot use', async () => {
    const here = await trained();
    expect(await here.run('train traffic --reset')).toMatchObject({
      out: 'Forgot what was normal\n',
      code: 0,
    });
    expect(await here.run('train traffic --reset')).toMatchObject({
      out: 'There was nothing to forget\n',
      code: 0,
    });
    expect((await here.run('train traffic')).err).toContain('E_TRAIN_FILES');
    here.write('empty.log', 'nothing\n');
    expect((await here.run('train traffic empty.log --type nginx')).err).toContain('E_TRAIN_NO_REQUESTS');
    here.write('.parapet/traffic-model.json.gz', 'no gzip');
    const { err, code } = await here.run('replay empty.log --type nginx --json');
    expect(code).toBe(2);
    expect(err).toContain('E_TRAFFIC_MODEL');
  });
});

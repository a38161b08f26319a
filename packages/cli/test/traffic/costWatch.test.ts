import { describe, expect, it } from 'vitest';
import { newSite } from '../commands/run.ts';
import { crawl, log, MINUTE_MS, MONDAY, people, type Asked } from './filters.ts';

async function trained(): Promise<ReturnType<typeof newSite>> {
  const site = newSite();
  site.write('old.log', log(people(MONDAY + 120 * MINUTE_MS, 70)));
  expect((await site.run('train traffic old.log --type nginx')).code).toBe(0);
  return site;
}

async function costAlerts(
  site: ReturnType<typeof newSite>,
  asked: readonly Asked[],
  tail?: (one: Asked) => string,
): Promise<readonly { message: string; startAt: string }[]> {
  site.write('new.log', log(asked, tail));
  const { out } = await site.run('replay new.log --type nginx --no-inspection --json');
  const { alerts } = JSON.parse(out) as { alerts: { scenario: string; message: string; startAt: string }[] };
  return alerts.filter(({ scenario }) => scenario === 'parapet/crawler-cost');
}

const START_MS = MONDAY + 190 * MINUTE_MS;

describe('a crawl through filters, in a log', () => {
  it('from two thousand addresses is one alert, early', async () => {
    const told = await costAlerts(await trained(), [
      ...people(START_MS - 10 * MINUTE_MS, 30),
      ...crawl(START_MS, 2000, (n) => `100.${64 + (n >> 8)}.${n & 255}.7`),
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]!.message).toContain(
      '"/products?f[]", of which there are more addresses than anybody wants',
    );
    expect(Date.parse(told[0]!.startAt) - START_MS).toBeLessThan(5 * MINUTE_MS);
  });

  it('is none when a few more people filter, or a search engine does', async () => {
    const site = await trained();
    const usual = people(START_MS, 30);
    const more = usual.map((one) => ({ ...one, ip: one.ip.replace('198.51.', '192.0.') }));
    expect(await costAlerts(site, [...usual, ...more])).toEqual([]);
    const engine = crawl(START_MS, 2000, (n) => `66.249.66.${n % 200}`);
    expect(await costAlerts(site, [...usual, ...engine])).toEqual([]);
  });

  it('is told of pages that take long, when the log has times', async () => {
    const reckon = (one: Asked): Asked => ({
      ...one,
      rawPath: one.rawPath.replace(
        /^\/products.*%3A(\d+)$/,
        (_, n: string) => `/reckon?model=${Number(n) % 20}`,
      ),
    });
    const tail = ({ rawPath }: Asked): string =>
      rawPath.startsWith('/reckon') ? ' rt=0.940 -' : ' rt=0.030 HIT';
    const asked = [
      ...people(START_MS - 10 * MINUTE_MS, 30),
      ...crawl(START_MS, 2000, (n) => `100.${64 + (n >> 8)}.${n & 255}.7`),
    ];
    const told = [];
    for (const end of [tail, () => '']) {
      const site = newSite();
      site.write('old.log', log(people(MONDAY + 120 * MINUTE_MS, 70).map(reckon), end));
      expect((await site.run('train traffic old.log --type nginx')).code).toBe(0);
      told.push(await costAlerts(site, asked.map(reckon), end));
    }
    const [timed, plain] = told;
    expect(timed!.map(({ message }) => message)).toEqual([expect.stringContaining('"/reckon?model"')]);
    expect(plain).toEqual([]);
  });
});

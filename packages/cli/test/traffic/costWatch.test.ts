import { describe, expect, it } from 'vitest';
import { combinedLine } from '../../src/traffic/logLine.ts';
import { newSite } from '../commands/run.ts';

const MONDAY = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36';

interface Asked {
  readonly atMs: number;
  readonly ip: string;
  readonly rawPath: string;
}

/** An hour of people: each reads pages with their files, and some filter at the end or at once. */
function people(startMs: number, minutes: number): Asked[] {
  const asked: Asked[] = [];
  for (let i = 0; i < minutes * 6; i++) {
    const atMs = startMs + i * 10_000;
    const ip = `198.51.${Math.floor(i / 250) % 250}.${i % 250}`;
    for (let page = 0; page < 3; page++)
      for (const path of [`/node/${(i + page) % 90}`, '/themes/site.css', '/themes/site.js'])
        asked.push({ atMs: atMs + page * 20_000, ip, rawPath: path });
    asked.push({ atMs: atMs + (i % 5 === 0 ? -1000 : 70_000), ip, rawPath: facet(i) });
  }
  return asked;
}

function crawl(startMs: number, addresses: number, ip: (n: number) => string): Asked[] {
  return Array.from({ length: addresses * 2 }, (_, i) => ({
    atMs: startMs + i * 200,
    ip: ip(i >> 1),
    rawPath: facet(1_000_000 + i),
  }));
}

function facet(n: number): string {
  return `/products?f%5B0%5D=colour%3A${n % 113}&f%5B1%5D=brand%3A${n}`;
}

function log(asked: readonly Asked[]): string {
  return asked
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((one) =>
      combinedLine({ site: '', method: 'GET', status: 200, referrer: '', userAgent: BROWSER, ...one }),
    )
    .join('\n')
    .concat('\n');
}

async function trained(): Promise<ReturnType<typeof newSite>> {
  const site = newSite();
  site.write('old.log', log(people(MONDAY + 120 * MINUTE_MS, 70)));
  expect((await site.run('train traffic old.log --type nginx')).code).toBe(0);
  return site;
}

async function costAlerts(
  site: ReturnType<typeof newSite>,
  asked: readonly Asked[],
): Promise<readonly { message: string; startAt: string }[]> {
  site.write('new.log', log(asked));
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
});

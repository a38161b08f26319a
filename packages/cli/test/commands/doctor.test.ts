import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/doctor/card.ts';
import { newSite, NOON, sampleAlert, type Site } from './run.ts';

/** Requests a second apart that end `minutesAgo` before noon, in the zone that is written but not meant. */
function requests(count: number, addressOf: (i: number) => string, minutesAgo = 1): string {
  const startMs = NOON.getTime() - minutesAgo * 60_000 - count * 1000;
  return Array.from({ length: count }, (_, i) => {
    const [, time] = new Date(startMs + i * 1000).toISOString().split(/[T.]/);
    const day = new Date(startMs + i * 1000).getUTCDate().toString().padStart(2, '0');
    const month = day === '01' ? 'Mar' : 'Feb';
    return `${addressOf(i)} - - [${day}/${month}/2026:${time} +0000] "GET /node/${i % 7} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n`;
  }).join('');
}

function visitors(i: number): string {
  return `203.0.${i % 100}.${(i * 7) % 250}`;
}

function writeLog(site: Site, name: string, text: string, at: Date = NOON): void {
  site.write(name, text);
  fs.utimesSync(path.join(site.folder, name), at, at);
}

async function cardsOf(site: Site, options: string): Promise<{ cards: Card[]; code: number }> {
  const { out, code } = await site.run(`doctor --json ${options}`);
  return { cards: JSON.parse(out).cards, code };
}

function sayings(cards: readonly Card[], level: Card['level'], topic: string): string[] {
  return cards.filter((card) => card.level === level && card.topic === topic).map(({ says }) => says);
}

describe('doctor', () => {
  it('finds nothing critical with a log of visitors, and says what it looked at', async () => {
    const site = newSite();
    writeLog(site, 'access.log', requests(3000, visitors));
    await site.withStore(async (store) => store.record({ alerts: [sampleAlert('a1', '192.0.2.7')] }));
    const { cards, code } = await cardsOf(site, '--log access.log');
    expect(sayings(cards, 'critical', 'log')).toEqual([]);
    expect(sayings(cards, 'fine', 'log')).toEqual([
      expect.stringMatching(
        /^access\.log is read as nginx \(detected, \d+ % sure\); 2,000 of its last 2,000 lines parse$/,
      ),
    ]);
    expect(sayings(cards, 'fine', 'store')).toEqual([
      'The store can be read: 1 alerts, 0 decisions in force',
    ]);
    expect(sayings(cards, 'recommended', 'engine')[0]).toContain('No engine is running here');
    expect(cards.find(({ topic }) => topic === 'geo')?.fix).toContain('geo-whois-asn-country-mmdb');
    expect(code).toBe(0);
  });

  it('calls it critical when there is nothing to watch, or no such log, or a log of nothing known', async () => {
    const site = newSite();
    expect((await cardsOf(site, '')).code).toBe(1);
    const absent = await cardsOf(site, '--log gone.log');
    expect(sayings(absent.cards, 'critical', 'log')).toEqual(['There is no log gone.log']);
    site.write('poem.log', 'Shall I compare thee\nto a summer day\n');
    const poem = await site.run('doctor --log poem.log');
    expect(poem.out).toMatch(
      /^Critical\n {2}✗ poem\.log: the lines look like no known log\n {4}such as: Shall I compare thee\n {4}→ Say what writes it/,
    );
    expect(poem.code).toBe(1);
  });

  it('sees a proxy that is taken for the visitors', async () => {
    const site = newSite();
    writeLog(
      site,
      'inside.log',
      requests(300, () => '10.0.0.2'),
    );
    writeLog(
      site,
      'cdn.log',
      requests(300, (i) => (i % 10 === 0 ? visitors(i) : '198.51.100.9')),
    );
    writeLog(
      site,
      'few.log',
      requests(20, () => '10.0.0.2'),
    );
    const { cards, code } = await cardsOf(site, '--log inside.log --log cdn.log --log few.log');
    expect(sayings(cards, 'critical', 'log')).toEqual([
      '100 % of the requests in inside.log come from private addresses (most from 10.0.0.2)',
    ]);
    expect(sayings(cards, 'important', 'log')).toEqual([
      '90 % of the requests in cdn.log come from 198.51.100.9',
    ]);
    expect(code).toBe(1);
  });

  it('sees a clock that is wrong, a time zone, and a log that nothing is written to', async () => {
    const site = newSite();
    writeLog(site, 'ahead.log', requests(100, visitors, -30));
    writeLog(site, 'zone.log', requests(100, visitors, 120));
    writeLog(
      site,
      'old.log',
      requests(100, visitors, 60 * 24 * 5),
      new Date(NOON.getTime() - 5 * 86_400_000),
    );
    const { cards } = await cardsOf(site, '--log ahead.log --log zone.log --log old.log');
    expect(sayings(cards, 'important', 'log')).toEqual([
      "The time in ahead.log is 30 minutes ahead of this machine's clock",
      'Nothing was written to old.log for 5 days',
    ]);
    expect(sayings(cards, 'recommended', 'log')).toEqual([
      'The last line of zone.log says a time 2 hours before it was written',
    ]);
  });

  it('says what a log of the wrong type looks like', async () => {
    const site = newSite();
    writeLog(site, 'access.log', requests(100, visitors));
    const { cards } = await cardsOf(site, '--log access.log=syslog');
    const card = cards.find(({ level, topic }) => level !== 'fine' && topic === 'log');
    expect(card).toMatchObject({ level: 'critical', fix: expect.stringContaining('It looks like nginx') });
    expect(card?.says).toContain('0 of its last 100 lines parse');
  });

  it('goes on when the configuration is wrong, and names each problem', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'losg: []\n');
    writeLog(site, 'access.log', requests(100, visitors));
    const { cards, code } = await cardsOf(site, '--log access.log');
    expect(sayings(cards, 'critical', 'configuration')[0]).toContain("parapet.yaml:1:1: 'losg' is no key");
    expect(sayings(cards, 'fine', 'log')).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('says when everything is only simulated, and which store is no store', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'simulation: sim.yaml\nlogs:\n  - file: "*.log"\n');
    site.write('sim.yaml', 'simulation: true\n');
    writeLog(site, 'access.log', requests(100, visitors));
    fs.mkdirSync(path.join(site.folder, '.parapet'));
    site.write('.parapet/parapet.db', 'this is no database, but it is long enough to look at '.repeat(40));
    const { cards } = await cardsOf(site, '');
    expect(sayings(cards, 'important', 'configuration')[0]).toContain('All scenarios are simulated');
    expect(sayings(cards, 'critical', 'store')[0]).toContain('E_STORE_FOREIGN');
    expect(sayings(cards, 'fine', 'log')).toHaveLength(1);
  });

  it('says that an engine is running', async () => {
    const site = newSite();
    await site.withStore(async () => {
      const { cards } = await cardsOf(site, '');
      expect(sayings(cards, 'fine', 'engine')[0]).toContain(`process ${process.pid}`);
      expect(sayings(cards, 'critical', 'log')).toEqual([]);
    }, 'engine');
  });
});

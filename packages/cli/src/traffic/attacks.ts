// Crowds and attacks on a made-up site, each from the same few numbers: when, how long, how many times the usual.

import type { TrafficRequest } from '@parapet/engine';
import { DAY_MS, FIRST_DAY_MS, HOST, MINUTE_MS, type Site } from './site.ts';

/** Kinds on which the thresholds were chosen. */
export const ATTACKS = [
  'random-urls',
  'one-url',
  'login',
  'payment',
  'search',
  'low-and-slow',
  'browser-like',
  'crawl',
] as const;

/** Kinds that were looked at later, on odd sites. */
export const ODD_ATTACKS = [
  'one-request-each',
  'files-past-caches',
  'xmlrpc',
  'interface',
  'one-network',
  'filters',
  'heads',
  'downloads',
  'from-a-search',
  'hasty-people',
] as const;

export type AttackKind = (typeof ATTACKS)[number] | (typeof ODD_ATTACKS)[number];

type Who = Pick<TrafficRequest, 'ip' | 'userAgent'>;

export interface Wave {
  readonly startMs: number;
  readonly minutes: number;
  /** Requests beside the usual ones, as a multiple of them. */
  readonly surplus: number;
  /** At once all of it, a little more each minute, or one minute in three. */
  readonly course?: 'even' | 'rising' | 'pulsing';
}

/** How likely somebody of a crowd is to go on after a page; and what the mean of a visit leaves out. */
const CROWD_STAYS = 0.4;
const CROWD_FACTOR = 1.2;

/** Returns the requests of a viral day: new people from one place, to one page, who look around and leave. */
export function crowd(site: Site, wave: Wave): TrafficRequest[] {
  const { dice } = site;
  const page = site.page();
  const from = dice.one([
    'https://news.example.net/item/1',
    'https://www.reddit.com/r/news/',
    'https://t.example/abc',
  ]);
  forEachMinute(site, wave, (atMs, usual) => {
    for (
      let k = dice.poisson((usual * wave.surplus) / (CROWD_FACTOR * site.requestsOf(CROWD_STAYS)));
      k > 0;
      k--
    )
      site.visit(
        atMs + dice.next() * MINUTE_MS,
        { ip: dice.next() < 0.7 ? site.knownIp() : site.newIp(), userAgent: site.agent() },
        dice.next() < 0.7 ? from : '',
        page,
        CROWD_STAYS,
      );
  });
  return site.take();
}

/** Returns the requests of an attack. */
export function attack(site: Site, kind: AttackKind, wave: Wave): TrafficRequest[] {
  const { dice } = site;
  const rate = usualAt(site, wave.startMs) * wave.surplus;
  const { ofClient, requests = 1, ask } = KINDS[kind];
  const network = site.newIp().replace(/\.\d+$/, '');
  const clients = Array.from({ length: Math.max(2, Math.ceil(rate / Math.max(1 / 8, ofClient))) }, () => ({
    ip: kind === 'one-network' ? `${network}.${dice.below(256)}` : site.newIp(),
    userAgent: site.agent(),
  }));
  const page = site.page();
  forEachMinute(site, wave, (atMs, now) => {
    for (let k = dice.poisson((now * surplusAt(wave, atMs)) / requests); k > 0; k--) {
      const who = ofClient > 0 ? dice.one(clients) : { ip: site.newIp(), userAgent: site.agent() };
      ask(site, atMs + dice.next() * MINUTE_MS, who, page);
    }
  });
  return site.take();
}

interface Kind {
  /** Requests a minute of one client; 0 when each is of another. */
  readonly ofClient: number;
  /** How many requests come at once; one when absent. */
  readonly requests?: number;
  readonly ask: (site: Site, atMs: number, who: Who, page: string) => void;
}

const KINDS: Readonly<Record<AttackKind, Kind>> = {
  'random-urls': {
    ofClient: 40,
    ask: (site, atMs, who) =>
      site.add({ atMs, ...who, rawPath: `/${token(site)}?${token(site)}`, status: 404 }),
  },
  'one-url': {
    ofClient: 12,
    ask: (site, atMs, who, page) => site.add({ atMs, ...who, rawPath: `${page}?${site.dice.below(1e9)}` }),
  },
  login: {
    ofClient: 10,
    ask: (site, atMs, who) =>
      site.add({ atMs, ...who, method: 'POST', rawPath: '/user/login', referrer: `${HOST}/user/login` }),
  },
  payment: {
    ofClient: 3,
    ask: (site, atMs, who) =>
      site.add({ atMs, ...who, method: 'POST', rawPath: '/checkout/payment', status: 402 }),
  },
  search: {
    ofClient: 8,
    ask: (site, atMs, who) => site.add({ atMs, ...who, rawPath: `/search?q=${token(site)}` }),
  },
  'low-and-slow': { ofClient: 1, ask: somePage },
  crawl: { ofClient: 20, ask: somePage },
  /** Headless browsers: everything a person's browser asks for, without the pauses. */
  'browser-like': {
    ofClient: 40,
    requests: 4,
    ask: (site, atMs, who) => {
      const page = site.page();
      site.add({ atMs, ...who, rawPath: page });
      for (let file = 0; file < 3; file++)
        site.add({
          atMs: atMs + 50 + site.dice.next() * 400,
          ...who,
          rawPath: `/themes/site/${site.dice.below(60)}.css`,
          referrer: page,
        });
    },
  },
  'one-request-each': { ofClient: 0, ask: somePage },
  'files-past-caches': {
    ofClient: 15,
    ask: (site, atMs, who) =>
      site.add({ atMs, ...who, rawPath: `/themes/site/${site.dice.below(60)}.css?${token(site)}` }),
  },
  xmlrpc: {
    ofClient: 12,
    ask: (site, atMs, who) => site.add({ atMs, ...who, method: 'POST', rawPath: '/xmlrpc.php' }),
  },
  interface: {
    ofClient: 20,
    ask: (site, atMs, who) =>
      site.add({
        atMs,
        ...who,
        rawPath: `/jsonapi/node/article?page[offset]=${50 * site.dice.below(400)}`,
      }),
  },
  'one-network': { ofClient: 6, ask: somePage },
  filters: {
    ofClient: 0.7,
    ask: (site, atMs, who) =>
      site.add({
        atMs,
        ...who,
        rawPath: `/products?f[0]=brand:${site.dice.below(90)}&f[1]=size:${site.dice.below(40)}&page=${site.dice.below(30)}`,
      }),
  },
  heads: {
    ofClient: 25,
    ask: (site, atMs, who) => site.add({ atMs, ...who, method: 'HEAD', rawPath: '/' }),
  },
  downloads: {
    ofClient: 4,
    ask: (site, atMs, who) => site.add({ atMs, ...who, rawPath: '/files/catalogue-2026.pdf', status: 206 }),
  },
  'from-a-search': {
    ofClient: 3,
    ask: (site, atMs, who) =>
      site.add({ atMs, ...who, rawPath: site.page(), referrer: 'https://www.google.com/' }),
  },
  /** What people asked for, with files and links, and a second between the pages. */
  'hasty-people': {
    ofClient: 24,
    requests: 24,
    ask: (site, startMs, who) => {
      let from = 'https://www.google.com/';
      for (let step = 0; step < 8; step++) {
        const page = site.page();
        const atMs = startMs + step * (700 + site.dice.below(900));
        site.add({ atMs, ...who, rawPath: page, referrer: from });
        from = HOST + page;
        for (let file = 0; file < 2; file++)
          site.add({
            atMs: atMs + 50 + site.dice.next() * 300,
            ...who,
            rawPath: `/themes/site/${site.dice.below(60)}.css`,
            referrer: from,
          });
      }
    },
  },
};

function somePage(site: Site, atMs: number, who: Who): void {
  site.add({ atMs, ...who, rawPath: site.page() });
}

/** Returns the requests of one client that asked for 5 a day and now asks for 500. */
export function greedyClient(site: Site, ip: string, day: number): TrafficRequest[] {
  for (let k = 0; k < 500; k++)
    site.add({
      atMs: FIRST_DAY_MS + day * DAY_MS + 8 * 60 * MINUTE_MS + k * (5000 + site.dice.below(60_000)),
      ip,
      rawPath: site.page(),
      userAgent: 'client/1.0',
    });
  return site.take();
}

/** Returns the requests of one client that goes through the site, a page a second. */
export function scrape(site: Site, ip: string, startMs: number): TrafficRequest[] {
  for (let k = 0; k < 900; k++)
    site.add({ atMs: startMs + k * 1000, ip, rawPath: site.page(), userAgent: site.agent() });
  return site.take();
}

/** How many times the usual comes at a moment of the wave. */
function surplusAt({ startMs, minutes, surplus, course = 'even' }: Wave, atMs: number): number {
  const minute = Math.floor((atMs - startMs) / MINUTE_MS);
  if (course === 'rising') return (surplus * (minute + 1)) / minutes;
  return course === 'pulsing' && minute % 3 > 0 ? 0 : surplus;
}

function forEachMinute(
  site: Site,
  { startMs, minutes }: Wave,
  each: (atMs: number, usual: number) => void,
): void {
  for (let k = 0; k < minutes; k++) each(startMs + k * MINUTE_MS, usualAt(site, startMs + k * MINUTE_MS));
}

/** Requests a minute that are usual at that time. */
export function usualAt(site: Site, atMs: number): number {
  const since = atMs - FIRST_DAY_MS;
  const day = Math.floor(since / DAY_MS);
  return (site.shape.requestsADay / 1440) * site.rhythm(day, (since - day * DAY_MS) / MINUTE_MS);
}

function token(site: Site): string {
  return site.dice.below(2 ** 31).toString(36);
}

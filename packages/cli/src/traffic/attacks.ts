// Crowds and attacks on a made-up site, each from the same few numbers: when, how long, how many times the usual.

import type { TrafficRequest } from '@parapet/engine';
import { DAY_MS, FIRST_DAY_MS, MINUTE_MS, type Site } from './site.ts';

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

export type AttackKind = (typeof ATTACKS)[number];

export interface Wave {
  readonly startMs: number;
  readonly minutes: number;
  /** Requests beside the usual ones, as a multiple of them. */
  readonly surplus: number;
}

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
    for (let k = dice.poisson((usual * wave.surplus) / 11); k > 0; k--)
      site.visit(
        atMs + dice.next() * MINUTE_MS,
        { ip: dice.next() < 0.7 ? site.knownIp() : site.newIp(), userAgent: site.agent() },
        dice.next() < 0.7 ? from : '',
        page,
        0.4,
      );
  });
  return site.take();
}

/** Returns the requests of an attack. */
export function attack(site: Site, kind: AttackKind, wave: Wave): TrafficRequest[] {
  const { dice } = site;
  const usual = usualAt(site, wave.startMs);
  const rate = usual * wave.surplus;
  const clients = Array.from({ length: clientsOf(kind, rate) }, () => ({
    ip: site.newIp(),
    userAgent: site.agent(),
  }));
  const page = site.page();
  if (kind === 'browser-like') {
    browse(site, wave, clients);
    return site.take();
  }
  forEachMinute(site, wave, (atMs, now) => {
    for (let k = dice.poisson(now * wave.surplus); k > 0; k--) {
      const who = dice.one(clients);
      const at = atMs + dice.next() * MINUTE_MS;
      if (kind === 'random-urls')
        site.add({ atMs: at, ...who, rawPath: `/${token(site)}?${token(site)}`, status: 404 });
      else if (kind === 'one-url') site.add({ atMs: at, ...who, rawPath: `${page}?${dice.below(1e9)}` });
      else if (kind === 'login')
        site.add({
          atMs: at,
          ...who,
          method: 'POST',
          rawPath: '/user/login',
          referrer: 'https://www.example.org/user/login',
        });
      else if (kind === 'payment')
        site.add({ atMs: at, ...who, method: 'POST', rawPath: '/checkout/payment', status: 402 });
      else if (kind === 'search') site.add({ atMs: at, ...who, rawPath: `/search?q=${token(site)}` });
      else site.add({ atMs: at, ...who, rawPath: site.page() });
    }
  });
  return site.take();
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

/** Headless browsers: everything a person's browser asks for, without the pauses. */
function browse(
  site: Site,
  wave: Wave,
  clients: readonly { readonly ip: string; readonly userAgent: string }[],
): void {
  const { dice } = site;
  forEachMinute(site, wave, (atMs, usual) => {
    for (let k = dice.poisson((usual * wave.surplus) / 4); k > 0; k--) {
      const who = dice.one(clients);
      const at = atMs + dice.next() * MINUTE_MS;
      const page = site.page();
      site.add({ atMs: at, ...who, rawPath: page });
      for (let asset = 0; asset < 3; asset++)
        site.add({
          atMs: at + 50 + dice.next() * 400,
          ...who,
          rawPath: `/themes/site/${dice.below(60)}.css`,
          referrer: page,
        });
    }
  });
}

function clientsOf(kind: AttackKind, rateAMinute: number): number {
  const rates: Readonly<Record<AttackKind, number>> = {
    'random-urls': 40,
    'one-url': 12,
    login: 10,
    payment: 3,
    search: 8,
    'low-and-slow': 1,
    'browser-like': 40,
    crawl: 20,
  };
  return Math.max(2, Math.ceil(rateAMinute / rates[kind]));
}

function forEachMinute(
  site: Site,
  { startMs, minutes }: Wave,
  each: (atMs: number, usual: number) => void,
): void {
  for (let k = 0; k < minutes; k++) each(startMs + k * MINUTE_MS, usualAt(site, startMs + k * MINUTE_MS));
}

/** Requests a minute that are usual at that time. */
function usualAt(site: Site, atMs: number): number {
  const since = atMs - FIRST_DAY_MS;
  const day = Math.floor(since / DAY_MS);
  return (site.shape.requestsADay / 1440) * site.rhythm(day, (since - day * DAY_MS) / MINUTE_MS);
}

function token(site: Site): string {
  return site.dice.below(2 ** 31).toString(36);
}

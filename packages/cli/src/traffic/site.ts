// A made-up site and the people and machines that use it on ordinary days: its rhythm, visits with their assets and
// pauses, customers that come again, crawlers, monitors, feed readers.

import type { TrafficRequest } from '@parapet/engine';
import { Dice } from './dice.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** A Monday. */
export const FIRST_DAY_MS: number = Date.UTC(2026, 0, 5);

export interface SiteShape {
  readonly requestsADay: number;
  /** How much quieter a day at the weekend is. */
  readonly weekend: number;
  /** 0 for the same at all hours, 1 for a night without anybody. */
  readonly nightly: number;
  /** How much days differ from one another by chance. */
  readonly moods: number;
  readonly pages: number;
  /** When nobody comes, in minutes after midnight. */
  readonly quietest?: (day: number) => number;
  /** How many times the usual comes at some time, beside rhythm and chance. */
  readonly times?: (day: number, minute: number) => number;
  /** Files that belong to a page, beside what is common; 0 for pages alone. */
  readonly assets?: (day: number) => number;
  readonly hasReferrers?: boolean;
  /** Requests that a page makes by itself, within a second. */
  readonly calls?: number;
  /** Milliseconds that people look at a page, in the middle, and how much they differ. */
  readonly reading?: readonly [medianMs: number, sigma: number];
  /** How likely people are to go on after a page. */
  readonly stays?: number;
  /** Whether each request is of anybody, and nobody stays for a visit. */
  readonly isLoose?: boolean;
  /** Of visits, the share of those by people who come again and again. */
  readonly regulars?: number;
  readonly feedReaders?: number;
  /** Pages that a job asks for at each full hour, as quickly as it can. */
  readonly hourlyPages?: number;
}

export const SHAPES: readonly SiteShape[] = [
  { requestsADay: 20_000, weekend: 0.7, nightly: 0.85, moods: 0.08, pages: 300 },
  { requestsADay: 60_000, weekend: 1.2, nightly: 0.7, moods: 0.1, pages: 2000 },
  { requestsADay: 200_000, weekend: 0.5, nightly: 0.9, moods: 0.06, pages: 5000 },
];

const AGENTS = Array.from(
  { length: 60 },
  (_, i) =>
    `Mozilla/5.0 (${['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'X11; Linux x86_64', 'iPhone; CPU iPhone OS 18_1 like Mac OS X', 'Linux; Android 15'][i % 5]}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${120 + (i % 12)}.0 Safari/537.36`,
);
const SEARCHES = ['https://www.google.com/', 'https://www.bing.com/', 'https://duckduckgo.com/', ''];
const READING = [18_000, 0.9] as const;
const STAYS = 0.75;
const QUIETEST = 180;
const REGULARS = 0.35;
const FEED_READERS = 20;
export const HOST: string = 'https://www.example.org';

export class Site {
  readonly shape: SiteShape;
  readonly dice: Dice;
  readonly #regulars: { readonly ip: string; readonly userAgent: string }[];
  readonly #networks: string[];
  #out: TrafficRequest[] = [];
  #day = 0;

  constructor(shape: SiteShape, seed: number) {
    this.shape = shape;
    this.dice = new Dice(seed);
    this.#networks = Array.from({ length: 4000 }, () => this.#network());
    const regulars = Math.round(shape.requestsADay / 60);
    this.#regulars = Array.from({ length: regulars }, () => ({
      ip: this.knownIp(),
      userAgent: this.dice.one(AGENTS),
    }));
  }

  /** Returns the ordinary requests of a day, in the order of their times. */
  day(number: number): TrafficRequest[] {
    const { dice, shape } = this;
    const startMs = FIRST_DAY_MS + number * DAY_MS;
    const mood = Math.exp(shape.moods * dice.normal());
    this.#day = number;
    for (let minute = 0; minute < 1440; minute++) {
      const visits =
        (shape.requestsADay / this.requestsOf(shape.stays ?? STAYS) / 1440) *
        this.rhythm(number, minute) *
        mood;
      for (let k = dice.poisson(visits); k > 0; k--) {
        const atMs = startMs + (minute + dice.next()) * MINUTE_MS;
        const isRegular = dice.next() < (shape.regulars ?? REGULARS);
        const who = isRegular
          ? dice.one(this.#regulars)
          : { ip: this.knownIp(), userAgent: dice.one(AGENTS) };
        this.visit(atMs, who, dice.one(SEARCHES), this.page(), shape.stays ?? STAYS);
      }
    }
    this.#machines(startMs);
    // Visits that go on after midnight are of the next day.
    const all = this.take();
    const next = all.findIndex(({ atMs }) => atMs >= startMs + DAY_MS);
    if (next < 0) return all;
    this.#out = all.slice(next);
    return all.slice(0, next);
  }

  /** Ends what is being written and returns it in order. */
  take(): TrafficRequest[] {
    const out = this.#out.toSorted((one, other) => one.atMs - other.atMs);
    this.#out = [];
    return out;
  }

  /** How busy this minute is beside the mean of the week. */
  rhythm(day: number, minute: number): number {
    const { nightly, weekend, quietest, times } = this.shape;
    const since = minute + QUIETEST - (quietest?.(day) ?? QUIETEST);
    const curve =
      1 -
      nightly * Math.cos((2 * Math.PI * (since - QUIETEST)) / 1440) +
      0.25 * nightly * Math.sin((4 * Math.PI * since) / 1440);
    return Math.max(0.02, curve) * (day % 7 >= 5 ? weekend : 1) * (times?.(day, minute) ?? 1);
  }

  /** Requests that a visit has in the mean of those who go on so likely. */
  requestsOf(stays: number): number {
    const { isLoose = false, calls = 0, assets } = this.shape;
    if (isLoose) return 1;
    const share = assets?.(0) ?? 1;
    return (1 + calls + 1.5 * share) / (1 - stays) + 5 * share;
  }

  /** A person: pages with what belongs to them, pauses, sometimes a form. */
  visit(
    startMs: number,
    who: { readonly ip: string; readonly userAgent: string },
    referrer: string,
    firstPage: string,
    stays: number,
  ): void {
    const { dice, shape } = this;
    const { hasReferrers = true, reading = READING, calls = 0, isLoose = false } = shape;
    const share = shape.assets?.(this.#day) ?? 1;
    let atMs = startMs;
    let from = hasReferrers ? referrer : '';
    let page = firstPage;
    const hasCache = dice.next() < 0.3;
    for (let count = 0; count < 40; count++) {
      const isMissing = dice.next() < 0.012;
      this.add({
        atMs,
        ...who,
        rawPath: isMissing ? `${page}-old` : page,
        status: isMissing ? 404 : 200,
        referrer: from,
      });
      if (isLoose) return;
      for (let k = 0; k < calls; k++)
        this.add({
          atMs: atMs + 100 + dice.next() * 900,
          ...who,
          rawPath: `/api/${wordOf(1 + dice.below(30))}?id=${dice.below(5000)}`,
          referrer: hasReferrers ? HOST + page : '',
        });
      const assets = Math.round(share * (count === 0 && !hasCache ? 4 + dice.below(7) : dice.below(4)));
      for (let k = 0; k < assets; k++)
        this.add({
          atMs: atMs + 100 + dice.next() * 2000,
          ...who,
          rawPath: `/themes/site/${dice.below(60)}.${dice.one(['css', 'js', 'png', 'jpg', 'webp'])}`,
          status: hasCache && dice.next() < 0.5 ? 304 : 200,
          referrer: hasReferrers ? HOST + page : '',
        });
      if (dice.next() > stays) return;
      atMs += 1000 + dice.logNormal(...reading);
      from = hasReferrers ? HOST + page : '';
      const turn = dice.next();
      if (turn < 0.03) {
        this.add({
          atMs,
          ...who,
          method: 'POST',
          rawPath: dice.one(['/cart', '/search', '/contact', '/user/login', '/checkout/payment']),
          status: 303,
          referrer: from,
        });
        atMs += 800;
      }
      page = turn > 0.9 ? `/search?q=word${dice.below(500)}` : this.page();
    }
  }

  page(): string {
    const number = this.dice.zipf(this.shape.pages);
    if (number === 0) return '/';
    return number % 3 === 0
      ? `/node/${number}`
      : `/${['products', 'blog', 'help'][number % 3]}/${wordOf(number)}`;
  }

  /** An address from networks that the site knows. */
  knownIp(): string {
    return `${this.#networks[this.dice.zipf(this.#networks.length)]}.${1 + this.dice.below(254)}`;
  }

  newIp(): string {
    return `${this.#network()}.${1 + this.dice.below(254)}`;
  }

  agent(): string {
    return this.dice.one(AGENTS);
  }

  add(request: Partial<TrafficRequest> & Pick<TrafficRequest, 'atMs' | 'ip' | 'rawPath'>): void {
    this.#out.push({ site: '', method: 'GET', status: 200, referrer: '', userAgent: '', ...request });
  }

  #network(): string {
    return `${20 + this.dice.below(180)}.${this.dice.below(256)}.${this.dice.below(256)}`;
  }

  #machines(startMs: number): void {
    const { dice, shape } = this;
    for (let k = dice.poisson(shape.requestsADay * 0.05); k > 0; k--)
      this.add({
        atMs: startMs + dice.next() * DAY_MS,
        ip: `66.249.66.${1 + dice.below(8)}`,
        rawPath: this.page(),
        status: dice.next() < 0.05 ? 404 : 200,
        userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      });
    for (let minute = 0; minute < 1440; minute += 5)
      for (const ip of ['192.0.2.10', '192.0.2.11'])
        this.add({ atMs: startMs + minute * MINUTE_MS + 7000, ip, rawPath: '/', userAgent: 'Monitor/2.0' });
    for (let reader = 0; reader < (shape.feedReaders ?? FEED_READERS); reader++)
      for (let hour = 0; hour < 24; hour++)
        this.add({
          atMs: startMs + hour * 60 * MINUTE_MS + ((reader * 91_000) % (60 * MINUTE_MS)),
          ip: `198.51.${100 + (reader >> 8)}.${reader & 255}`,
          rawPath: '/feed.xml',
          status: hour % 4 === 0 ? 200 : 304,
          userAgent: 'FeedReader/1.4',
        });
    for (let hour = 0; hour < 24; hour++)
      for (let k = 0; k < (shape.hourlyPages ?? 0); k++)
        this.add({
          atMs: startMs + hour * 60 * MINUTE_MS + k * 150,
          ip: '192.0.2.77',
          rawPath: `/export/${k}`,
          userAgent: 'Job/1.0',
        });
  }
}

function wordOf(number: number): string {
  const parts = [
    'red',
    'blue',
    'long',
    'short',
    'north',
    'south',
    'shoe',
    'lamp',
    'table',
    'story',
    'guide',
    'river',
  ];
  let word = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / parts.length))
    word += `-${parts[rest % parts.length]}`;
  return word.slice(1);
}

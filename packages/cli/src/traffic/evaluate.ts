// What the traffic detectors make of made-up sites: ordinary weeks, floods, crowds, both at once, single clients.

import process from 'node:process';
import {
  SiteMonitor,
  TrafficMonitor,
  type TrafficFinding,
  type TrafficPart,
  type TrafficRequest,
} from '@parapet/engine';
import { crawlLimit, rateLimit, type Peer } from './anchors.ts';
import { attack, ATTACKS, crowd, greedyClient, scrape, type AttackKind, type Wave } from './attacks.ts';
import { Dice } from './dice.ts';
import { DAY_MS, FIRST_DAY_MS, MINUTE_MS, SHAPES, Site } from './site.ts';

export interface TrafficRow {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
}

const LEARNT_DAYS = 14;
const HOUR_MS = 3_600_000;
const TIMES = [9.5, 13.2, 19.7];

interface Learnt {
  readonly site: Site;
  readonly model: readonly TrafficPart[];
  readonly requestsADay: number;
  readonly today: readonly TrafficRequest[];
}

/** Returns the rows of the table; `say` is told how far it is. */
export function evaluateTraffic(seeds: readonly number[], say: (text: string) => void): TrafficRow[] {
  const tally = new Tally();
  for (const seed of seeds) {
    for (const shape of SHAPES) {
      const learnt = learn(new Site(shape, seed));
      say(`seed ${seed}: a site of ${shape.requestsADay} requests a day`);
      floods(learnt, tally);
      crowds(learnt, tally);
      mixed(learnt, tally);
      greedy(learnt, tally);
      ordinaryWeek(learnt, tally);
    }
  }
  say('steady clients');
  return [...tally.rows(), ...steadyClients(seeds[0] ?? 1), ...size()];
}

function learn(site: Site): Learnt {
  const learner = new SiteMonitor('', false);
  for (let day = 0; day < LEARNT_DAYS; day++) {
    // A client that asks for five pages a day, for `greedy`.
    for (let k = 0; k < 5; k++)
      site.add({
        atMs: FIRST_DAY_MS + day * DAY_MS + (k + 1) * 3.9 * HOUR_MS,
        ip: GREEDY,
        rawPath: site.page(),
      });
    for (const request of site.day(day)) learner.observe(request, () => {});
  }
  const { requestsADay } = site.shape;
  const today = site.day(LEARNT_DAYS);
  site.take(); // what went on after midnight belongs to no wave
  return { site, model: modelOf(learner), requestsADay, today };
}

function modelOf(learner: SiteMonitor): readonly TrafficPart[] {
  learner.finish();
  return [...learner.saveAll()];
}

function monitorOf(model: readonly TrafficPart[]): SiteMonitor {
  return new TrafficMonitor('replay', model).site('')!;
}

const GREEDY = '203.0.113.77';
const SCRAPER = '198.18.7.7';

/** The day after the time of learning, with what is added to it. */
function watch(
  { model, today }: Learnt,
  extra: readonly TrafficRequest[],
  found: (finding: TrafficFinding, monitor: SiteMonitor) => void,
  each: (request: TrafficRequest, monitor: SiteMonitor) => void = () => {},
): void {
  const monitor = monitorOf(model);
  const last = Math.max(...extra.map(({ atMs }) => atMs), 0) + 10 * MINUTE_MS;
  const all = [...today, ...extra]
    .filter(({ atMs }) => atMs < last)
    .toSorted((one, other) => one.atMs - other.atMs);
  for (const request of all) {
    monitor.observe(request, (finding) => found(finding, monitor));
    each(request, monitor);
  }
}

function waveAt(hour: number, minutes: number, surplus: number): Wave {
  return { startMs: FIRST_DAY_MS + LEARNT_DAYS * DAY_MS + hour * HOUR_MS, minutes, surplus };
}

function floods(learnt: Learnt, tally: Tally): void {
  for (const kind of ATTACKS) {
    for (const hour of TIMES) {
      for (const [surplus, minutes, within] of [
        [2, 12, 2],
        [0.5, 32, 30],
      ] as const) {
        const wave = waveAt(hour, minutes, surplus);
        const requests = attack(learnt.site, kind, wave);
        const clients = new Set(requests.map(({ ip }) => ip));
        let seenMs = Number.POSITIVE_INFINITY;
        let isNamed = false;
        let [right, windows] = [0, 0];
        let minute = 0;
        watch(
          learnt,
          requests,
          (finding) => {
            const isOfIt = finding.atMs >= wave.startMs && (!('ip' in finding) || clients.has(finding.ip));
            if (finding.kind === NAMES[kind]) isNamed = true;
            if (isOfIt) seenMs = Math.min(seenMs, finding.atMs - wave.startMs);
          },
          ({ atMs }, monitor) => {
            const since = Math.floor((atMs - wave.startMs) / MINUTE_MS);
            if (since <= minute || since < 2 || since >= minutes) return;
            minute = since;
            windows++;
            if (monitor.state === 'attack-wave') right++;
          },
        );
        const isSeen = seenMs <= within * MINUTE_MS;
        tally.count(surplus === 2 ? 'x3' : 'x1.5', isSeen);
        tally.count(`${surplus === 2 ? 'x3' : 'x1.5'} ${learnt.requestsADay}`, isSeen);
        if (surplus === 2) tally.add('attack windows', right, windows);
        if (surplus === 2 && NAMES[kind] !== undefined) tally.count(`named ${kind}`, isNamed);
      }
    }
  }
}

/** Attacks that have an alert of their own. */
const NAMES: Readonly<Partial<Record<AttackKind, TrafficFinding['kind']>>> = {
  login: 'credential-stuffing',
  payment: 'card-testing',
};

function crowds(learnt: Learnt, tally: Tally): void {
  for (const hour of TIMES) {
    for (const surplus of [3, 6]) {
      const wave = waveAt(hour, 40, surplus);
      let [right, wrong, windows] = [0, 0, 0];
      let minute = 0;
      watch(
        learnt,
        crowd(learnt.site, wave),
        (finding) =>
          tally.count(
            'crowd told as attack',
            finding.kind === 'attack-wave',
            finding.kind === 'attack-wave' ? 1 : 0,
          ),
        ({ atMs }, monitor) => {
          const since = Math.floor((atMs - wave.startMs) / MINUTE_MS);
          if (since <= minute || since < 2 || since >= 40) return;
          minute = since;
          windows++;
          if (monitor.state === 'flash-crowd') right++;
          if (monitor.state === 'attack-wave') wrong++;
        },
      );
      tally.add('crowd windows', right, windows);
      tally.add('crowd windows not taken for attack', windows - wrong, windows);
    }
  }
}

/** A crowd and an attack at once: whom the detectors stop, and whom fixed limits would have stopped. */
function mixed(learnt: Learnt, tally: Tally): void {
  for (const kind of ATTACKS) {
    const wave = waveAt(13.2, 30, 3);
    const people = crowd(learnt.site, wave);
    const bots = attack(learnt.site, kind, wave);
    const botIps = new Set(bots.map(({ ip }) => ip));
    const stopped = new Map<string, 'ban' | 'captcha' | 'throttle'>();
    const peers = [rateLimit(), crawlLimit()];
    const shoppers = new Set<string>();
    watch(
      learnt,
      [...people, ...bots],
      (finding) => {
        if (finding.kind === 'hostile-client') stopped.set(finding.ip, finding.odds >= 5 ? 'ban' : 'captcha');
        if (finding.kind === 'client-surge' || finding.kind === 'scraper')
          stopped.set(finding.ip, 'throttle');
      },
      (request) => {
        for (const peer of peers) peer.observe(request);
        const since = request.atMs - wave.startMs;
        if (since < 0 || since >= wave.minutes * MINUTE_MS) return;
        if (!botIps.has(request.ip)) {
          shoppers.add(request.ip);
          return;
        }
        if (since < MINUTE_MS) return;
        tally.count('attack requests stopped', stopped.has(request.ip));
        for (const peer of peers)
          tally.count(`${peer.name}: attack requests stopped`, peer.hasStopped(request.ip));
      },
    );
    for (const ip of shoppers) {
      tally.count('shoppers blocked', stopped.get(ip) === 'ban');
      tally.count('shoppers slowed', stopped.get(ip) !== undefined && stopped.get(ip) !== 'ban');
      for (const peer of peers) tally.count(`${peer.name}: shoppers stopped`, peer.hasStopped(ip));
    }
  }
}

function greedy(learnt: Learnt, tally: Tally): void {
  const requests = greedyClient(learnt.site, GREEDY, LEARNT_DAYS);
  let flaggedMs = Number.POSITIVE_INFINITY;
  watch(learnt, requests, (finding) => {
    if (finding.kind === 'client-surge' && finding.ip === GREEDY)
      flaggedMs = Math.min(flaggedMs, finding.atMs);
  });
  const scraper = scrape(learnt.site, SCRAPER, waveAt(13.2, 0, 0).startMs);
  let isTold = false;
  watch(learnt, scraper, (finding) => {
    if (finding.kind === 'scraper' && finding.ip === SCRAPER) isTold = true;
  });
  tally.count('scraper', isTold);
  tally.count('greedy', requests.filter(({ atMs }) => atMs <= flaggedMs).length <= 40);
}

/** Consumes the site: its dice go on. */
function ordinaryWeek({ site, model, today, requestsADay }: Learnt, tally: Tally): void {
  const monitor = monitorOf(model);
  let alerts = 0;
  for (let day = LEARNT_DAYS; day < LEARNT_DAYS + 7; day++) {
    const requests = day === LEARNT_DAYS ? today : site.day(day);
    const before = process.cpuUsage();
    for (const request of requests)
      monitor.observe(request, ({ kind }) => {
        if (kind === 'hostile-client') return;
        alerts++;
        tally.add(`false ${kind}`, 1, 1);
      });
    const { user, system } = process.cpuUsage(before);
    if (requestsADay === BUSIEST) tally.add('cost', user + system, requests.length);
  }
  if (requestsADay === BUSIEST) {
    const before = process.cpuUsage();
    monitor.learn();
    const { user, system } = process.cpuUsage(before);
    tally.add('learning', user + system, 1);
  }
  tally.add('false alerts', alerts, 1);
  tally.most('false alerts', alerts);
}

const BUSIEST = Math.max(...SHAPES.map(({ requestsADay }) => requestsADay));

/** 10,000 clients with rates of their own, whose days vary more than chance; none of them changes. */
function steadyClients(seed: number): TrafficRow[] {
  const dice = new Dice(seed * 7919);
  const rates = Array.from({ length: 10_000 }, () => dice.logNormal(5, 0.8));
  const day = (number: number): TrafficRequest[] =>
    rates
      .flatMap((rate, i) =>
        Array.from({ length: dice.poisson(rate * dice.logNormal(1, 0.3)) }, () => ({
          atMs: FIRST_DAY_MS + number * DAY_MS + dice.next() * DAY_MS,
          site: '',
          ip: `10.${i >> 8}.${i & 255}.7`,
          method: 'GET',
          rawPath: `/node/${dice.below(500)}`,
          status: 200,
          referrer: '',
          userAgent: 'client/1.0',
        })),
      )
      .toSorted((one, other) => one.atMs - other.atMs);
  const learner = new SiteMonitor('', false);
  for (let number = 0; number < LEARNT_DAYS; number++)
    for (const request of day(number)) learner.observe(request, () => {});
  const monitor = monitorOf(modelOf(learner));
  const flagged = new Set<string>();
  for (let number = LEARNT_DAYS; number < LEARNT_DAYS + 7; number++)
    for (const request of day(number))
      monitor.observe(request, (finding) => {
        if (finding.kind === 'client-surge') flagged.add(finding.ip);
      });
  return [{ name: 'of 10,000 steady clients, flagged in a week', value: String(flagged.size), wanted: '0' }];
}

/** Memory and time with a million clients and ten thousand paths. */
function size(): TrafficRow[] {
  const learner = new SiteMonitor('', false);
  const request = { site: '', method: 'GET', status: 200, referrer: '', userAgent: '' };
  for (let i = 0; i < 20_000; i++)
    learner.observe(
      {
        ...request,
        atMs: FIRST_DAY_MS + i * 60_000,
        ip: '192.0.2.1',
        rawPath: `/a/${nameOf(i % 10_000)}`,
      },
      () => {},
    );
  const monitor = monitorOf(modelOf(learner));
  const addresses = Array.from(
    { length: 1_000_000 },
    (_, i) => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.9`,
  );
  const paths = Array.from({ length: 10_000 }, (_, i) => `/a/${nameOf(i)}`);
  const startMs = FIRST_DAY_MS + 15 * DAY_MS;
  const before = process.cpuUsage();
  for (const [i, ip] of addresses.entries())
    monitor.observe({ ...request, atMs: startMs + i, ip, rawPath: paths[i % 10_000]! }, () => {});
  const { user, system } = process.cpuUsage(before);
  const { size: count, memoryBytes: bytes } = monitor.traffic.clients;
  return [
    {
      name: `memory of ${count.toLocaleString('en')} clients and 10,000 paths`,
      value: `${Math.round((bytes + paths.length * 400) / 1e6)} MB`,
      wanted: '300 MB',
    },
    {
      name: 'CPU time of a request, all clients new',
      value: `${((user + system) / addresses.length).toFixed(2)} µs`,
      wanted: '',
    },
  ];
}

function nameOf(number: number): string {
  return number.toString().replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
}

class Tally {
  readonly #hits = new Map<string, { hits: number; all: number; most: number }>();

  add(name: string, hits: number, all: number): void {
    const entry = this.#hits.get(name) ?? { hits: 0, all: 0, most: 0 };
    this.#hits.set(name, { ...entry, hits: entry.hits + hits, all: entry.all + all });
  }

  count(name: string, isHit: boolean, of = 1): void {
    this.add(name, isHit ? 1 : 0, of);
  }

  most(name: string, value: number): void {
    const entry = this.#hits.get(name)!;
    entry.most = Math.max(entry.most, value);
  }

  rows(): TrafficRow[] {
    const row = (title: string, name: string, wanted: string): TrafficRow => {
      const { hits, all } = this.#hits.get(name) ?? { hits: 0, all: 0 };
      const share = all === 0 ? 0 : (100 * hits) / all;
      return {
        name: title,
        value: `${share.toFixed(share > 0 && share < 1 ? 2 : 1)} % of ${all.toLocaleString('en')}`,
        wanted,
      };
    };
    const bySize = SHAPES.flatMap(({ requestsADay }) => [
      row(
        `floods of three times the usual, ${requestsADay.toLocaleString('en')} requests a day`,
        `x3 ${requestsADay}`,
        '',
      ),
      row(
        `floods of half as much again, ${requestsADay.toLocaleString('en')} requests a day`,
        `x1.5 ${requestsADay}`,
        '',
      ),
    ]);
    const cost = this.#hits.get('cost') ?? { hits: 0, all: 1 };
    const learning = this.#hits.get('learning') ?? { hits: 0, all: 1 };
    const { hits, all, most } = this.#hits.get('false alerts') ?? { hits: 0, all: 0, most: 0 };
    const kinds = [...this.#hits].filter(([name]) => name.startsWith('false ') && name !== 'false alerts');
    const told = kinds.map(([name, { hits: count }]) => `${name.slice(6)} ${count}`).join(', ');
    return [
      row('floods of three times the usual, seen within 2 minutes', 'x3', '95 %'),
      row('floods of half as much again, seen within 30 minutes', 'x1.5', '80 %'),
      ...bySize,
      {
        name: 'false alerts in an ordinary week of a site',
        value: `${hits} in ${all}, at most ${most} in one${told === '' ? '' : ` (${told})`}`,
        wanted: 'at most 1 in each',
      },
      row('minutes of floods told as attack, from the third on', 'attack windows', '97 %'),
      row('minutes of crowds told as crowd, from the third on', 'crowd windows', '97 %'),
      row('minutes of crowds not taken for an attack', 'crowd windows not taken for attack', '97 %'),
      row('crowd and attack at once: shoppers blocked', 'shoppers blocked', '0.1 %'),
      row('crowd and attack at once: shoppers slowed', 'shoppers slowed', '1 %'),
      row('crowd and attack at once: attack requests stopped after 60 s', 'attack requests stopped', '90 %'),
      ...[rateLimit(), crawlLimit()].flatMap(({ name }: Peer) => [
        row(`${name}: shoppers stopped`, `${name}: shoppers stopped`, ''),
        row(`${name}: attack requests stopped after 60 s`, `${name}: attack requests stopped`, ''),
      ]),
      row('log-in floods told as credential stuffing', 'named login', ''),
      row('payment floods told as card testing', 'named payment', ''),
      row('scrapers of a page a second, told', 'scraper', ''),
      row('clients that went from 5 to 500 a day, flagged by their 40th request', 'greedy', '100 %'),
      {
        name: `CPU time of a request in an ordinary week, ${BUSIEST.toLocaleString('en')} requests a day`,
        value: `${(cost.hits / cost.all).toFixed(2)} µs`,
        wanted: 'about 1 µs',
      },
      {
        name: 'of that, CPU time of making anew what is normal, once a day',
        value: `${Math.round(learning.hits / learning.all / 1000)} ms`,
        wanted: '',
      },
    ];
  }
}

// What the traffic detectors make of a made-up site: its ordinary weeks, floods, crowds, both at once, single clients.

import process from 'node:process';
import {
  SiteMonitor,
  TrafficMonitor,
  type TrafficFinding,
  type TrafficPart,
  type TrafficRequest,
} from '@parapet/engine';
import { crawlLimit, rateLimit } from './anchors.ts';
import { attack, crowd, greedyClient, scrape, type AttackKind, type Wave } from './attacks.ts';
import { DAY_MS, FIRST_DAY_MS, MINUTE_MS, type Site } from './site.ts';
import type { Tally } from './tally.ts';

export const LEARNT_DAYS = 14;
const HOUR_MS = 3_600_000;
export const TIMES: readonly number[] = [9.5, 13.2, 19.7];

export interface Learnt {
  readonly site: Site;
  readonly model: readonly TrafficPart[];
  readonly today: readonly TrafficRequest[];
}

/** Returns what two weeks of a site teach, and the day that follows. */
export function learn(site: Site): Learnt {
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
  const today = site.day(LEARNT_DAYS);
  site.take(); // what went on after midnight belongs to no wave
  return { site, model: modelOf(learner), today };
}

export function modelOf(learner: SiteMonitor): readonly TrafficPart[] {
  learner.finish();
  return [...learner.saveAll()];
}

export function monitorOf(model: readonly TrafficPart[]): SiteMonitor {
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

export function waveAt(hour: number, minutes: number, surplus: number): Wave {
  return { startMs: FIRST_DAY_MS + LEARNT_DAYS * DAY_MS + hour * HOUR_MS, minutes, surplus };
}

const COURSES = {
  x3: { surplus: 2, minutes: 12, within: 2, course: 'even' },
  'x1.5': { surplus: 0.5, minutes: 32, within: 30, course: 'even' },
  rising: { surplus: 2, minutes: 60, within: 45, course: 'rising' },
  pulsing: { surplus: 2, minutes: 12, within: 2, course: 'pulsing' },
} as const;

export type Course = keyof typeof COURSES;

/** Floods of these kinds at these times: whether they are seen in time, what they are called, minute by minute. */
export function floods(
  learnt: Learnt,
  tally: Tally,
  kinds: readonly AttackKind[],
  times: readonly number[] = TIMES,
  courses: readonly Course[] = ['x3', 'x1.5'],
): void {
  for (const kind of kinds)
    for (const hour of times) for (const course of courses) flood(learnt, tally, kind, hour, course);
}

function flood(learnt: Learnt, tally: Tally, kind: AttackKind, hour: number, name: Course): void {
  const { surplus, minutes, within, course } = COURSES[name];
  const wave = { ...waveAt(hour, minutes, surplus), course };
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
  tally.count(name, seenMs <= within * MINUTE_MS);
  tally.count(`${name} ${kind}`, seenMs <= within * MINUTE_MS);
  if (name !== 'x3') return;
  tally.add('attack windows', right, windows);
  tally.add(`attack windows ${kind}`, right, windows);
  if (NAMES[kind] !== undefined) tally.count(`named ${kind}`, isNamed);
}

/** Attacks that have an alert of their own. */
const NAMES: Readonly<Partial<Record<AttackKind, TrafficFinding['kind']>>> = {
  login: 'credential-stuffing',
  payment: 'card-testing',
};

export function crowds(learnt: Learnt, tally: Tally, times: readonly number[] = TIMES): void {
  for (const hour of times) {
    for (const surplus of [3, 6]) {
      const wave = waveAt(hour, 40, surplus);
      let [right, wrong, windows] = [0, 0, 0];
      let minute = 0;
      watch(
        learnt,
        crowd(learnt.site, wave),
        () => {},
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
export function mixed(learnt: Learnt, tally: Tally, kinds: readonly AttackKind[], hour = 13.2): void {
  for (const kind of kinds) {
    const wave = waveAt(hour, 30, 3);
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
        tally.count(`attack requests stopped ${kind}`, stopped.has(request.ip));
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

/** A client that asked for 5 a day and asks for 500, and one that goes through the site. */
export function greedy(learnt: Learnt, tally: Tally): void {
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
export function ordinaryWeek({ site, model, today }: Learnt, tally: Tally): void {
  const monitor = monitorOf(model);
  let alerts = 0;
  for (let day = LEARNT_DAYS; day < LEARNT_DAYS + 7; day++) {
    const requests = day === LEARNT_DAYS ? today : site.day(day);
    const before = process.cpuUsage();
    for (const request of requests)
      monitor.observe(request, ({ kind }) => {
        if (kind === 'hostile-client') {
          tally.add('decided on in an ordinary week', 1, 1);
          return;
        }
        alerts++;
        tally.add(`false ${kind}`, 1, 1);
      });
    const { user, system } = process.cpuUsage(before);
    tally.add('cost', user + system, requests.length);
  }
  const before = process.cpuUsage();
  monitor.learn();
  const { user, system } = process.cpuUsage(before);
  tally.add('learning', user + system, 1);
  tally.most('false alerts', alerts);
}

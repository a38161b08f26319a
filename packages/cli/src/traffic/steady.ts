// Clients of whom nothing is to be told, ten thousand of them; and what a million clients take.

import process from 'node:process';
import { SiteMonitor, type TrafficRequest } from '@parapet/engine';
import { Dice } from './dice.ts';
import { LEARNT_DAYS, modelOf, monitorOf } from './experiments.ts';
import { DAY_MS, FIRST_DAY_MS } from './site.ts';
import { Tally, type TrafficRow } from './tally.ts';

/** Clients that stay as they are, each in its own way: what one of them asks for in a day. */
const KINDS: Readonly<Record<string, (dice: Dice, rate: number) => Asked[]>> = {
  /** Rates of their own, days that vary more than chance. */
  'clients at any time': (dice, rate) =>
    some(dice.poisson(rate * dice.logNormal(1, 0.3)), () => page(dice, dice.next() * DAY_MS)),
  /** Nothing on most days, then all at once, with pictures. */
  'people who browse in bursts': (dice, rate) => {
    if (dice.next() > 0.5) return [];
    const startMs = dice.next() * DAY_MS * 0.9;
    return some(1 + dice.poisson(rate * dice.logNormal(0.8, 0.7)), (k) => k).flatMap((k) => {
      const atMs = startMs + k * 20_000;
      return [page(dice, atMs), file(dice, atMs + 200), file(dice, atMs + 300)];
    });
  },
  /** On working days, by the rate of twenty people. */
  'offices behind one address': (dice, rate) =>
    some(dice.poisson(20 * rate * dice.logNormal(1, 0.3)), () => {
      const atMs = (8 + 10 * dice.next()) * HOUR_MS;
      return dice.next() < 0.6 ? file(dice, atMs) : page(dice, atMs);
    }),
  'jobs of each hour': (dice, rate) =>
    some(24, (hour) => hour).flatMap((hour) =>
      some(1 + Math.floor(rate / 3), (k) => ({
        ...page(dice, hour * HOUR_MS + k * 700),
        path: `/export/${k}`,
      })),
    ),
  'feed readers': (dice) =>
    some(48, (half) => ({ ...page(dice, half * 0.5 * HOUR_MS + 41_000), path: '/feed.xml' })),
  'pollers of an interface': (dice, rate) =>
    some(dice.poisson(40 * rate), () => ({ ...page(dice, dice.next() * DAY_MS), path: '/api/state' })),
};

interface Asked {
  readonly atMs: number;
  readonly path: string;
}

const HOUR_MS = 3_600_000;

function some<T>(count: number, make: (k: number) => T): T[] {
  return Array.from({ length: count }, (_, k) => make(k));
}

function page(dice: Dice, atMs: number): Asked {
  return { atMs, path: `/node/${dice.below(500)}` };
}

function file(dice: Dice, atMs: number): Asked {
  return { atMs, path: `/themes/site/${dice.below(60)}.css` };
}

/** 10,000 clients of all kinds on one site, of which none changes: how many are flagged in a week. */
export function steadyClients(seed: number): TrafficRow[] {
  const dice = new Dice(seed * 7919);
  const kinds = Object.entries(KINDS);
  // Of those that ask for much there are few.
  const clients = some(10_000, (i) => {
    const [name, askedOf] = kinds[i % 20 < 10 ? 0 : i % 20 < 16 ? 1 : 2 + (Math.floor(i / 20) % 4)]!;
    return { name, askedOf, rate: dice.logNormal(5, 0.8), ip: `10.${i >> 8}.${i & 255}.7` };
  });
  const day = (number: number): TrafficRequest[] =>
    clients
      .flatMap(({ askedOf, rate, ip }) =>
        askedOf(dice, rate).map(({ atMs, path }) => ({
          atMs: FIRST_DAY_MS + number * DAY_MS + atMs,
          ip,
          rawPath: path,
          ...{ site: '', method: 'GET', status: 200, referrer: '', userAgent: 'client/1.0' },
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
        if (finding.kind === 'client-surge' || finding.kind === 'scraper') flagged.add(finding.ip);
      });
  const told = new Tally();
  for (const { name, ip } of clients) if (flagged.has(ip)) told.count(name, true);
  const by = told.names.map((name) => `${name} ${told.of(name).hits}`).join(', ');
  const value = `${flagged.size}${by === '' ? '' : ` (${by})`}`;
  return [{ name: 'of 10,000 steady clients of six kinds, flagged in a week', value, wanted: '0' }];
}

/** Memory and time with a million clients and ten thousand paths. */
export function size(): TrafficRow[] {
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

// Clients of whom nothing is to be told, ten thousand of them; and what a million clients take.

import process from 'node:process';
import { SiteMonitor, type TrafficRequest } from '@parapet/engine';
import { Dice } from './dice.ts';
import { LEARNT_DAYS, modelOf, monitorOf } from './experiments.ts';
import { DAY_MS, FIRST_DAY_MS } from './site.ts';
import type { TrafficRow } from './tally.ts';

/** 10,000 clients with rates of their own, whose days vary more than chance; none of them changes. */
export function steadyClients(seed: number): TrafficRow[] {
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

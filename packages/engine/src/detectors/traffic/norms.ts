// What is normal, made from what is kept of a site's traffic. It takes a second of work on a large site: it is done in
// steps, of which a running engine takes one a minute.

import type { SiteTraffic, SeriesName } from './siteTraffic.ts';
import { SERIES } from './siteTraffic.ts';
import { asUsual, type TimesUsual } from './calendar.ts';
import { calmSteps } from './calm.ts';
import type { SeriesNorms } from './surge.ts';
import { UNKNOWN_NORMS, type VisitNorms } from './visits.ts';
import { median, quantile, Week } from './week.ts';

export interface ClientNorms {
  /** Requests that a client has in a day, in the middle. */
  readonly typical: number;
  /** How much the days of one client differ beyond chance: variance over squared mean, in the middle. */
  readonly spread: number;
  /** Requests in a day that only one client in a thousand ever had. */
  readonly heavyDay: number;
}

export interface SiteNorms {
  /** Minutes that they were made from. */
  readonly minutes: number;
  readonly series: Readonly<Record<SeriesName, SeriesNorms>>;
  readonly clients: ClientNorms;
  readonly visits: VisitNorms;
}

/** What was longer ago than four weeks is not normal any more. */
const NORMAL_MINUTES = 28 * 1440;
/** Clients of which a day was seen, kept for the norms. */
const MOST_DAYS = 200_000;
const ROWS_A_STEP = 50_000;
const UNKNOWN_CLIENTS: ClientNorms = { typical: 1, spread: 1, heavyDay: 500 };
/** Visitors come one by one; what they ask for comes in bursts. */
const ONE_BY_ONE: ReadonlySet<SeriesName> = new Set(['visitors', 'visits']);

/** Makes the norms at once. */
export function normsOf(traffic: SiteTraffic, times: TimesUsual = asUsual): SiteNorms {
  const steps = normSteps(traffic, times);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Makes the norms step by step, none of which takes more than some milliseconds. */
export function* normSteps(traffic: SiteTraffic, times: TimesUsual): Generator<undefined, SiteNorms> {
  const clients = yield* clientSteps(traffic);
  const visits = traffic.visits.size === 0 ? UNKNOWN_NORMS : traffic.visits.norms();
  yield;
  const found: [SeriesName, SeriesNorms][] = [];
  for (const name of SERIES) {
    const { first, counts: all } = traffic.minutes[name];
    const skipped = Math.max(0, all.length - NORMAL_MINUTES);
    const counts = all.subarray(skipped);
    const week = Week.learn(counts, first + skipped, times);
    yield;
    const calm = yield* calmSteps(counts, first + skipped, week, !ONE_BY_ONE.has(name));
    found.push([name, { rates: week.rates, jobs: week.jobs, ...calm }]);
  }
  // Each name of SERIES was found.
  const series = Object.fromEntries(found) as Record<SeriesName, SeriesNorms>;
  return { minutes: traffic.length, series, clients, visits };
}

function* clientSteps(traffic: SiteTraffic): Generator<undefined, ClientNorms> {
  const means: number[] = [];
  const peaks: number[] = [];
  const spreads: number[] = [];
  const { clients } = traffic;
  for (let from = 0; from < clients.size && means.length < MOST_DAYS; from += ROWS_A_STEP) {
    const to = from + ROWS_A_STEP;
    traffic.endVisits(traffic.knownTo * 60, from, to);
    clients.forEach(
      ({ days, requests, most, squares }) => {
        if (days === 0) return;
        const mean = requests / days;
        means.push(mean);
        peaks.push(most);
        if (days > 3 && mean > 1) spreads.push((squares / days - mean ** 2 - mean) / mean ** 2);
      },
      from,
      to,
    );
    yield;
  }
  if (means.length === 0) return UNKNOWN_CLIENTS;
  return {
    typical: Math.max(1, median(means)),
    spread: spreads.length < 20 ? 1 : Math.min(2, Math.max(0.05, median(spreads))),
    heavyDay: Math.max(100, quantile(peaks, 0.999)),
  };
}

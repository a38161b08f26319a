// What was learnt of a site, for people and other programs: no client can be found in it.

import type { SiteMonitor } from './monitor.ts';
import type { ClientNorms } from './norms.ts';
import { SERIES, type SeriesName } from './siteTraffic.ts';
import type { VisitNorms } from './visits.ts';

export interface TrafficSummary {
  readonly site: string;
  readonly days: number;
  /** Of each hour of the week, from Sunday 0:00 UTC on: how many are usual in a minute; absent before the first day. */
  readonly usualByHour?: Readonly<Record<SeriesName, readonly number[]>>;
  readonly clients?: ClientNorms;
  readonly visits?: VisitNorms;
  /** The busiest paths and how much of the site's requests they have. */
  readonly paths: readonly (readonly [path: string, share: number])[];
}

const SLOTS_AN_HOUR = 2;
const MOST_PATHS = 1000;

export function trafficSummary({ site, traffic, norms }: SiteMonitor): TrafficSummary {
  const { paths, requests } = traffic.paths.save('all');
  const known = {
    site,
    days: rounded(traffic.length / 1440),
    paths: paths
      .slice(0, MOST_PATHS)
      .map(([name, count]) => [name, rounded(count / Math.max(1, requests), 5)] as const),
  };
  if (norms === undefined) return known;
  const hours = SERIES.map((name) => [name, byHour(norms.series[name].rates)] as const);
  return {
    ...known,
    // Each name of SERIES is among them.
    usualByHour: Object.fromEntries(hours) as Record<SeriesName, readonly number[]>,
    clients: norms.clients,
    visits: norms.visits,
  };
}

function byHour(rates: Float64Array): readonly number[] {
  return Array.from({ length: rates.length / SLOTS_AN_HOUR }, (_, hour) =>
    rounded((rates[SLOTS_AN_HOUR * hour]! + rates[SLOTS_AN_HOUR * hour + 1]!) / 2),
  );
}

function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

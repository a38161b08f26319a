// Made-up sites of other kinds than those on which the thresholds were chosen. Each says in a few numbers what is odd
// about it.

import type { SiteShape } from './site.ts';

export interface OddSite extends SiteShape {
  readonly name: string;
}

const PLAIN = { weekend: 0.7, nightly: 0.8, moods: 0.08, pages: 500 } as const;
const noFiles = (): number => 0;

export const ODD_SITES: readonly OddSite[] = [
  { ...PLAIN, name: '200 requests a day', requestsADay: 200 },
  { ...PLAIN, name: '2,000 requests a day', requestsADay: 2000 },
  {
    ...PLAIN,
    name: 'busiest at night',
    requestsADay: 40_000,
    quietest: () => 840,
    nightly: 0.95,
    moods: 0.12,
  },
  {
    ...PLAIN,
    name: 'office hours, hardly anybody at the weekend',
    requestsADay: 40_000,
    weekend: 0.12,
    nightly: 0,
    times: (_, minute) => (minute >= 480 && minute < 1080 ? 2.2 : 0.12),
  },
  { ...PLAIN, name: 'four times as busy at the weekend', requestsADay: 30_000, weekend: 4, moods: 0.15 },
  { ...PLAIN, name: 'days that differ much', requestsADay: 40_000, moods: 0.3 },
  { ...PLAIN, name: 'growing by 3 % a day', requestsADay: 30_000, times: (day) => 1.03 ** day },
  {
    ...PLAIN,
    name: 'a holiday, and an hour of clocks',
    requestsADay: 40_000,
    times: (day) => (day === 16 ? 0.35 : 1),
    quietest: (day) => (day < 19 ? 180 : 240),
  },
  {
    ...PLAIN,
    name: 'an outage while it learnt',
    requestsADay: 40_000,
    times: (day, minute) => (day === 9 && minute >= 600 && minute < 840 ? 0 : 1),
  },
  { ...PLAIN, name: 'pages without files', requestsADay: 30_000, assets: noFiles },
  { ...PLAIN, name: 'no referrers in its log', requestsADay: 30_000, hasReferrers: false },
  {
    ...PLAIN,
    name: 'neither files nor referrers',
    requestsADay: 30_000,
    assets: noFiles,
    hasReferrers: false,
  },
  {
    ...PLAIN,
    name: 'requests of anybody, no visits',
    requestsADay: 30_000,
    assets: noFiles,
    hasReferrers: false,
    isLoose: true,
  },
  {
    ...PLAIN,
    name: 'files moved elsewhere on its 17th day',
    requestsADay: 40_000,
    assets: (day) => (day < 16 ? 1 : 0),
  },
  { ...PLAIN, name: 'an app that calls an interface', requestsADay: 50_000, calls: 5, assets: () => 0.3 },
  {
    ...PLAIN,
    name: 'read quickly: galleries, manuals',
    requestsADay: 40_000,
    reading: [2500, 0.7],
    stays: 0.9,
    assets: () => 0.4,
  },
  {
    ...PLAIN,
    name: 'jobs at full hours, 300 feed readers',
    requestsADay: 30_000,
    feedReaders: 300,
    hourlyPages: 250,
  },
  { ...PLAIN, name: '500,000 requests a day', requestsADay: 500_000, pages: 8000 },
];

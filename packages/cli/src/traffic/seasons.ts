// The calendar of the configuration: for the engine, and for people who ask what is expected.

import { MAIN_SITE, seasonsOf, type Season } from '@parapet/engine';
import type { Config } from '../config/schema.ts';

/** Seasons that begin so soon are told beforehand. */
const SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

/** Returns what the configuration calls a site. */
export function configuredName(site: string): string {
  return site === '' ? MAIN_SITE : site;
}

/** Returns the calendar as the engine takes it. */
export function calendarOf({ calendar }: Config['traffic']): readonly Season[] {
  return calendar.map(({ name, from, to, times, sites }) => ({
    ...{ name, times, sites: sites.map((site) => (site === MAIN_SITE ? '' : site)) },
    ...{ fromMs: from.getTime(), toMs: to.getTime() },
  }));
}

/** Returns a sentence about each season of a site that is on or begins soon. */
export function seasonWords(calendar: readonly Season[], site: string, nowMs: number): readonly string[] {
  return seasonsOf(calendar, site)
    .filter(({ fromMs, toMs }) => toMs > nowMs && fromMs < nowMs + SOON_MS)
    .map(({ name, fromMs, toMs, times }) => {
      const when = fromMs > nowMs ? `from ${moment(fromMs)} ${until(toMs)}` : `is on ${until(toMs)}`;
      return `${name} ${when}: ${times} times the usual is expected`;
    });
}

function until(atMs: number): string {
  return atMs % DAY_MS === 0 ? `to the end of ${moment(atMs - DAY_MS)}` : `until ${moment(atMs)}`;
}

/** A day stands for its midnight; times are in UTC, as in the configuration. */
function moment(atMs: number): string {
  const text = new Date(atMs).toISOString();
  return atMs % DAY_MS === 0 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

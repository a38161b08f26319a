// What an operator knows before any request tells it: a sale that brings three times the usual, a holiday that brings
// half. In such a season so many times the usual is expected, and what is learnt from it is divided by as much, so that
// the weeks after it are judged by ordinary weeks.

export interface Season {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How many times the usual is expected. */
  readonly times: number;
  /** None for all sites. */
  readonly sites: readonly string[];
}

/** Returns how many times the usual is expected in a minute, counted since the epoch. */
export type TimesUsual = (minute: number) => number;

const MINUTE_MS = 60_000;

export function asUsual(): number {
  return 1;
}

/** Returns what is expected on a site; where seasons overlap, the last one in the list counts. */
export function timesUsual(calendar: readonly Season[], site: string): TimesUsual {
  const own = seasonsOf(calendar, site);
  if (own.length === 0) return asUsual;
  return (minute) =>
    own.findLast(({ fromMs, toMs }) => minute * MINUTE_MS >= fromMs && minute * MINUTE_MS < toMs)?.times ?? 1;
}

/** Returns the seasons of a site in the order of the calendar. */
export function seasonsOf(calendar: readonly Season[], site: string): readonly Season[] {
  return calendar.filter(({ sites }) => sites.length === 0 || sites.includes(site));
}

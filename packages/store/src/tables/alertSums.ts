// What the alerts of a time were about, in numbers, without reading one of them.
import { numberOf, textOf } from '../column.ts';
import type { Database } from '../database.ts';
import { Where } from '../where.ts';

export interface AlertSumsAsked {
  readonly since: Date;
  readonly until: Date;
  /** How long a step of time is. */
  readonly stepMs: number;
  /** So many of those who were there most are told. */
  readonly top: number;
  /** Alerts of these sites. */
  readonly sites?: readonly string[];
}

export interface AlertSums {
  /** By scenario and step, of which the first is 0. */
  readonly scenarios: ReadonlyArray<{
    readonly scenario: string;
    readonly step: number;
    readonly alerts: number;
  }>;
  /** How many different addresses, ranges or other sources. */
  readonly sources: number;
  readonly top: ReadonlyArray<{ readonly value: string; readonly alerts: number }>;
}

/** Returns the sums; of all sites, each question is answered from an index. */
export function sumAlerts(db: Database, { since, until, stepMs, top, sites }: AlertSumsAsked): AlertSums {
  // The plus keeps SQLite from the index on times, behind which it would look into every row.
  const during = new Where()
    .and('+known_at >= ? AND +known_at < ?', since.getTime(), until.getTime())
    .andSites(sites);
  return {
    scenarios: db
      .all(
        // Drivers may bind numbers as fractions.
        `SELECT scenario, CAST((known_at - ?) / ? AS INTEGER) AS step, count(*) AS n FROM alerts ${during.sql}
           GROUP BY scenario, step ORDER BY scenario, step`,
        [since.getTime(), stepMs, ...during.params],
      )
      .map((row) => ({
        scenario: textOf(row, 'scenario'),
        step: numberOf(row, 'step'),
        alerts: numberOf(row, 'n'),
      })),
    sources: numberOf(
      db.one(
        `SELECT count(*) AS n FROM (SELECT value FROM alerts ${during.sql} GROUP BY value)`,
        during.params,
      )!,
      'n',
    ),
    top: db
      .all(
        `SELECT value, count(*) AS n FROM alerts ${during.sql}
           GROUP BY value ORDER BY n DESC, value LIMIT ?`,
        [...during.params, top],
      )
      .map((row) => ({ value: textOf(row, 'value'), alerts: numberOf(row, 'n') })),
  };
}

// What each minute brought, for the picture of the day.
import { dateOf, numberOf } from './column.ts';
import type { Database } from './database.ts';
import { Where } from './where.ts';

export interface Minute {
  /** Its beginning. */
  readonly at: Date;
  readonly lines: number;
  /** Requests that were not let through. */
  readonly stopped: number;
  readonly alerts: number;
}

/** What a minute brought to one site; it is in the minute of all sites as well. */
export interface SiteMinute extends Minute {
  readonly site: string;
}

export interface Minutes {
  /** Adds to what the minutes have already. */
  add(minutes: readonly Minute[], ofSites?: readonly SiteMinute[]): Promise<void>;
  /** The oldest first, of everything or of these sites together; minutes in which nothing came are not there. */
  since(moment: Date, sites?: readonly string[]): Promise<readonly Minute[]>;
  /** Forgets minutes before the moment. */
  forget(before: Date): Promise<void>;
}

const MINUTE_MS = 60_000;
const ADDED =
  'lines = lines + excluded.lines, stopped = stopped + excluded.stopped, alerts = alerts + excluded.alerts';

export class SqliteMinutes implements Minutes {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(minutes: readonly Minute[], ofSites: readonly SiteMinute[] = []): Promise<void> {
    this.#db.write(() => {
      for (const { site, at, lines, stopped, alerts } of ofSites)
        this.#db.run(
          `INSERT INTO site_minutes (site, minute, lines, stopped, alerts) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (site, minute) DO UPDATE SET ${ADDED}`,
          [site, Math.floor(at.getTime() / MINUTE_MS), lines, stopped, alerts],
        );
      for (const { at, lines, stopped, alerts } of minutes)
        this.#db.run(
          `INSERT INTO minutes (minute, lines, stopped, alerts) VALUES (?, ?, ?, ?)
           ON CONFLICT (minute) DO UPDATE SET ${ADDED}`,
          [Math.floor(at.getTime() / MINUTE_MS), lines, stopped, alerts],
        );
    });
  }

  async since(moment: Date, sites?: readonly string[]): Promise<readonly Minute[]> {
    const where = new Where().and('minute >= ?', Math.floor(moment.getTime() / MINUTE_MS)).andSites(sites);
    return this.#db
      .all(
        sites === undefined
          ? `SELECT minute * ${MINUTE_MS} AS at, lines, stopped, alerts FROM minutes ${where.sql} ORDER BY minute`
          : `SELECT minute * ${MINUTE_MS} AS at, sum(lines) AS lines, sum(stopped) AS stopped, sum(alerts) AS alerts
             FROM site_minutes ${where.sql} GROUP BY minute ORDER BY minute`,
        where.params,
      )
      .map((row) => ({
        at: dateOf(row, 'at'),
        lines: numberOf(row, 'lines'),
        stopped: numberOf(row, 'stopped'),
        alerts: numberOf(row, 'alerts'),
      }));
  }

  async forget(before: Date): Promise<void> {
    const minute = Math.floor(before.getTime() / MINUTE_MS);
    this.#db.write(() => {
      for (const table of ['minutes', 'site_minutes'])
        this.#db.run(`DELETE FROM ${table} WHERE minute < ?`, [minute]);
    });
  }
}

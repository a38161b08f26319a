// What each minute brought, for the picture of the day.
import { dateOf, numberOf } from './column.ts';
import type { Database } from './database.ts';

export interface Minute {
  /** Its beginning. */
  readonly at: Date;
  readonly lines: number;
  /** Requests that were not let through. */
  readonly stopped: number;
  readonly alerts: number;
}

export interface Minutes {
  /** Adds to what the minutes have already. */
  add(minutes: readonly Minute[]): Promise<void>;
  /** The oldest first; minutes in which nothing came are not there. */
  since(moment: Date): Promise<readonly Minute[]>;
  /** Forgets minutes before the moment. */
  forget(before: Date): Promise<void>;
}

const MINUTE_MS = 60_000;

export class SqliteMinutes implements Minutes {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(minutes: readonly Minute[]): Promise<void> {
    this.#db.write(() => {
      for (const { at, lines, stopped, alerts } of minutes)
        this.#db.run(
          `INSERT INTO minutes (minute, lines, stopped, alerts) VALUES (?, ?, ?, ?)
           ON CONFLICT (minute) DO UPDATE SET lines = lines + excluded.lines,
             stopped = stopped + excluded.stopped, alerts = alerts + excluded.alerts`,
          [Math.floor(at.getTime() / MINUTE_MS), lines, stopped, alerts],
        );
    });
  }

  async since(moment: Date): Promise<readonly Minute[]> {
    return this.#db
      .all(
        `SELECT minute * ${MINUTE_MS} AS at, lines, stopped, alerts FROM minutes WHERE minute >= ? ORDER BY minute`,
        [Math.floor(moment.getTime() / MINUTE_MS)],
      )
      .map((row) => ({
        at: dateOf(row, 'at'),
        lines: numberOf(row, 'lines'),
        stopped: numberOf(row, 'stopped'),
        alerts: numberOf(row, 'alerts'),
      }));
  }

  async forget(before: Date): Promise<void> {
    this.#db.write(() =>
      this.#db.run('DELETE FROM minutes WHERE minute < ?', [Math.floor(before.getTime() / MINUTE_MS)]),
    );
  }
}

// What visitors who were stopped write to the owner. All of it but the address and the time is text of strangers.
import { dateOf, numberOf, optionalDateOf, optionalTextOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';
import { Where } from '../where.ts';
import type { Page } from './decisions.ts';

export type AppealState = 'open' | 'accepted' | 'dismissed';

export interface NewAppeal {
  readonly site: string;
  /** The first 8 hex digits of the decision's id, or empty. */
  readonly recordId: string;
  readonly ip: string;
  readonly message: string;
  readonly email: string;
  /** In which the page was shown. */
  readonly language: string;
  readonly at: Date;
}

export interface StoredAppeal extends NewAppeal {
  readonly number: number;
  readonly state: AppealState;
  readonly closed?: { readonly at: Date; readonly by: string };
}

export interface AppealFilter {
  readonly number?: number;
  readonly state?: AppealState;
  /** Only those with a higher number. */
  readonly after?: number;
  readonly sites?: readonly string[];
}

const COLUMNS = 'number, site, record, ip, message, email, language, at, state, closed_at, closed_by';

export class AppealTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  insert({ site, recordId, ip, message, email, language, at }: NewAppeal): StoredAppeal {
    const row = this.#db.one(
      `INSERT INTO appeals (site, record, ip, message, email, language, at, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'open') RETURNING ${COLUMNS}`,
      [site, recordId, ip, message, email, language, at.getTime()],
    );
    return appealOf(row!);
  }

  list(filter: AppealFilter, page: Page): StoredAppeal[] {
    const where = conditions(filter);
    const order = page.newestFirst === true ? 'DESC' : 'ASC';
    return this.#db
      .all(`SELECT ${COLUMNS} FROM appeals ${where.sql} ORDER BY number ${order} LIMIT ?`, [
        ...where.params,
        page.limit ?? -1,
      ])
      .map(appealOf);
  }

  count(filter: AppealFilter): number {
    const where = conditions(filter);
    return numberOf(this.#db.one(`SELECT count(*) AS n FROM appeals ${where.sql}`, where.params)!, 'n');
  }

  /** Closes an appeal that is open; undefined when there is none. */
  close(number: number, state: 'accepted' | 'dismissed', at: Date, by: string): StoredAppeal | undefined {
    const row = this.#db.one(
      `UPDATE appeals SET state = ?, closed_at = ?, closed_by = ? WHERE number = ? AND state = 'open'
       RETURNING ${COLUMNS}`,
      [state, at.getTime(), by, number],
    );
    return row === undefined ? undefined : appealOf(row);
  }

  /** Forgets at most `limit` that were written before the moment. */
  forgetOld(before: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM appeals WHERE number IN (SELECT number FROM appeals WHERE at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
  }
}

function conditions(filter: AppealFilter): Where {
  return new Where()
    .andIf('number = ?', filter.number)
    .andIf('state = ?', filter.state)
    .andIf('number > ?', filter.after)
    .andSites(filter.sites);
}

function appealOf(row: SqlRow): StoredAppeal {
  const closedAt = optionalDateOf(row, 'closed_at');
  return {
    number: numberOf(row, 'number'),
    site: textOf(row, 'site'),
    recordId: textOf(row, 'record'),
    ip: textOf(row, 'ip'),
    message: textOf(row, 'message'),
    email: textOf(row, 'email'),
    language: textOf(row, 'language'),
    at: dateOf(row, 'at'),
    state: stateOf(textOf(row, 'state')),
    ...(closedAt === undefined
      ? {}
      : { closed: { at: closedAt, by: optionalTextOf(row, 'closed_by') ?? '' } }),
  };
}

function stateOf(text: string): AppealState {
  return text === 'accepted' || text === 'dismissed' ? text : 'open';
}

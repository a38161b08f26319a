// Where people whom the site trusts were seen: their addresses are not decided on for some time.
import { parseIp, type Ip } from '@parapet/kinds';
import { dateOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';
import { Where } from '../where.ts';

export interface OperatorSighting {
  readonly site: string;
  /** Who it is said to be; text of the CMS. */
  readonly who: string;
  readonly ip: Ip;
  /** `operator` came in by a link, `vouched` is a session that the CMS spoke for. */
  readonly kind: 'operator' | 'vouched';
  readonly at: Date;
}

export interface OperatorSession extends Omit<OperatorSighting, 'at'> {
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const COLUMNS = 'site, who, ip, kind, first_at, last_at';

export class OperatorTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  put({ site, who, ip, kind, at }: OperatorSighting): void {
    this.#db.run(
      `INSERT INTO operators (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (site, who, ip) DO UPDATE SET kind = excluded.kind, last_at = max(last_at, excluded.last_at)`,
      [site, who, ip, kind, at.getTime(), at.getTime()],
    );
  }

  /** Those seen since then, the latest first. */
  since(moment: Date, sites?: readonly string[]): OperatorSession[] {
    const where = new Where().and('last_at >= ?', moment.getTime()).andSites(sites);
    return this.#db
      .all(`SELECT ${COLUMNS} FROM operators ${where.sql} ORDER BY last_at DESC, who, ip`, where.params)
      .flatMap(sessionOf);
  }

  forgetAll(): number {
    return this.#db.run('DELETE FROM operators', []);
  }

  /** Forgets at most `limit` that were last seen before the moment. */
  forgetOld(before: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM operators WHERE (site, who, ip) IN (
         SELECT site, who, ip FROM operators WHERE last_at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
  }
}

function sessionOf(row: SqlRow): readonly OperatorSession[] {
  const ip = parseIp(textOf(row, 'ip'));
  if (ip === undefined) return [];
  return [
    {
      site: textOf(row, 'site'),
      who: textOf(row, 'who'),
      ip,
      kind: textOf(row, 'kind') === 'operator' ? 'operator' : 'vouched',
      firstAt: dateOf(row, 'first_at'),
      lastAt: dateOf(row, 'last_at'),
    },
  ];
}

// Who was stopped, or checked, and then did what a person does: such a stop may have been a mistake.
import { parseIp, type Ip } from '@parapet/kinds';
import { dateOf, textOf } from './column.ts';
import type { Database, SqlRow } from './database.ts';
import { Where } from './where.ts';

/** `passed`: solved the check; `login`: logged in to the site. */
export type HumanSignKind = 'passed' | 'login';

export interface HumanSign {
  readonly ip: Ip;
  readonly kind: HumanSignKind;
  /** The record of what stopped them, as on the block page. */
  readonly record: string;
  readonly at: Date;
  /** Where that was; absent where it is not known. */
  readonly site?: string;
}

export interface HumanSigns {
  /** Stores signs; the same one again only moves its time. */
  add(signs: readonly HumanSign[]): Promise<void>;
  /** The latest first; of all sites, or of these. */
  since(moment: Date, limit: number, sites?: readonly string[]): Promise<readonly HumanSign[]>;
  /** Forgets those before the moment. */
  forget(before: Date): Promise<void>;
}

export class SqliteHumanSigns implements HumanSigns {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(signs: readonly HumanSign[]): Promise<void> {
    this.#db.write(() => {
      for (const { ip, kind, record, at, site = '' } of signs)
        this.#db.run(
          `INSERT INTO human_signs (ip, kind, record, last_at, site) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (ip, kind, record) DO UPDATE SET last_at = max(last_at, excluded.last_at)`,
          [ip, kind, record, at.getTime(), site],
        );
    });
  }

  async since(moment: Date, limit: number, sites?: readonly string[]): Promise<readonly HumanSign[]> {
    const where = new Where().and('last_at >= ?', moment.getTime()).andSites(sites);
    return this.#db
      .all(
        `SELECT ip, kind, record, last_at, site FROM human_signs ${where.sql}
         ORDER BY last_at DESC, ip LIMIT ?`,
        [...where.params, limit],
      )
      .flatMap(signOf);
  }

  async forget(before: Date): Promise<void> {
    this.#db.write(() => this.#db.run('DELETE FROM human_signs WHERE last_at < ?', [before.getTime()]));
  }
}

function signOf(row: SqlRow): readonly HumanSign[] {
  const ip = parseIp(textOf(row, 'ip'));
  if (ip === undefined) return [];
  const kind = textOf(row, 'kind') === 'passed' ? 'passed' : 'login';
  const site = textOf(row, 'site');
  return [
    {
      ...{ ip, kind, record: textOf(row, 'record'), at: dateOf(row, 'last_at') },
      ...(site === '' ? {} : { site }),
    },
  ];
}

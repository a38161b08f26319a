// One page of a long table, by number. What no index leads to is looked for among the next so many rows and no further:
// a page costs the same however few fit, and may be empty. SQLite makes one text of it, which costs less to read than as
// many rows would.
import { jsonOf, numberOf } from './column.ts';
import type { Database } from './database.ts';
import type { Where } from './where.ts';

/** Which page: the next `rows` behind a number, or from the beginning. */
export interface PageStart {
  readonly from?: number | undefined;
  readonly rows: number;
  readonly newestFirst?: boolean;
  /** No further than this number. */
  readonly upTo?: number;
}

export interface Looked {
  /** A list of lists, each with the columns that were asked for. */
  readonly found: unknown;
  /** Where the next page begins; undefined when there is none. */
  readonly next: number | undefined;
}

export interface Table {
  readonly name: string;
  /** Columns that conditions and pages may name; reading others, as long texts, would cost. */
  readonly readable: string;
  /** What conditions call a row of it, where they name it. */
  readonly alias: string;
}

/** Returns those that fit among the next rows. `isIndexed`: an index leads to few that can fit. */
export function lookPage(
  db: Database,
  { name, readable, alias }: Table,
  columns: string,
  where: Where,
  isIndexed: boolean,
  { from, rows, newestFirst = false, upTo = Number.MAX_SAFE_INTEGER }: PageStart,
): Looked {
  // With a sign before it a number leads to no row: SQLite would rather take a stretch of the table than the index.
  const number = isIndexed ? '+number' : 'number';
  const between = `${number} ${newestFirst ? '<' : '>'} ? AND ${number} <= ?`;
  const [fits, looked] = isIndexed
    ? ['TRUE', `${where.condition} AND ${between}`]
    : [where.condition, between];
  const row = db.one(
    `SELECT json_group_array(json_array(${columns})) FILTER (WHERE ${fits}) AS page, count(*) AS looked,
       ${newestFirst ? 'min' : 'max'}(number) AS last
     FROM (SELECT ${readable} FROM ${name} WHERE ${looked} ORDER BY number ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?)
       AS ${alias}`,
    [...where.params, from ?? (newestFirst ? Number.MAX_SAFE_INTEGER : 0), upTo, rows],
  )!;
  return {
    found: jsonOf(row, 'page'),
    next: numberOf(row, 'looked') < rows ? undefined : numberOf(row, 'last'),
  };
}

/** The pages of those that fit now: what is stored meanwhile is in none of them. */
export function* lookAll<T>(
  db: Database,
  table: string,
  rows: number,
  page: (start: PageStart) => { readonly found: T; readonly next: number | undefined },
): Generator<T> {
  const upTo = numberOf(db.one(`SELECT coalesce(max(number), 0) AS n FROM ${table}`)!, 'n');
  for (let from: number | undefined = 0; from !== undefined && from < upTo;) {
    const { found, next } = page({ from, rows, upTo });
    yield found;
    from = next;
  }
}

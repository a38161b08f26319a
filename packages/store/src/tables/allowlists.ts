// Allowlists: addresses and ranges that are never decided on, in lists by name, each entry with the reason a
// person gave and perhaps an end.
import type { Cidr } from '@parapet/kinds';
import { keyOf, keysAround } from '../address-key.ts';
import { dateOf, optionalDateOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';

export interface AllowlistEntry {
  readonly list: string;
  /** A canonical address or range. */
  readonly value: string;
  readonly comment: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
}

const COLUMNS = 'list, value, comment, created_at, expires_at';

export class AllowlistTable {
  readonly #db: Database;
  #index: { readonly change: number; readonly entries: AllowlistIndex } | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Returns all entries as that change left them; they are read when it is another one than the last time. */
  index(change: number): AllowlistIndex {
    if (this.#index?.change !== change)
      this.#index = { change, entries: new AllowlistIndex(this.list(undefined)) };
    return this.#index.entries;
  }

  /** Adds the entry; one with the same list and value gets the new comment and end. */
  put(entry: AllowlistEntry, cidr: Cidr): void {
    const key = keyOf(cidr.text)!;
    this.#db.run(
      `INSERT INTO allowlist_entries (list, value, address, prefix, comment, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (list, value) DO UPDATE SET comment = excluded.comment, expires_at = excluded.expires_at`,
      [
        entry.list,
        entry.value,
        key.address,
        key.prefix,
        entry.comment,
        entry.createdAt.getTime(),
        entry.expiresAt?.getTime() ?? null,
      ],
    );
  }

  /** Removes the value from one list, or from all, and returns what was removed. */
  remove(value: string, list: string | undefined): AllowlistEntry[] {
    const params = list === undefined ? [value] : [value, list];
    return this.#db
      .all(
        `DELETE FROM allowlist_entries WHERE value = ? ${list === undefined ? '' : 'AND list = ?'} RETURNING ${COLUMNS}`,
        params,
      )
      .map(entryOf);
  }

  list(list: string | undefined): AllowlistEntry[] {
    return this.#db
      .all(
        `SELECT ${COLUMNS} FROM allowlist_entries ${list === undefined ? '' : 'WHERE list = ?'} ORDER BY list, address, prefix`,
        list === undefined ? [] : [list],
      )
      .map(entryOf);
  }

  /** Forgets at most `limit` entries that ended before the moment. */
  forgetEnded(before: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM allowlist_entries WHERE number IN (
         SELECT number FROM allowlist_entries WHERE expires_at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
  }
}

/** Entries by what they contain: looking up an address costs one probe per prefix length. */
export class AllowlistIndex {
  readonly #byKey = new Map<string, AllowlistEntry[]>();

  constructor(entries: readonly AllowlistEntry[]) {
    for (const entry of entries) {
      const key = keyOf(entry.value);
      if (key === undefined) continue;
      const name = `${key.address}/${key.prefix}`;
      const others = this.#byKey.get(name);
      if (others === undefined) this.#byKey.set(name, [entry]);
      else others.push(entry);
    }
  }

  /** Returns the entries in force that contain the address or range, the narrowest first. */
  around(cidr: Cidr, now: Date): AllowlistEntry[] {
    if (this.#byKey.size === 0) return [];
    return keysAround(cidr)
      .flatMap(({ address, prefix }) => this.#byKey.get(`${address}/${prefix}`) ?? [])
      .filter((entry) => entry.expiresAt === undefined || entry.expiresAt > now);
  }
}

function entryOf(row: SqlRow): AllowlistEntry {
  const expiresAt = optionalDateOf(row, 'expires_at');
  return {
    list: textOf(row, 'list'),
    value: textOf(row, 'value'),
    comment: textOf(row, 'comment'),
    createdAt: dateOf(row, 'created_at'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

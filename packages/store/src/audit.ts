// Who did what. Rows are only ever added, and each holds a hash over itself and the one before: whoever changes or
// removes one breaks the chain from there on, and cannot mend it without writing all that follows anew.
import { createHash } from 'node:crypto';
import { dateOf, jsonOf, numberOf, textOf } from './column.ts';
import type { Database, SqlRow } from './database.ts';
import type { Page } from './tables/decisions.ts';
import { Where } from './where.ts';

export interface NewAuditEntry {
  readonly who: string;
  /** From where; empty on the command line. */
  readonly ip: string;
  /** A word of ours: `login`, `decision.add`, … */
  readonly act: string;
  /** On what: a name, an address, a number. */
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends NewAuditEntry {
  readonly number: number;
  readonly at: Date;
  /** SHA-256 over the entry and the hash of the one before, hex. */
  readonly hash: string;
}

export interface AuditFilter {
  readonly who?: string;
  readonly act?: string;
  /** Only those with a lower number. */
  readonly before?: number;
  /** Only those whose details name one of these sites as `site`. */
  readonly sites?: readonly string[];
}

/** `brokenAt`: the first entry that is not as it was written, or that follows a gap. */
export type AuditCheck =
  | { readonly isWhole: true; readonly entries: number }
  | { readonly isWhole: false; readonly entries: number; readonly brokenAt: number };

export interface Audit {
  add(entry: NewAuditEntry): Promise<AuditEntry>;
  list(filter: AuditFilter, page?: Page): Promise<readonly AuditEntry[]>;
  /** Looks at the whole chain. */
  check(): Promise<AuditCheck>;
}

const COLUMNS = 'number, at, who, ip, act, target, details, hash';
const PAGE_ROWS = 1000;

export class SqliteAudit implements Audit {
  readonly #db: Database;
  readonly #now: () => Date;

  constructor(db: Database, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  async add(entry: NewAuditEntry): Promise<AuditEntry> {
    return this.#db.write(() => {
      const last = this.#db.all(`SELECT ${COLUMNS} FROM audit ORDER BY number DESC LIMIT 1`).map(entryOf)[0];
      const whole = { ...entry, number: (last?.number ?? 0) + 1, at: this.#now() };
      const written = { ...whole, hash: hashOf(whole, last?.hash ?? '') };
      this.#db.run(`INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
        ...[written.number, written.at.getTime(), withoutNul(written.who), withoutNul(written.ip)],
        ...[written.act, withoutNul(written.target), withoutNul(JSON.stringify(written.details))],
        written.hash,
      ]);
      return written;
    });
  }

  async list(filter: AuditFilter, page: Page = {}): Promise<readonly AuditEntry[]> {
    const order = page.newestFirst === true ? 'DESC' : 'ASC';
    const where = new Where()
      .andIf('who = ?', filter.who)
      .andIf('act = ?', filter.act)
      .andIf('number < ?', filter.before);
    if (filter.sites !== undefined)
      where.and(`details ->> '$.site' IN (SELECT value FROM json_each(?))`, JSON.stringify(filter.sites));
    return this.#db
      .all(`SELECT ${COLUMNS} FROM audit ${where.sql} ORDER BY number ${order} LIMIT ?`, [
        ...where.params,
        page.limit ?? -1,
      ])
      .map(entryOf);
  }

  async check(): Promise<AuditCheck> {
    let entries = 0;
    let hash = '';
    for (;;) {
      const rows = this.#db
        .all(`SELECT ${COLUMNS} FROM audit WHERE number > ? ORDER BY number LIMIT ?`, [entries, PAGE_ROWS])
        .map(entryOf);
      for (const entry of rows) {
        if (entry.number !== entries + 1 || entry.hash !== hashOf(entry, hash))
          return { isWhole: false, entries, brokenAt: entries + 1 };
        entries += 1;
        ({ hash } = entry);
      }
      if (rows.length < PAGE_ROWS) return { isWhole: true, entries };
    }
  }
}

function hashOf(entry: Omit<AuditEntry, 'hash'>, before: string): string {
  const { number, at, who, ip, act, target, details } = entry;
  const texts = [who, ip, act, target, JSON.stringify(details)].map(withoutNul);
  return createHash('sha256')
    .update(JSON.stringify([before, number, at.getTime(), ...texts]))
    .digest('hex');
}

/** As the store keeps texts. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function entryOf(row: SqlRow): AuditEntry {
  return {
    number: numberOf(row, 'number'),
    at: dateOf(row, 'at'),
    who: textOf(row, 'who'),
    ip: textOf(row, 'ip'),
    act: textOf(row, 'act'),
    target: textOf(row, 'target'),
    details: jsonOf(row, 'details') as Readonly<Record<string, unknown>>, // written by `add`
    hash: textOf(row, 'hash'),
  };
}

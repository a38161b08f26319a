// Tokens of Parapet's own API: who may ask for what. Of a token only its hash is kept.
import { dateOf, jsonOf, optionalDateOf, optionalNumberOf, optionalTextOf, textOf } from './column.ts';
import type { Database, SqlRow } from './database.ts';

export interface ApiToken {
  readonly name: string;
  /** SHA-256, hex. */
  readonly hash: string;
  /** Such as `signals:write`. */
  readonly scopes: readonly string[];
  /** The only sites of which it is told and for which it counts; undefined for all. */
  readonly sites?: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  /** When it last was used, to the minute or so, and from where. */
  readonly usedAt?: Date;
  readonly ip?: string;
  /** By how much the clock there is ahead of ours, when it last was said. */
  readonly clockAheadMs?: number;
}

/** When and from where a token was used, and what the clock there said. */
export interface TokenUse {
  readonly hash: string;
  readonly at: Date;
  readonly ip: string;
  readonly clockAheadMs?: number;
}

export interface ApiTokens {
  list(): Promise<readonly ApiToken[]>;
  find(name: string): Promise<ApiToken | undefined>;
  findByHash(hash: string): Promise<ApiToken | undefined>;
  /** Adds the token; false when there is one of that name. */
  add(token: ApiToken): Promise<boolean>;
  /** Returns whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Writes down when and from where tokens were used. */
  note(uses: readonly TokenUse[]): Promise<void>;
}

const COLUMNS = 'name, hash, scopes, created_at, expires_at, used_at, ip, sites, clock_ahead_ms';

export class SqliteTokens implements ApiTokens {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(): Promise<readonly ApiToken[]> {
    return this.#db.all(`SELECT ${COLUMNS} FROM api_tokens ORDER BY name`).map(tokenOf);
  }

  async find(name: string): Promise<ApiToken | undefined> {
    return this.#db.all(`SELECT ${COLUMNS} FROM api_tokens WHERE name = ?`, [name]).map(tokenOf)[0];
  }

  async findByHash(hash: string): Promise<ApiToken | undefined> {
    return this.#db.all(`SELECT ${COLUMNS} FROM api_tokens WHERE hash = ?`, [hash]).map(tokenOf)[0];
  }

  async add({ name, hash, scopes, createdAt, expiresAt, sites }: ApiToken): Promise<boolean> {
    return this.#db.write(
      () =>
        this.#db.run(
          `INSERT INTO api_tokens (name, hash, scopes, created_at, expires_at, sites) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING`,
          [
            ...[name, hash, JSON.stringify(scopes), createdAt.getTime(), expiresAt?.getTime() ?? null],
            sites === undefined ? null : JSON.stringify(sites),
          ],
        ) > 0,
    );
  }

  async remove(name: string): Promise<boolean> {
    return this.#db.write(() => this.#db.run('DELETE FROM api_tokens WHERE name = ?', [name]) > 0);
  }

  async note(uses: readonly TokenUse[]): Promise<void> {
    this.#db.write(() => {
      for (const { hash, at, ip, clockAheadMs } of uses)
        this.#db.run(
          `UPDATE api_tokens SET used_at = ?, ip = ?, clock_ahead_ms = coalesce(?, clock_ahead_ms)
             WHERE hash = ?`,
          [at.getTime(), ip, clockAheadMs ?? null, hash],
        );
    });
  }
}

function tokenOf(row: SqlRow): ApiToken {
  const expiresAt = optionalDateOf(row, 'expires_at');
  const usedAt = optionalDateOf(row, 'used_at');
  const ip = optionalTextOf(row, 'ip');
  const clockAheadMs = optionalNumberOf(row, 'clock_ahead_ms');
  const sites = optionalTextOf(row, 'sites') === undefined ? undefined : jsonOf(row, 'sites');
  return {
    name: textOf(row, 'name'),
    hash: textOf(row, 'hash'),
    scopes: jsonOf(row, 'scopes') as readonly string[], // written by `add`
    createdAt: dateOf(row, 'created_at'),
    // Written by `add`.
    ...(sites === undefined ? {} : { sites: sites as readonly string[] }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(usedAt === undefined ? {} : { usedAt }),
    ...(ip === undefined ? {} : { ip }),
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
  };
}

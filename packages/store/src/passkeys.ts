// Passkeys of people who may use the dashboard: public keys (W3C WebAuthn), of which the other half never leaves the
// device. One counts at the host for which it was made, and nowhere else.
import { dateOf, numberOf, optionalDateOf, textOf } from './column.ts';
import type { Database, SqlRow } from './database.ts';

export interface Passkey {
  /** Of the credential, base64url. */
  readonly id: string;
  readonly user: string;
  /** What its owner calls it. */
  readonly name: string;
  /** The relying party id: the host name for which it was made. */
  readonly host: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it was used, as it says; 0 where it does not count. */
  readonly counter: number;
  /** Whether it is copied between devices of its owner. */
  readonly isSynced: boolean;
  readonly createdAt: Date;
  readonly usedAt?: Date;
}

export interface Passkeys {
  /** Those of a user, the oldest first. */
  list(user: string): Promise<readonly Passkey[]>;
  find(id: string): Promise<Passkey | undefined>;
  /** Adds the passkey; false when there is one of that id. */
  add(passkey: Passkey): Promise<boolean>;
  /**
   * Writes down that it was used; false when it counts and did not count on: then there is a copy of it, or somebody
   * sends again what was sent before.
   */
  used(id: string, counter: number, at: Date): Promise<boolean>;
  /** Removes one of a user; returns whether there was one. */
  remove(user: string, id: string): Promise<boolean>;
  /** Removes all of a user; returns how many there were. */
  removeAll(user: string): Promise<number>;
}

const COLUMNS = 'id, user, name, host, public_key, counter, synced, created_at, used_at';

export class SqlitePasskeys implements Passkeys {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(user: string): Promise<readonly Passkey[]> {
    return this.#db
      .all(`SELECT ${COLUMNS} FROM user_passkeys WHERE user = ? ORDER BY created_at, id`, [user])
      .map(passkeyOf);
  }

  async find(id: string): Promise<Passkey | undefined> {
    return this.#db.all(`SELECT ${COLUMNS} FROM user_passkeys WHERE id = ?`, [id]).map(passkeyOf)[0];
  }

  async add(passkey: Passkey): Promise<boolean> {
    const { id, user, name, host, publicKey, counter, isSynced, createdAt, usedAt } = passkey;
    return this.#db.write(
      () =>
        this.#db.run(
          `INSERT INTO user_passkeys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          [
            ...[id, user, name, host, publicKey, counter, isSynced ? 1 : 0],
            ...[createdAt.getTime(), usedAt?.getTime() ?? null],
          ],
        ) > 0,
    );
  }

  async used(id: string, counter: number, at: Date): Promise<boolean> {
    return this.#db.write(
      () =>
        this.#db.run(
          `UPDATE user_passkeys SET counter = ?, used_at = ?
           WHERE id = ? AND (counter < ? OR (counter = 0 AND ? = 0))`,
          [counter, at.getTime(), id, counter, counter],
        ) > 0,
    );
  }

  async remove(user: string, id: string): Promise<boolean> {
    return this.#db.write(
      () => this.#db.run('DELETE FROM user_passkeys WHERE user = ? AND id = ?', [user, id]) > 0,
    );
  }

  async removeAll(user: string): Promise<number> {
    return this.#db.write(() => this.#db.run('DELETE FROM user_passkeys WHERE user = ?', [user]));
  }
}

function passkeyOf(row: SqlRow): Passkey {
  const usedAt = optionalDateOf(row, 'used_at');
  return {
    id: textOf(row, 'id'),
    user: textOf(row, 'user'),
    name: textOf(row, 'name'),
    host: textOf(row, 'host'),
    publicKey: textOf(row, 'public_key'),
    counter: numberOf(row, 'counter'),
    isSynced: numberOf(row, 'synced') === 1,
    createdAt: dateOf(row, 'created_at'),
    ...(usedAt === undefined ? {} : { usedAt }),
  };
}

// One connection: prepared statements by their text, transactions, errors in our words.
import type { Driver, SqlRow, SqlValue, Statement } from './driver/index.ts';
import { StoreError, toStoreError } from './errors.ts';

export type { SqlRow, SqlValue } from './driver/index.ts';

export class Database {
  readonly path: string;
  readonly #driver: Driver;
  readonly #statements = new Map<string, Statement>();
  #isOpen = true;

  constructor(path: string, driver: Driver) {
    this.path = path;
    this.#driver = driver;
  }

  get driverName(): string {
    return this.#driver.name;
  }

  exec(sql: string): void {
    this.#guard(() => {
      this.#driver.exec(sql);
    });
  }

  /** Runs the statement and returns how many rows it changed. */
  run(sql: string, params: readonly SqlValue[] = []): number {
    return this.#guard(() => this.#prepare(sql).run(params.map(withoutNul)));
  }

  all(sql: string, params: readonly SqlValue[] = []): readonly SqlRow[] {
    return this.#guard(() => this.#prepare(sql).all(params.map(withoutNul)));
  }

  one(sql: string, params: readonly SqlValue[] = []): SqlRow | undefined {
    return this.all(sql, params)[0];
  }

  /** Does the work in one write transaction: all of it is stored or, when it throws, none. */
  write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** Does several reads on one snapshot. */
  snapshot<T>(work: () => T): T {
    return this.#transaction('BEGIN', work);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#statements.clear();
    this.#driver.close();
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.exec(begin);
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (full disk): then there is nothing to roll back.
      try {
        this.#driver.exec('ROLLBACK');
      } catch {}
      throw error;
    }
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#driver.prepare(sql);
      // Filters make statements of many shapes; a bound keeps a long-running engine from collecting them.
      if (this.#statements.size >= 200) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    if (!this.#isOpen) throw new StoreError('E_STORE_CLOSED', this.path);
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.path);
    }
  }
}

/** libsql cuts a text at its first NUL when reading: an attacker's NUL must not hide what follows it. */
function withoutNul(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

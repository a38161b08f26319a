// SQLite files of other programs, to take over what is in them: they are read and never written.
import fs from 'node:fs';
import { Database, type SqlRow, type SqlValue } from './database.ts';
import { openDriver } from './driver/index.ts';
import { StoreError, toStoreError } from './errors.ts';

export interface ForeignDatabase {
  /** Names of its tables. */
  readonly tables: ReadonlySet<string>;
  /** Throws a StoreError when the statement does not fit the tables. */
  rows(sql: string, params?: readonly SqlValue[]): readonly SqlRow[];
  close(): void;
}

/** Opens the file; throws a StoreError when it is not there, cannot be read or is no SQLite file. */
export function openForeign(file: string): ForeignDatabase {
  if (!fs.existsSync(file)) throw new StoreError('E_STORE_ABSENT', file);
  let db: Database | undefined;
  try {
    db = new Database(file, openDriver(file, { readOnly: true }));
    db.exec('PRAGMA query_only = 1');
    const opened = db;
    const tables = opened.all("SELECT name FROM sqlite_master WHERE type = 'table'");
    return {
      tables: new Set(tables.map((row) => String(row['name']))),
      rows: (sql, params = []) => opened.all(sql, params),
      close: () => opened.close(),
    };
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

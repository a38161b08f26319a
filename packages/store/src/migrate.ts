// Brings a store to the schema this code knows, one numbered step after the other, in one transaction: a
// process that dies half way leaves the old schema. A newer schema is refused, never guessed at.
import { numberOf } from './column.ts';
import type { Database } from './database.ts';
import { StoreError } from './errors.ts';

/** Returns the version of the file: 0 for a new one. Throws when the file is no store of ours, or newer. */
export function checkVersion(db: Database, latest: number): number {
  const version = readVersion(db);
  if (version > latest) {
    throw new StoreError('E_STORE_NEWER', `${db.path} has schema ${version}, this Parapet knows ${latest}`);
  }
  return version;
}

/** Runs the steps after `version`. Safe when two processes do it at the same time: the second finds it done. */
export function migrate(db: Database, steps: readonly string[]): void {
  db.write(() => {
    const version = checkVersion(db, steps.length);
    if (version === 0)
      db.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
    for (const step of steps.slice(version)) db.exec(step);
    db.run(
      `INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [String(steps.length)],
    );
  });
}

function readVersion(db: Database): number {
  const tables = db.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  if (tables.length === 0) return 0;
  if (!tables.some((table) => table['name'] === 'meta')) throw new StoreError('E_STORE_FOREIGN', db.path);
  const row = db.one(`SELECT CAST(value AS INTEGER) AS version FROM meta WHERE name = 'schema'`);
  if (row === undefined) throw new StoreError('E_STORE_FOREIGN', db.path);
  return numberOf(row, 'version');
}

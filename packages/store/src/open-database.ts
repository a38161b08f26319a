// Opening the file: directory, settings, schema.
//
// Durability. The write-ahead log with synchronous=NORMAL survives the death of the process at any instant:
// what was committed is with the kernel. A power cut may undo the last transactions, never half of one; and
// because cursors are in the same transactions as the alerts of the lines they passed, the engine then reads
// those lines again. So nothing is lost or doubled, without an fsync per commit. What a person enters by
// command cannot be read again from anywhere: the role `tool` uses synchronous=FULL.
import fs from 'node:fs';
import path from 'node:path';
import { Database } from './database.ts';
import type { OpenDriver } from './driver/index.ts';
import { StoreError, toStoreError } from './errors.ts';
import { lockDataDir } from './lock.ts';
import { checkVersion, migrate } from './migrate.ts';

/** `engine`: the one long-running writer; `tool`: a command that reads and writes; `reader`: changes nothing. */
export type StoreRole = 'engine' | 'tool' | 'reader';

export const STORE_FILE = 'parapet.db';
/** Keeps everything in memory, for tests and for an engine that has no usable disk. */
export const IN_MEMORY = ':memory:';

/** Short for the engine: it would rather keep working and write later. */
const BUSY_MS: Readonly<Record<StoreRole, number>> = { engine: 100, tool: 10_000, reader: 5000 };

const CACHE_KB = 8192;

export function openDatabase(
  dataDir: string,
  role: StoreRole,
  openDriver: OpenDriver,
  steps: readonly string[],
  now: Date,
): Database {
  const file = dataDir === IN_MEMORY ? IN_MEMORY : path.join(dataDir, STORE_FILE);
  if (role === 'reader' && file !== IN_MEMORY) requireStore(dataDir);
  const db = openFile(file, openDriver);
  try {
    db.exec(`PRAGMA busy_timeout = ${Math.max(1000, BUSY_MS[role])}`);
    if (role === 'reader') {
      refuseOldSchema(db, steps.length);
      db.exec('PRAGMA query_only = 1');
    } else {
      configure(db, role);
      upgrade(db, dataDir, role, openDriver, steps, now);
    }
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS[role]}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws E_STORE_ABSENT when the directory holds no store, E_STORE_UNREACHABLE when it cannot be looked into. */
export function requireStore(dataDir: string): void {
  try {
    fs.statSync(path.join(dataDir, STORE_FILE));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    throw new StoreError(isAbsent ? 'E_STORE_ABSENT' : 'E_STORE_UNREACHABLE', dataDir, error);
  }
}

/** Makes the directory. Its files tell who visited the site: nobody but the owner and the group reads them. */
export function makeDataDir(dataDir: string): void {
  if (dataDir === IN_MEMORY) return;
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw toStoreError(error, dataDir);
  }
}

function openFile(file: string, openDriver: OpenDriver): Database {
  try {
    const isNew = file !== IN_MEMORY && !fs.existsSync(file);
    const driver = openDriver(file);
    if (isNew && fs.existsSync(file)) fs.chmodSync(file, 0o640);
    return new Database(file, driver);
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function configure(db: Database, role: StoreRole): void {
  // auto_vacuum only takes effect on a file without tables, so it comes first.
  db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  // The switch needs the file alone; on one that has been switched it is a read.
  db.all('PRAGMA journal_mode = WAL');
  db.exec(`PRAGMA synchronous = ${role === 'tool' ? 'FULL' : 'NORMAL'}`);
  db.exec('PRAGMA foreign_keys = ON');
  db.exec('PRAGMA temp_store = MEMORY');
  db.exec(`PRAGMA cache_size = -${CACHE_KB}`);
  db.exec('PRAGMA journal_size_limit = 67108864');
}

function upgrade(
  db: Database,
  dataDir: string,
  role: StoreRole,
  openDriver: OpenDriver,
  steps: readonly string[],
  now: Date,
): void {
  const version = checkVersion(db, steps.length);
  if (version === steps.length) return;
  // A command of a newer Parapet must not change the tables under the feet of a running older engine.
  const lock = role === 'tool' && version > 0 ? lockDataDir(dataDir, openDriver, now) : undefined;
  try {
    migrate(db, steps);
  } finally {
    lock?.release();
  }
}

function refuseOldSchema(db: Database, latest: number): void {
  const version = checkVersion(db, latest);
  if (version === 0) throw new StoreError('E_STORE_ABSENT', db.path);
  if (version < latest) {
    throw new StoreError('E_STORE_OLDER', `${db.path} has schema ${version}, this Parapet wants ${latest}`);
  }
}

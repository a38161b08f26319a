// The door of the store: opens or makes the file, locks it for an engine, starts the queue.
import path from 'node:path';
import { AUTO_PAGES, Checkpointer } from './checkpointer.ts';
import type { Database } from './database.ts';
import { openDriver as openRuntimeDriver, type OpenDriver } from './driver/index.ts';
import { StoreError } from './errors.ts';
import { findEngine as findEngineWith, lockDataDir, type EngineProcess } from './lock.ts';
import { MIGRATIONS } from './migrations.table.ts';
import { IN_MEMORY, makeDataDir, openDatabase, STORE_FILE, type StoreRole } from './open-database.ts';
import { nameSites } from './siteOfAlert.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';
import type { Schedule, StoreHealth } from './write-queue.ts';

export interface StoreOptions {
  /** The folder of the store, made when absent (unless only read), or IN_MEMORY. */
  readonly dataDir: string;
  readonly role: StoreRole;
  readonly now: () => Date;
  /** The name of the site that a host, in lower case, belongs to; a name of a site stays. Without it, hosts are names. */
  readonly siteOf?: (host: string) => string;
  /** Called when the state of the store changes and when something had to be left out. */
  readonly onHealth?: (health: StoreHealth) => void;
  readonly flushMs?: number;
  readonly flushRows?: number;
  readonly maxWaiting?: number;
  /** Timers, for tests. */
  readonly schedule?: Schedule;
  /** The SQLite to use, for tests. */
  readonly openDriver?: OpenDriver;
}

/** Returns the open store; rejects with a StoreError that says what to do. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, role, now } = options;
  const openDriver = options.openDriver ?? openRuntimeDriver;
  if (role !== 'reader') makeDataDir(dataDir);
  const lock =
    role === 'engine' && dataDir !== IN_MEMORY ? lockDataDir(dataDir, openDriver, now()) : undefined;
  try {
    const db = openDatabase(dataDir, role, openDriver, MIGRATIONS, now());
    const checkpointer =
      lock === undefined || options.openDriver !== undefined
        ? undefined
        : Checkpointer.begin(path.join(dataDir, STORE_FILE));
    if (checkpointer !== undefined) db.exec(`PRAGMA wal_autocheckpoint = ${AUTO_PAGES}`);
    if (role === 'engine' && options.siteOf !== undefined) tryToName(db, options.siteOf);
    return new SqliteStore(db, lock, checkpointer, {
      now,
      siteOf: options.siteOf ?? ((host) => host),
      schedule: options.schedule ?? scheduleWithTimers,
      onHealth: options.onHealth ?? (() => {}),
      flushMs: options.flushMs ?? 50,
      flushRows: options.flushRows ?? 1000,
      maxWaiting: options.maxWaiting ?? 50_000,
    });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** A damaged or full store says so itself when it is used; detection goes on. */
function tryToName(db: Database, siteOf: (host: string) => string): void {
  try {
    nameSites(db, siteOf);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Returns the engine that is using the data directory at this moment, or undefined when none is. */
export async function findEngine(dataDir: string): Promise<EngineProcess | undefined> {
  return findEngineWith(dataDir, openRuntimeDriver);
}

/** What waits is also in the logs, so a waiting write does not keep a process alive; close() writes it. */
const scheduleWithTimers: Schedule = (delayMs, work) => {
  const timer = setTimeout(work, delayMs).unref();
  return () => {
    clearTimeout(timer);
  };
};

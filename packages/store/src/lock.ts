// One engine per data directory. The lock is a write lock that SQLite holds on a file of its own: the kernel
// drops it when the process dies, however it dies, so there is no stale lock to clean up. The process id is in
// a second file: reading a file that SQLite has locked would drop the lock (POSIX locks belong to the process,
// not to the descriptor).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Driver, OpenDriver } from './driver/index.ts';
import { StoreError, toStoreError } from './errors.ts';

const LOCK_FILE = 'engine.lock';
const PID_FILE = 'engine.pid';

export interface EngineProcess {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: Date;
}

export interface EngineLock {
  release(): void;
}

/** Returns the lock, or throws E_STORE_LOCKED naming the process that has it. */
export function lockDataDir(dataDir: string, openDriver: OpenDriver, now: Date): EngineLock {
  const lockPath = path.join(dataDir, LOCK_FILE);
  const pidPath = path.join(dataDir, PID_FILE);
  const driver = tryLock(lockPath, openDriver, 1000);
  if (driver === undefined) throw new StoreError('E_STORE_LOCKED', describe(dataDir));
  try {
    const who = { pid: process.pid, host: os.hostname(), startedAt: now.toISOString() };
    fs.writeFileSync(pidPath, `${JSON.stringify(who)}\n`);
  } catch (error) {
    driver.close();
    throw toStoreError(error, pidPath);
  }
  return {
    release: () => {
      fs.rmSync(pidPath, { force: true });
      driver.close();
    },
  };
}

/** Returns the engine that is using the data directory at this moment, or undefined when none is. */
export function findEngine(dataDir: string, openDriver: OpenDriver): EngineProcess | undefined {
  const lockPath = path.join(dataDir, LOCK_FILE);
  if (!fs.existsSync(lockPath)) return undefined;
  const driver = tryLock(lockPath, openDriver, 0);
  if (driver !== undefined) {
    driver.close();
    return undefined;
  }
  return readPid(dataDir) ?? { pid: 0, host: os.hostname(), startedAt: new Date(0) };
}

function tryLock(lockPath: string, openDriver: OpenDriver, waitMs: number): Driver | undefined {
  let driver: Driver | undefined;
  try {
    driver = openDriver(lockPath);
    driver.exec(`PRAGMA busy_timeout = ${waitMs}`);
    driver.exec('BEGIN IMMEDIATE');
    return driver;
  } catch (error) {
    driver?.close();
    const problem = toStoreError(error, lockPath);
    if (problem.code === 'E_STORE_BUSY') return undefined;
    throw problem;
  }
}

function describe(dataDir: string): string {
  const engine = readPid(dataDir);
  if (engine === undefined) return dataDir;
  const where = engine.host === os.hostname() ? '' : ` on ${engine.host}`;
  return `${dataDir} is in use by process ${engine.pid}${where} since ${engine.startedAt.toISOString()}`;
}

function readPid(dataDir: string): EngineProcess | undefined {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(path.join(dataDir, PID_FILE), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    if (!('pid' in parsed) || typeof parsed.pid !== 'number') return undefined;
    const host = 'host' in parsed && typeof parsed.host === 'string' ? parsed.host : '';
    const startedAt = 'startedAt' in parsed ? new Date(String(parsed.startedAt)) : new Date(0);
    return { pid: parsed.pid, host, startedAt: Number.isNaN(startedAt.getTime()) ? new Date(0) : startedAt };
  } catch {
    return undefined;
  }
}

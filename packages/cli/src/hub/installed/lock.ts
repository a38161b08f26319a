// One change of the installed hub at a time, across processes. A lock file with the holder's process id; that of a
// process which is gone is taken over.

import { closeSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../hubError.ts';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;
/** Taking over takes a millisecond; whoever was killed meanwhile leaves a file that is older. */
const TAKEOVER_MS = 5000;

/** Runs the work while no other process changes the hub of this folder. */
export async function withLock<T>(
  dataDir: string,
  work: () => Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'hub.lock');
  for (let left = Math.ceil(patienceMs / POLL_MS); !create(file); left--) {
    if (left <= 0) {
      throw new HubError(
        'E_HUB_BUSY',
        `Process ${holderOf(file) ?? '?'} is changing the installed hub`,
        `Try again when it is done. If it is none of Parapet's, remove ${file}.`,
      );
    }
    takeOverIfDead(file);
    await wait(POLL_MS);
  }
  try {
    return await work();
  } finally {
    unlinkIfThere(file);
  }
}

function create(file: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false; // node:fs throws these
    throw error;
  }
  writeSync(handle, String(process.pid));
  closeSync(handle);
  return true;
}

/** Only who holds the second file may remove the first, and looks again before: no living lock is removed. */
function takeOverIfDead(file: string): void {
  if (isAlive(file)) return;
  const takeover = `${file}.takeover`;
  if (!create(takeover)) {
    if (ageMs(takeover) > TAKEOVER_MS) unlinkIfThere(takeover);
    return;
  }
  if (!isAlive(file)) unlinkIfThere(file);
  unlinkIfThere(takeover);
}

function isAlive(file: string): boolean {
  const holder = holderOf(file);
  // Between its creation and the number in it a lock is empty, for an instant.
  if (holder === undefined) return ageMs(file) < TAKEOVER_MS;
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // node throws these
  }
}

function holderOf(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function ageMs(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // node:fs throws these
  }
}

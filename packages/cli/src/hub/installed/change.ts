// Changes the installed hub as a whole: the next state is built beside it and takes its place by renaming, so
// that a failure, a full disk or kill -9 leaves either the old state or the new one.

import { cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installedFolder, previousFolder } from '../collectItems.ts';
import { HubError } from '../hubError.ts';
import { withLock } from './lock.ts';
import { readRecord, RECORD_FILE, recordText, type InstalledRecord } from './record.ts';

/** The next state while it is built. */
export interface Draft {
  readonly record: InstalledRecord;
  /** Where it is built; files that are there now are as they were installed, or as somebody changed them. */
  readonly folder: string;
  /** Writes a file by its path in the hub. */
  write(relative: string, bytes: Uint8Array): void;
  remove(relative: string): void;
}

export interface Change<T> {
  readonly record: InstalledRecord;
  readonly result: T;
}

/** Hands the work a draft; the record that it returns, and what it wrote, become the installed state. */
export async function changeInstalled<T>(dataDir: string, work: (draft: Draft) => Change<T>): Promise<T> {
  try {
    return await withLock(dataDir, async () => replaceHub(dataDir, work));
  } catch (error) {
    if (error instanceof HubError || !(error instanceof Error) || !('syscall' in error)) throw error;
    throw new HubError(
      'E_HUB_WRITE',
      `The installed hub in ${dataDir} cannot be changed: ${error.message}`,
      'It is as it was before.',
      { cause: error },
    );
  }
}

function replaceHub<T>(dataDir: string, work: (draft: Draft) => Change<T>): T {
  const hub = installedFolder(dataDir);
  const previous = previousFolder(dataDir);
  const next = `${hub}.next`;
  // Killed between the two renames below: the old state comes back.
  if (!existsSync(hub) && existsSync(previous)) renameSync(previous, hub);
  try {
    rmSync(previous, { recursive: true, force: true });
    rmSync(next, { recursive: true, force: true });
    if (existsSync(hub)) cpSync(hub, next, { recursive: true, verbatimSymlinks: true });
    else mkdirSync(next);
    const { record, result } = work({
      record: readRecord(next),
      folder: next,
      write: (relative, bytes) => writeInside(next, relative, bytes),
      remove: (relative) => rmSync(placeInside(next, relative), { force: true }),
    });
    writeInside(next, RECORD_FILE, Buffer.from(recordText(record)));
    if (existsSync(hub)) renameSync(hub, previous);
    renameSync(next, hub);
    rmSync(previous, { recursive: true, force: true });
    return result;
  } catch (error) {
    if (!existsSync(hub) && existsSync(previous)) renameSync(previous, hub);
    rmSync(next, { recursive: true, force: true });
    throw error;
  }
}

function writeInside(root: string, relative: string, bytes: Uint8Array): void {
  const file = placeInside(root, relative);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** A link on the way would lead out of the hub. */
function placeInside(root: string, relative: string): string {
  const steps = relative.split('/');
  for (let depth = 1; depth <= steps.length; depth++) {
    const at = path.join(root, ...steps.slice(0, depth));
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    throw new HubError(
      'E_HUB_LINK',
      `${relative} is behind a link in the installed hub`,
      'Remove the link first.',
    );
  }
  return path.join(root, relative);
}

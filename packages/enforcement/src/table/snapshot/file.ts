// decisions.bin on disk. A reader, or a power cut, meets the old file or the new one, whole.

import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DecisionTable } from '../decisionTable.ts';
import { decodeSnapshot, type Snapshot, type SnapshotFault } from './decode.ts';
import { encodeSteps, type SnapshotHead, type Steps } from './encode.ts';

let writes = 0;

/**
 * Writes the table as it is now and returns undefined, or why it could not. A million decisions take half a second:
 * others get their turns meanwhile. Others may read the file: it holds no
 * secret, and PHP runs as somebody else.
 */
export async function writeSnapshot(
  file: string,
  table: DecisionTable,
  head: SnapshotHead & { readonly mode?: number },
): Promise<SnapshotFault | undefined> {
  const bytes = await inTurns(encodeSteps(table, head));
  const next = `${file}.${process.pid}-${++writes}.next`;
  try {
    const handle = await open(next, 'wx', head.mode ?? 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
    return undefined;
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    return { ok: false, code: 'E_SNAPSHOT_UNWRITABLE', message: `it cannot be written: ${reasonOf(error)}` };
  }
}

async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

/** Reads a table, or says why there is none; the caller then keeps what it has. */
export function readSnapshot(
  file: string,
  options: { readonly seed?: number } = {},
): Snapshot | SnapshotFault {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'; // what readFileSync throws has a code
    if (isMissing) return { ok: false, code: 'E_SNAPSHOT_MISSING', message: 'there is no such file' };
    return { ok: false, code: 'E_SNAPSHOT_UNREADABLE', message: `it cannot be read: ${reasonOf(error)}` };
  }
  return decodeSnapshot(bytes, options);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

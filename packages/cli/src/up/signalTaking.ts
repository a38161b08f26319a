// What datagrams and spool files have in common: nobody hears an answer, so that whoever brings records waits until
// they can be taken, and what is wrong with one is written down.

import { setTimeout as pause } from 'node:timers/promises';
import type { RawRecord, SignalDesk } from '@parapet/api';
import type { RefusedFile } from './signalRefused.ts';

export interface SignalTaking {
  readonly desk: SignalDesk;
  readonly refused: RefusedFile;
  readonly onNote: (text: string) => void;
}

const STORE_MS = 1000;

/** Takes the records, however long that takes; returns false when the signal came first. */
export async function takeAll(
  { desk, refused }: SignalTaking,
  sender: string,
  records: readonly RawRecord[],
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const waitMs = await takeOnce(desk, refused, sender, records);
    if (waitMs === 0) return true;
    await pause(waitMs, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** Returns 0, or after how long it may be tried again. */
async function takeOnce(
  desk: SignalDesk,
  refused: RefusedFile,
  sender: string,
  records: readonly RawRecord[],
): Promise<number> {
  try {
    const taken = await desk.take(sender, records);
    if (taken.outcome !== 'taken') return taken.retryAfterSeconds * 1000;
    refused.add(sender, taken.refused);
    return 0;
  } catch {
    // The store cannot be written, and says so itself.
    return STORE_MS;
  }
}

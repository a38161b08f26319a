// The store of an engine that runs: it belongs to one engine at a time, and says how it is.

import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreError, type Store, type StoreHealth } from '@parapet/store';

const PREDECESSOR_MS = 10_000;

/**
 * When a gateway was killed and is started again at once, its engine may still be writing down where it is. Refusing
 * then would take the site away, so a supervised engine waits for the other to end.
 */
export async function openWhenFree(open: () => Promise<Store>): Promise<Store> {
  const until = performance.now() + (process.connected ? PREDECESSOR_MS : 0);
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === 'E_STORE_LOCKED';
      if (!isLocked || performance.now() > until) throw error;
      await pause(100);
    }
  }
}

/** Returns what is told of a change of the store's health. */
export function healthSentence({ state, error, lost }: StoreHealth): string {
  if (state === 'ok') return 'The store works again.';
  const gone =
    lost.alerts + lost.decisions > 0
      ? ` ${lost.alerts} alerts and ${lost.decisions} decisions had to be given up.`
      : '';
  return `The store cannot be written (${state}): ${error?.message ?? 'unknown reason'}. ${error?.advice ?? ''} Detection goes on.${gone}`;
}

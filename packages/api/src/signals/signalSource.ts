// Signals that were taken as lines for the engine, like a log: read after a cursor, which a checkpoint saves together
// with what came of them, so that after a crash each counts exactly once.

import { setTimeout as pause } from 'node:timers/promises';
import type { LineBatch, LineSource } from '@parapet/engine';
import type { Line, LineOrigin } from '@parapet/kinds';
import type { Signals } from '@parapet/store';
import type { SignalDesk } from './signalDesk.ts';

export interface SignalSourceOptions {
  readonly signals: Signals;
  readonly cursors: ReadonlyMap<string, unknown>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** How long ids are remembered. */
  readonly idsForMs: number;
}

const CURSOR = 'signals';
const PAGE = 1000;
const TIDY_MS = 10_000;
const MOST_IDS = 200_000;
const RETRY_MS = 1000;
const TOGETHER_MS = 10;
const ORIGIN: LineOrigin = { src: 'signals', module: 'signal', labels: { type: 'signal' } };

export class SignalSource {
  readonly #options: SignalSourceOptions;
  #wake: (() => void) | undefined;
  #hasNews = true;
  #tidiedMs = -Infinity;

  constructor(options: SignalSourceOptions) {
    this.#options = options;
  }

  /** Something was stored. */
  readonly onStored = (): void => {
    this.#hasNews = true;
    this.#wake?.();
  };

  /** Yields what was stored until the signal; `desk` is told how many are left. */
  async *lines(desk: SignalDesk): LineSource {
    const { signals, cursors, signal, now } = this.#options;
    const saved = cursors.get(CURSOR);
    let number = typeof saved === 'number' ? saved : 0;
    let isFirst = true;
    const onAbort = (): void => this.#wake?.();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        this.#hasNews = false;
        const page = await this.#page(number);
        const last = page.at(-1);
        if (last !== undefined) {
          number = last.number;
          const readAtMs = now().getTime();
          const lines: Line[] = page.map(({ line }) => ({ raw: line, origin: ORIGIN, readAtMs }));
          // The taking is on the disk already, and so is the cursor's name after the first time.
          const batch: LineBatch = { lines, cursors: new Map([[CURSOR, number]]), isPatient: true };
          yield batch;
        }
        if (isFirst) desk.tellWaiting(await signals.countAfter(number).catch(() => 0));
        else desk.tellRead(page.length);
        isFirst = false;
        await this.#tidy();
        if (page.length === PAGE) continue;
        if (!this.#hasNews) await this.#news();
        // One after the other costs more than some together, and nobody sees the difference.
        if (!signal.aborted) await pause(TOGETHER_MS);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** A store that cannot be read now is asked again. */
  async #page(number: number): Promise<Awaited<ReturnType<Signals['after']>>> {
    try {
      return await this.#options.signals.after(number, PAGE);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      this.#hasNews = true;
      return [];
    }
  }

  /** Waits until something is stored, it is time to tidy up, or the end. */
  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TIDY_MS);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#options.signal.aborted) this.#wake();
    });
    this.#wake = undefined;
  }

  async #tidy(): Promise<void> {
    const { signals, now, idsForMs } = this.#options;
    const nowMs = now().getTime();
    if (Math.abs(nowMs - this.#tidiedMs) < TIDY_MS) return;
    this.#tidiedMs = nowMs;
    try {
      await signals.forgetRead(CURSOR);
      await signals.forgetIds(new Date(nowMs - idsForMs), MOST_IDS);
    } catch {
      // A store that is busy or full: what is too much is forgotten the next time.
    }
  }
}

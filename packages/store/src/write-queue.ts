// Group commit. Batches wait here and are written together, in order, each whole: at the latest after 50 ms
// or 1,000 rows, in one transaction.
//
//           record                     written
//   ok ───────────────► (timer, rows) ─────────► ok
//                            │ full disk, busy, read-only, I/O error
//                            ▼
//                        retrying ──written──► ok        everything waits, in order; nothing is half written
//                            │ damaged or foreign file
//                            ▼
//                         broken                          until the process is started again
//
// While retrying or broken the engine goes on: what waits is bounded, the oldest evidence goes first, then
// the oldest alerts, each counted. Decisions that still run and the newest cursors always stay: cursors never
// reach the disk before the alerts that wait in front of them.
import type { Alert, Decision } from '@parapet/kinds';
import { toStoreError, type StoreError } from './errors.ts';

/** What one processed batch of lines led to. It is stored as a whole or not at all. */
export interface Batch {
  readonly alerts?: readonly Alert[];
  readonly decisions?: readonly Decision[];
  /** Where reading goes on after these lines, by source; undefined forgets the source. */
  readonly cursors?: ReadonlyMap<string, unknown>;
}

export interface StoreHealth {
  readonly state: 'ok' | 'retrying' | 'broken';
  /** Why it is not ok. */
  readonly error?: StoreError;
  /** Since when it has not been ok. */
  readonly since?: Date;
  readonly nextTryAt?: Date;
  /** Rows that wait to be written. */
  readonly waitingRows: number;
  /** Alerts whose evidence was left out, alerts and decisions that were given up, rows that could not be stored. */
  readonly lost: {
    readonly evidence: number;
    readonly alerts: number;
    readonly decisions: number;
    readonly badRows: number;
  };
}

/** Calls the function once after the time, unless cancelled by the returned function. */
export type Schedule = (delayMs: number, work: () => void) => () => void;

export interface WriteQueueOptions {
  readonly now: () => Date;
  readonly schedule: Schedule;
  readonly onHealth: (health: StoreHealth) => void;
  readonly flushMs: number;
  readonly flushRows: number;
  /** Bound of what may wait; an alert counts one and one more for each event it holds. */
  readonly maxWaiting: number;
  /** Writes the batches in one transaction and returns how many rows had to be left out. */
  readonly write: (batches: readonly Batch[]) => number;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 30_000;
/** Another command's transaction is no trouble worth telling before this. */
const BUSY_IS_TROUBLE_MS = 5000;

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #waiting: Batch[] = [];
  #rows = 0;
  #weight = 0;
  #cancelTimer: (() => void) | undefined;
  #state: StoreHealth['state'] = 'ok';
  #error: StoreError | undefined;
  #since: Date | undefined;
  #nextTryAt: Date | undefined;
  #retryMs = 0;
  #isTold = false;
  #lost = { evidence: 0, alerts: 0, decisions: 0, badRows: 0 };

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes the batch. Never throws and never waits longer than one write of 1,000 rows. */
  record(batch: Batch): void {
    this.#waiting.push(batch);
    this.#rows += rowsOf(batch);
    this.#weight += weightOf(batch);
    if (this.#state === 'ok') {
      if (this.#rows >= this.#options.flushRows) this.#tryWrite();
      else this.#cancelTimer ??= this.#schedule(this.#options.flushMs);
    } else if (this.#state === 'retrying' && this.#options.now() >= this.#nextTryAt!) {
      // A loop that never lets timers run (a replay) must not fill the queue while the disk is fine again.
      this.#tryWrite();
    }
    if (this.#weight > this.#options.maxWaiting) this.#shrink();
  }

  /** Writes what waits; throws why when that is not possible. */
  flush(): void {
    if (this.#waiting.length > 0) this.#tryWrite();
    if (this.#waiting.length > 0 && this.#error !== undefined) throw this.#error;
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  health(): StoreHealth {
    return {
      state: this.#state,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(this.#since === undefined ? {} : { since: this.#since }),
      ...(this.#nextTryAt === undefined ? {} : { nextTryAt: this.#nextTryAt }),
      waitingRows: this.#rows,
      lost: { ...this.#lost },
    };
  }

  #schedule(delayMs: number): () => void {
    return this.#options.schedule(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#tryWrite();
    });
  }

  #tryWrite(): void {
    if (this.#state === 'broken' || this.#waiting.length === 0) return;
    this.stop();
    try {
      const badRows = this.#options.write(this.#waiting);
      this.#waiting = [];
      this.#rows = 0;
      this.#weight = 0;
      this.#recover(badRows);
    } catch (error) {
      this.#fail(toStoreError(error, 'store'));
    }
  }

  #recover(badRows: number): void {
    const wasTold = this.#isTold;
    this.#state = 'ok';
    this.#error = undefined;
    this.#since = undefined;
    this.#nextTryAt = undefined;
    this.#retryMs = 0;
    this.#isTold = false;
    this.#lost.badRows += badRows;
    if (wasTold || badRows > 0) this.#options.onHealth(this.health());
  }

  #fail(error: StoreError): void {
    const now = this.#options.now();
    const isNew = this.#error?.code !== error.code;
    this.#error = error;
    this.#since ??= now;
    if (
      error.code === 'E_STORE_CORRUPT' ||
      error.code === 'E_STORE_FOREIGN' ||
      error.code === 'E_STORE_CLOSED'
    ) {
      this.#state = 'broken';
      this.#nextTryAt = undefined;
    } else {
      this.#state = 'retrying';
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs === 0 ? FIRST_RETRY_MS : this.#retryMs * 2);
      this.#nextTryAt = new Date(now.getTime() + this.#retryMs);
      this.#cancelTimer = this.#schedule(this.#retryMs);
    }
    const isTrouble =
      error.code !== 'E_STORE_BUSY' || now.getTime() - this.#since.getTime() >= BUSY_IS_TROUBLE_MS;
    if (isTrouble && (isNew || !this.#isTold)) {
      this.#isTold = true;
      this.#options.onHealth(this.health());
    }
  }

  /** Brings what waits down to half the bound, so that this does not happen again at once. */
  #shrink(): void {
    const now = this.#options.now();
    const budget = this.#options.maxWaiting / 2;
    const cursors = new Map<string, unknown>();
    for (const batch of this.#waiting) {
      for (const [name, value] of batch.cursors ?? []) cursors.set(name, value);
    }
    const running = this.#waiting.flatMap((batch) =>
      (batch.decisions ?? []).filter((decision) => decision.expiresAt > now),
    );
    const decisions = running.slice(-Math.floor(budget / 2));
    this.#lost.decisions += running.length - decisions.length;
    const alerts = this.#thin(
      this.#waiting.flatMap((batch) => batch.alerts ?? []),
      budget - decisions.length,
    );
    const merged: Batch = { alerts, decisions, cursors };
    this.#waiting = [merged];
    this.#rows = rowsOf(merged);
    this.#weight = weightOf(merged);
  }

  /** Keeps the newest alerts whole, older ones without evidence, the oldest not at all. */
  #thin(alerts: readonly Alert[], budget: number): Alert[] {
    let wholeBudget = budget / 2;
    let rowBudget = budget / 2;
    const kept: Alert[] = [];
    for (const alert of alerts.toReversed()) {
      const weight = 1 + alert.events.length;
      if (weight <= wholeBudget) {
        wholeBudget -= weight;
        kept.push(alert);
      } else if (rowBudget >= 1) {
        wholeBudget = 0;
        rowBudget -= 1;
        kept.push({ ...alert, events: [] });
        this.#lost.evidence += alert.events.length > 0 ? 1 : 0;
      } else {
        this.#lost.alerts += 1;
      }
    }
    return kept.reverse();
  }
}

function rowsOf(batch: Batch): number {
  return (batch.alerts?.length ?? 0) + (batch.decisions?.length ?? 0) + (batch.cursors?.size ?? 0);
}

function weightOf(batch: Batch): number {
  let weight = rowsOf(batch);
  for (const alert of batch.alerts ?? []) weight += alert.events.length;
  return weight;
}

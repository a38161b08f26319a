// Takes signals, whichever way they come: checks each record, holds senders to a rate and the whole to what the engine
// can read, and writes what is good down before it is acknowledged. What comes at the same time is written together.

import { randomUUID } from 'node:crypto';
import { readSignal, signalLine, type SignalFault } from '@parapet/kinds';
import type { NewSignal, Signals } from '@parapet/store';
import { Rates } from '../access/rates.ts';
import type { RawRecord } from './batch.ts';

export interface SignalDeskOptions {
  readonly signals: Signals;
  readonly now: () => Date;
  readonly maxAgeMs: number;
  /** Of one sender; ten seconds' worth may come at once. */
  readonly recordsPerSecond: number;
  /** So many may wait to be read. */
  readonly mostWaiting?: number;
  /** Told when something was stored. */
  readonly onStored: () => void;
}

export interface RefusedRecord {
  readonly index: number;
  readonly id?: string;
  readonly code: SignalFault;
  readonly detail: string;
}

export type Taken =
  | {
      readonly outcome: 'taken';
      readonly accepted: number;
      readonly duplicates: number;
      readonly refused: readonly RefusedRecord[];
    }
  /** Nothing was taken; the same may come again. */
  | { readonly outcome: 'limited' | 'busy'; readonly retryAfterSeconds: number };

export interface SignalCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly limited: number;
}

interface Pending {
  readonly records: readonly NewSignal[];
  readonly resolve: (areNew: readonly boolean[]) => void;
  readonly reject: (error: unknown) => void;
}

const BURST_SECONDS = 10;
const MOST_WAITING = 100_000;
const BUSY_SECONDS = 5;
/** A transaction for each record would cost more than all else. */
const TOGETHER_MS = 5;

export class SignalDesk {
  readonly #options: SignalDeskOptions;
  readonly #rates: Rates;
  readonly #mostWaiting: number;
  readonly #refused = new Map<SignalFault, number>();
  #pending: Pending[] = [];
  #accepted = 0;
  #duplicates = 0;
  #limited = 0;
  #waiting = 0;

  constructor(options: SignalDeskOptions) {
    this.#options = options;
    this.#rates = new Rates(options.recordsPerSecond, options.recordsPerSecond * BURST_SECONDS);
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
  }

  /**
   * Takes a batch of one sender, whole or not at all but for the records that are bad. When this resolves with `taken`
   * the good ones survive a crash. Rejects with a StoreError when they cannot be written.
   */
  async take(sender: string, records: readonly RawRecord[]): Promise<Taken> {
    const { now, maxAgeMs } = this.#options;
    const nowMs = now().getTime();
    if (this.#waiting + records.length > this.#mostWaiting) return this.#later('busy', BUSY_SECONDS);
    const wait = this.#rates.take(sender, records.length, nowMs);
    if (wait > 0) return this.#later('limited', wait);
    const good: NewSignal[] = [];
    const refused: RefusedRecord[] = [];
    for (const [index, raw] of records.entries()) {
      const read = raw.ok ? readSignal(raw.value, { nowMs, maxAgeMs }) : raw;
      if (read.ok && 'signal' in read) {
        const { id } = read.signal;
        good.push({ id, line: signalLine(read.signal, id ?? randomUUID()) });
      } else if (!read.ok) refused.push(refusal(index, raw, read));
    }
    const areNew = good.length === 0 ? [] : await this.#store(good);
    const accepted = areNew.filter(Boolean).length;
    const duplicates = areNew.length - accepted;
    this.#accepted += accepted;
    this.#duplicates += duplicates;
    for (const { code } of refused) this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    return { outcome: 'taken', accepted, duplicates, refused };
  }

  /** How many wait to be read now, of those that were taken before this desk was there. */
  tellWaiting(count: number): void {
    this.#waiting = count;
  }

  /** So many have been read. */
  tellRead(count: number): void {
    this.#waiting = Math.max(0, this.#waiting - count);
  }

  counts(): SignalCounts {
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      refused: Object.fromEntries(this.#refused),
      waiting: this.#waiting,
      limited: this.#limited,
    };
  }

  #later(outcome: 'limited' | 'busy', retryAfterSeconds: number): Taken {
    this.#limited++;
    return { outcome, retryAfterSeconds };
  }

  #store(records: readonly NewSignal[]): Promise<readonly boolean[]> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ records, resolve, reject });
      if (this.#pending.length === 1) setTimeout(() => void this.#flush(), TOGETHER_MS);
    });
  }

  async #flush(): Promise<void> {
    const batches = this.#pending;
    this.#pending = [];
    try {
      const { areNew } = await this.#options.signals.take(batches.flatMap(({ records }) => records));
      let from = 0;
      for (const { records, resolve } of batches) resolve(areNew.slice(from, (from += records.length)));
      this.#waiting += areNew.filter(Boolean).length;
      this.#options.onStored();
    } catch (error) {
      for (const { reject } of batches) reject(error);
    }
  }
}

function refusal(index: number, raw: RawRecord, fault: { code: SignalFault; detail: string }): RefusedRecord {
  const { code, detail } = fault;
  const value = raw.ok ? raw.value : undefined;
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
  return { index, ...(typeof id === 'string' ? { id: id.slice(0, 64) } : {}), code, detail };
}

// How often content rules spoke: counted from the records of what inspection found, of which only new ones are read.
// By the hour, so that a day and a week can be told; nothing about it has to be kept.

import { setImmediate as pause } from 'node:timers/promises';
import type { Store } from '@parapet/store';
import { oneAtATime } from '../oneAtATime.ts';

export interface Hits {
  readonly day: number;
  readonly week: number;
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
const READ_AT_ONCE = 1000;

export class RuleHits {
  readonly #store: Store;
  readonly #now: () => Date;
  /** By rule, and by hour since the epoch. */
  readonly #hours = new Map<string, Map<number, number>>();
  #last = 0;

  /** Reads what has come since; to be awaited before anything is asked. */
  readonly refresh: () => Promise<void> = oneAtATime(() => this.#read());

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  of(rule: string): Hits {
    const hour = this.#hour();
    let [day, week] = [0, 0];
    for (const [at, count] of this.#hours.get(rule) ?? []) {
      if (at > hour - WEEK_HOURS) week += count;
      if (at > hour - DAY_HOURS) day += count;
    }
    return { day, week };
  }

  async #read(): Promise<void> {
    const since = new Date((this.#hour() - WEEK_HOURS) * HOUR_MS);
    for (;;) {
      const records = await this.#store.inspections.list(
        { after: this.#last, since },
        { limit: READ_AT_ONCE },
      );
      for (const { number, at, reasons } of records) {
        this.#last = number;
        const hour = Math.floor(at.getTime() / HOUR_MS);
        for (const rule of new Set(reasons.map(({ detector }) => detector))) this.#count(rule, hour);
      }
      if (records.length < READ_AT_ONCE) break;
      await pause();
    }
    this.#forget();
  }

  #count(rule: string, hour: number): void {
    const hours = this.#hours.get(rule) ?? new Map<number, number>();
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
    this.#hours.set(rule, hours);
  }

  #forget(): void {
    const first = this.#hour() - WEEK_HOURS;
    for (const [rule, hours] of this.#hours) {
      for (const hour of hours.keys()) if (hour <= first) hours.delete(hour);
      if (hours.size === 0) this.#hours.delete(rule);
    }
  }

  #hour(): number {
    return Math.floor(this.#now().getTime() / HOUR_MS);
  }
}

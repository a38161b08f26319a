// An address that goes on with the same kind of attack is told of once a minute, under one record.

import type { AttackClass } from '@parapet/kinds';

const SAME_RECORD_MS = 60_000;
const MOST_RECORDS = 4096;

export class RecordMemory {
  readonly #newId: (key: string, atMs: number) => string;
  readonly #records = new Map<string, { readonly id: string; readonly atMs: number }>();

  /** `newId` makes eight hex digits for what has no record yet. */
  constructor(newId: (key: string, atMs: number) => string) {
    this.#newId = newId;
  }

  /** Returns the record under which this is told; lines of a log may come a little out of their order. */
  idOf(ip: string, found: AttackClass | undefined, atMs: number): string {
    const key = `${ip} ${found ?? 'other'}`;
    const known = this.#records.get(key);
    if (known !== undefined && Math.abs(atMs - known.atMs) < SAME_RECORD_MS) return known.id;
    if (this.#records.size >= MOST_RECORDS) this.#records.clear();
    const id = this.#newId(key, atMs);
    this.#records.set(key, { id, atMs });
    return id;
  }
}

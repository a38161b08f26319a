// All live buckets of all scenarios, as columns: numbers in typed arrays, evidence beside them. A bucket is a
// row number. A site under attack has a million of them, and an object each would cost three times as much.

import { TimerHeap, type SavedHeap } from './timerHeap.ts';
import type { Evidence } from './evidence.ts';
import { flatten, unflatten, type Flat } from './flatLists.ts';

/** A conditional bucket has no limit of its own; this one stops a single address from filling the memory. */
const MAX_UNLIMITED_QUEUE = 10_000;
const MANY_DISTINCT = 16;

/** The table as it is written down; rows keep their numbers. */
export interface SavedTable {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly tokens: Float64Array;
  readonly born: Float64Array;
  readonly count: Uint32Array;
  readonly scenario: Int32Array;
  readonly keys: readonly string[];
  readonly free: readonly number[];
  readonly ends: SavedHeap;
  /** Numbers of pieces of evidence. */
  readonly queues: Flat<number>;
  readonly scopeValues: Flat<string | undefined>;
  readonly distinct: Flat<string>;
  readonly guillotines: Flat<boolean>;
}

export class BucketTable {
  first: Float64Array = new Float64Array(64);
  last: Float64Array = new Float64Array(64);
  tokens: Float64Array = new Float64Array(64);
  /** The identity of the first event poured. */
  born: Float64Array = new Float64Array(64);
  /** Events poured; 0 for a row that is free, or whose bucket died and has not been swept away yet. */
  count: Uint32Array = new Uint32Array(64);
  scenario: Int32Array = new Int32Array(64);
  readonly keys: string[] = [];
  /** Every row in use has one entry, at the latest moment its end was known for. */
  readonly ends: TimerHeap = new TimerHeap();
  /** One event alone is kept without a list around it. */
  readonly #queues: (Evidence | Evidence[] | undefined)[] = [];
  /** Beside the queue, only for scenarios with a scope expression. */
  readonly #scopeValues: ((string | undefined)[] | undefined)[] = [];
  readonly #distinct: (string[] | Set<string> | undefined)[] = [];
  /** Which guillotine conditions have fallen; only for bayesian scenarios. */
  readonly #guillotines: (boolean[] | undefined)[] = [];
  readonly #free: number[] = [];
  #rows = 0;

  /** How many rows are in use. */
  get size(): number {
    return this.#rows - this.#free.length;
  }

  add(scenario: number, key: string, endsAtMs: number): number {
    const row = this.#free.pop() ?? this.#rows++;
    if (row === this.first.length) this.#grow();
    this.scenario[row] = scenario;
    this.keys[row] = key;
    this.clear(row);
    this.ends.push(endsAtMs, row);
    return row;
  }

  /** Makes the row an empty bucket: the same as no bucket, until it is swept away or poured into again. */
  clear(row: number): void {
    this.count[row] = 0;
    this.#queues[row] = undefined;
    if (this.#scopeValues[row] !== undefined) this.#scopeValues[row] = undefined;
    if (this.#distinct[row] !== undefined) this.#distinct[row] = undefined;
    if (this.#guillotines[row] !== undefined) this.#guillotines[row] = undefined;
  }

  /** Gives the row back; its entry in `ends` must have been taken off. */
  remove(row: number): void {
    this.clear(row);
    this.keys[row] = '';
    this.#free.push(row);
  }

  enqueue(row: number, evidence: Evidence, limit: number): void {
    const queue = this.#queues[row];
    if (queue === undefined) {
      this.#queues[row] = evidence;
    } else if (Array.isArray(queue)) {
      dropOldest(queue, limit);
      queue.push(evidence);
    } else {
      this.#queues[row] = limit < 1 ? [evidence] : [queue, evidence];
    }
  }

  queue(row: number): readonly Evidence[] {
    const queue = this.#queues[row];
    if (queue === undefined) return [];
    return Array.isArray(queue) ? queue : [queue];
  }

  enqueueScope(row: number, value: string | undefined, limit: number): void {
    const values = (this.#scopeValues[row] ??= []);
    dropOldest(values, limit);
    values.push(value);
  }

  scopeValues(row: number): readonly (string | undefined)[] {
    return this.#scopeValues[row] ?? [];
  }

  hasDistinct(row: number, value: string): boolean {
    const seen = this.#distinct[row];
    if (seen === undefined) return false;
    return Array.isArray(seen) ? seen.includes(value) : seen.has(value);
  }

  addDistinct(row: number, value: string): void {
    const seen = this.#distinct[row];
    if (seen === undefined) this.#distinct[row] = [value];
    else if (!Array.isArray(seen)) seen.add(value);
    else if (seen.length < MANY_DISTINCT) seen.push(value);
    else this.#distinct[row] = new Set(seen).add(value);
  }

  guillotine(row: number, conditions: number): boolean[] {
    return (this.#guillotines[row] ??= Array.from({ length: conditions }, () => false));
  }

  /** What `restore` takes; it is only lent. `numberOf` says under which number evidence is written down. */
  save(numberOf: (evidence: Evidence) => number): SavedTable {
    const rows = this.#rows;
    const queueOf = (row: number): number[] | undefined =>
      this.#queues[row] === undefined ? undefined : this.queue(row).map(numberOf);
    return {
      first: this.first.subarray(0, rows),
      last: this.last.subarray(0, rows),
      tokens: this.tokens.subarray(0, rows),
      born: this.born.subarray(0, rows),
      count: this.count.subarray(0, rows),
      scenario: this.scenario.subarray(0, rows),
      keys: this.keys,
      free: this.#free,
      ends: this.ends.save(),
      queues: flatten(rows, queueOf),
      scopeValues: flatten(rows, (row) => this.#scopeValues[row]),
      distinct: flatten(rows, (row) => this.#distinct[row]),
      guillotines: flatten(rows, (row) => this.#guillotines[row]),
    };
  }

  /**
   * Takes saved buckets over and calls `onRow` with each that is in use. Those of scenarios that `scenarioOf` no
   * longer knows, and those whose evidence cannot be read, are left out.
   */
  restore(
    saved: SavedTable,
    scenarioOf: (saved: number) => number | undefined,
    evidence: readonly (Evidence | undefined)[],
    onRow: (row: number) => void,
  ): void {
    const rows = saved.first.length;
    while (this.first.length < rows) this.#grow();
    this.#rows = rows;
    for (const name of ['first', 'last', 'tokens', 'born'] as const) this[name].set(saved[name]);
    this.count.set(saved.count);
    unflatten(saved.queues, (row, numbers) => {
      const queue = numbers.flatMap((number) => evidence[number] ?? []);
      this.#queues[row] = queue.length === numbers.length ? queue : undefined;
    });
    unflatten(saved.scopeValues, (row, values) => (this.#scopeValues[row] = values));
    unflatten(saved.distinct, (row, values) => {
      this.#distinct[row] = values.length > MANY_DISTINCT ? new Set(values) : values;
    });
    unflatten(saved.guillotines, (row, values) => (this.#guillotines[row] = values));
    const isFree = new Set(saved.free);
    this.#free.push(...saved.free);
    for (let row = 0; row < rows; row++) {
      this.keys[row] = saved.keys[row]!;
      if (isFree.has(row)) continue;
      const scenario = scenarioOf(saved.scenario[row]!);
      if (scenario === undefined || (saved.count[row]! > 0 && this.#queues[row] === undefined)) {
        isFree.add(row);
        this.remove(row);
        continue;
      }
      this.scenario[row] = scenario;
      onRow(row);
    }
    this.ends.restore(saved.ends, (row) => !isFree.has(row));
  }

  #grow(): void {
    const size = this.first.length * 2;
    this.first = grown(this.first, new Float64Array(size));
    this.last = grown(this.last, new Float64Array(size));
    this.tokens = grown(this.tokens, new Float64Array(size));
    this.born = grown(this.born, new Float64Array(size));
    this.count = grown(this.count, new Uint32Array(size));
    this.scenario = grown(this.scenario, new Int32Array(size));
  }
}

/** CrowdSec's ring: it drops before it adds, and only while it holds more than the limit. */
function dropOldest(queue: unknown[], limit: number): void {
  const most = Math.min(limit, MAX_UNLIMITED_QUEUE);
  if (queue.length > most) queue.splice(0, queue.length - most);
}

function grown<A extends Float64Array | Uint32Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

// All live buckets of all scenarios, as columns: numbers in typed arrays, evidence beside them. A bucket is a
// row number. A site under attack has a million of them, and an object each would cost three times as much.

import { TimerHeap } from './timerHeap.ts';
import type { Evidence } from './evidence.ts';

/** A conditional bucket has no limit of its own; this one stops a single address from filling the memory. */
const MAX_UNLIMITED_QUEUE = 10_000;
const MANY_DISTINCT = 16;

export class BucketTable {
  first: Float64Array = new Float64Array(64);
  last: Float64Array = new Float64Array(64);
  tokens: Float64Array = new Float64Array(64);
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

  #grow(): void {
    const size = this.first.length * 2;
    this.first = grown(this.first, new Float64Array(size));
    this.last = grown(this.last, new Float64Array(size));
    this.tokens = grown(this.tokens, new Float64Array(size));
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

// Counts over time in bounded memory: buckets of a minute that become wider, by merging neighbours, when
// there are too many. Logs are nearly in order, so the bucket of the last event is nearly always the next.

import type { Timeline, TimelineBucket } from './summary.ts';

const FIRST_BUCKET_MS = 60_000;

type Counts = { -readonly [Key in keyof TimelineBucket]: TimelineBucket[Key] };

export class TimelineCounter {
  readonly #maxBuckets: number;
  readonly #buckets = new Map<number, Counts>();
  #bucketMs = FIRST_BUCKET_MS;
  #current: Counts = makeCounts(Number.NaN);

  constructor(maxBuckets: number) {
    this.#maxBuckets = Math.max(2, maxBuckets);
  }

  event(atMs: number, status: string): void {
    const bucket = this.#at(atMs);
    bucket.events++;
    switch (status.charCodeAt(0)) {
      case 50:
        bucket.ok++;
        break;
      case 51:
        bucket.redirected++;
        break;
      case 52:
        bucket.clientErrors++;
        break;
      case 53:
        bucket.serverErrors++;
        break;
    }
  }

  alert(atMs: number): void {
    this.#at(atMs).alerts++;
  }

  decision(atMs: number): void {
    this.#at(atMs).decisions++;
  }

  finish(): Timeline {
    const all = [...this.#buckets.values()].sort((a, b) => a.startMs - b.startMs);
    const buckets = withoutStragglers(all);
    const count = (list: readonly TimelineBucket[]): number =>
      list.reduce((sum, bucket) => sum + bucket.events, 0);
    return { bucketMs: this.#bucketMs, buckets, outside: count(all) - count(buckets) };
  }

  #at(atMs: number): Counts {
    const current = this.#current;
    if (atMs >= current.startMs && atMs < current.startMs + this.#bucketMs) return current;
    return this.#find(atMs);
  }

  #find(atMs: number): Counts {
    if (!Number.isFinite(atMs)) return makeCounts(Number.NaN);
    let startMs = Math.floor(atMs / this.#bucketMs) * this.#bucketMs;
    let bucket = this.#buckets.get(startMs);
    if (bucket === undefined) {
      while (this.#buckets.size >= this.#maxBuckets) this.#widen();
      startMs = Math.floor(atMs / this.#bucketMs) * this.#bucketMs;
      bucket = this.#buckets.get(startMs) ?? makeCounts(startMs);
      this.#buckets.set(startMs, bucket);
    }
    this.#current = bucket;
    return bucket;
  }

  #widen(): void {
    this.#bucketMs *= 2;
    const old = [...this.#buckets.values()];
    this.#buckets.clear();
    for (const bucket of old) {
      const startMs = Math.floor(bucket.startMs / this.#bucketMs) * this.#bucketMs;
      const into = this.#buckets.get(startMs);
      if (into === undefined) this.#buckets.set(startMs, { ...bucket, startMs });
      else addCounts(into, bucket);
    }
  }
}

/**
 * Returns the timeline as at most so many equal slots from its first to its last bucket, empty times
 * included: what a chart of that many columns draws.
 */
export function resample(timeline: Timeline, slots: number): TimelineBucket[] {
  const first = timeline.buckets[0];
  const last = timeline.buckets.at(-1);
  if (first === undefined || last === undefined) return [];
  const width = timeline.bucketMs;
  const total = Math.round((last.startMs - first.startMs) / width) + 1;
  // Slots hold the same number of buckets, else a steady stream would be drawn as a comb.
  const each = Math.ceil(total / Math.max(1, slots));
  const count = Math.ceil(total / each);
  const result = Array.from({ length: count }, (_, i) => makeCounts(first.startMs + i * each * width));
  for (const bucket of timeline.buckets) {
    const index = Math.round((bucket.startMs - first.startMs) / width);
    addCounts(result[Math.floor(index / each)]!, bucket);
  }
  return result;
}

/** One line with a wrong year must not squeeze the day into a single column. */
function withoutStragglers(all: readonly TimelineBucket[]): readonly TimelineBucket[] {
  const total = all.reduce((sum, bucket) => sum + bucket.events, 0);
  let from = 0;
  let to = all.length;
  let budget = total * 0.001;
  while (to - from > 2) {
    const core = all[to - 2]!.startMs - all[from + 1]!.startMs + 60_000;
    const gapBefore = all[from + 1]!.startMs - all[from]!.startMs;
    const gapAfter = all[to - 1]!.startMs - all[to - 2]!.startMs;
    const dropFirst = gapBefore >= gapAfter;
    const straggler = all[dropFirst ? from : to - 1]!;
    if (Math.max(gapBefore, gapAfter) < core * 5 || straggler.events > budget) break;
    budget -= straggler.events;
    if (dropFirst) from++;
    else to--;
  }
  return all.slice(from, to);
}

function makeCounts(startMs: number): Counts {
  return {
    startMs,
    events: 0,
    ok: 0,
    redirected: 0,
    clientErrors: 0,
    serverErrors: 0,
    alerts: 0,
    decisions: 0,
  };
}

function addCounts(into: Counts, from: TimelineBucket): void {
  into.events += from.events;
  into.ok += from.ok;
  into.redirected += from.redirected;
  into.clientErrors += from.clientErrors;
  into.serverErrors += from.serverErrors;
  into.alerts += from.alerts;
  into.decisions += from.decisions;
}

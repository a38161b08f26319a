// How fast somebody may do something: a bucket of permits that fills at a steady rate, one for each name.

interface Bucket {
  permits: number;
  atMs: number;
}

const MOST_BUCKETS = 10_000;

export class Rates {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /**
   * Takes so many permits and returns 0, or takes none and returns after how many seconds they will be there. More
   * than the bucket holds are given when it is full, and then owed.
   */
  take(name: string, count: number, nowMs: number): number {
    const bucket = this.#bucketOf(name, nowMs);
    const wanted = Math.min(count, this.#burst);
    if (bucket.permits < wanted) return Math.max(1, Math.ceil((wanted - bucket.permits) / this.#perSecond));
    bucket.permits -= count;
    return 0;
  }

  #bucketOf(name: string, nowMs: number): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) {
      // A clock that was set back gives nothing.
      const passedMs = Math.max(0, nowMs - known.atMs);
      known.permits = Math.min(this.#burst, known.permits + (passedMs / 1000) * this.#perSecond);
      known.atMs = nowMs;
      return known;
    }
    if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.clear();
    const bucket = { permits: this.#burst, atMs: nowMs };
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

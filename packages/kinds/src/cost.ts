// What requests cost the site, and whether there is room for another one: the words between the guard, which knows who
// asks, and whoever has learned what pages cost.

/** A request that will cost the site much, as far as is known before it is forwarded. */
export interface PageCost {
  /** The path with digits as `#`, and the names of the parameters: `/products?brand&f[]`. */
  readonly route: string;
  /** How many typical pages of the site it costs, a median: a measure that a busy machine does not change. */
  readonly pages: number;
  /** The same in milliseconds, as things are now. */
  readonly ms: number;
  /** Whether hardly any address of the route is asked for twice: there are more of them than anybody wants. */
  readonly isExploding: boolean;
}

/** Learns what pages cost; one for all sites of a worker. None of its functions throws. */
export interface CostKeeper {
  /** Returns undefined for nearly all requests: they cost little, or nothing is known of them yet. */
  weigh(site: string, rawTarget: string, nowMs: number): PageCost | undefined;
  /**
   * Takes the cost out of what strangers may spend together. Returns 0 when there was room, else the milliseconds
   * until there will be; then nothing was taken.
   */
  spend(site: string, cost: PageCost, nowMs: number): number;
  /** A request has ended that the site answered. `upstreamMs` is how long the site took. */
  ended(site: string, rawTarget: string, end: CostEnd): void;
}

export interface CostEnd {
  readonly status: number;
  readonly upstreamMs: number;
  /** What the site's cache said, or empty. */
  readonly cacheStatus: string;
  readonly atMs: number;
}

/**
 * Whether the site's cache holds a page from now on, by what it said of its answer. Drupal's and most caches' MISS means
 * that it has just been put there; what cannot be kept is called otherwise.
 */
export function isStored(cacheStatus: string): boolean {
  return cacheStatus !== '' && /\b(?:hit|miss)\b/i.test(cacheStatus);
}

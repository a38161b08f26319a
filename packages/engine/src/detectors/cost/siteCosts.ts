// What pages cost at each site, and what strangers may spend there together. A site without costly pages is weighed by
// one comparison; elsewhere nearly all requests are known to be cheap by the hash of their address. Of the answers of a
// busy site some are looked at, and stand for the others.

import { isStored, type CostEnd, type CostKeeper, type PageCost } from '@parapet/kinds';
import { hashOf } from '../traffic/hash.ts';
import { Budget, type SavedBudget } from './budget.ts';
import { RouteCosts, type SavedCosts } from './routeCosts.ts';
import { Sampling } from './sampling.ts';

export interface SavedSiteCosts {
  readonly version: 1;
  readonly sites: readonly {
    readonly site: string;
    readonly costs: SavedCosts;
    readonly budget: SavedBudget;
  }[];
}

/** What is told of the guard's work. */
export type CostNews =
  | { readonly kind: 'strained'; readonly site: string; readonly cost: PageCost; readonly perSecond: number }
  | { readonly kind: 'calm'; readonly site: string; readonly turnedAway: number };

const PLACES = 16_384;
/** How long an address is taken to be cheap, or its page to be in the site's cache, without looking again. */
const CHEAP_MS = 60_000;
const STORED_MS = 600_000;
/** A site that has next to nothing to do can do so much: 2 % of a core. */
const FLOOR_MS_A_SECOND = 20;
/** In typical pages. */
const MOST_CHEAP = 3;
/** Of addresses that are known to be cheap, one answer in so many is learned from; a power of two. */
const LEARNED_EACH = 8;
/** So often it is asked whether any page is still costly. */
const REVIEW_MS = 60_000;
/** A crawl is over when nobody was turned away for so long. */
const CALM_MS = 300_000;

interface Site {
  readonly costs: RouteCosts;
  readonly budget: Budget;
  readonly hashes: Uint32Array;
  readonly cheapUntilMs: Float64Array;
  readonly sampling: Sampling;
  reviewAtMs: number;
  turnedAway: number;
  lastAwayMs: number;
  turn: number;
}

export class SiteCosts implements CostKeeper {
  readonly #sites = new Map<string, Site>();
  readonly #learnMs: number;
  readonly #tell: (news: CostNews) => void;

  constructor(learnMs: number, tell: (news: CostNews) => void = () => {}) {
    this.#learnMs = learnMs;
    this.#tell = tell;
  }

  weigh(site: string, rawTarget: string, nowMs: number): PageCost | undefined {
    const one = this.#siteOf(site);
    if (!one.costs.hasCostly) return undefined;
    const hash = hashOf(rawTarget, 11);
    const place = hash & (PLACES - 1);
    if (one.hashes[place] === hash && one.cheapUntilMs[place]! > nowMs) return undefined;
    const cost = one.costs.judge(rawTarget);
    return cost === 'unknown' || cost === 'cheap' ? undefined : cost;
  }

  spend(site: string, cost: PageCost, nowMs: number): number {
    const one = this.#siteOf(site);
    if (one.turnedAway > 0 && nowMs - one.lastAwayMs > CALM_MS) {
      this.#tell({ kind: 'calm', site, turnedAway: one.turnedAway });
      one.turnedAway = 0;
    }
    const waitMs = one.budget.spend(cost.pages, nowMs);
    if (waitMs === 0) return 0;
    if (one.turnedAway++ === 0) this.#tell({ kind: 'strained', site, cost, perSecond: one.budget.perSecond });
    one.lastAwayMs = nowMs;
    return waitMs;
  }

  ended(site: string, rawTarget: string, { status, upstreamMs, cacheStatus, atMs }: CostEnd): void {
    // An error took as long as it took, which says nothing about the page.
    if (upstreamMs < 0 || status >= 500) return;
    const one = this.#siteOf(site);
    const { costs, budget } = one;
    const weight = one.sampling.take(atMs);
    const isNowStored = isStored(cacheStatus);
    // That the site's cache holds a costly page is not left to chance.
    if (weight === 0 && !(isNowStored && costs.hasCostly)) return;
    const hash = hashOf(rawTarget, 11);
    const place = hash & (PLACES - 1);
    const isCheap = one.hashes[place] === hash && one.cheapUntilMs[place]! > atMs;
    if (isNowStored) {
      one.hashes[place] = hash;
      one.cheapUntilMs[place] = atMs + STORED_MS;
    }
    if (weight === 0) return;
    const isStrained = budget.isStrained(atMs);
    // Of all pages, or those that are asked for again and again would count too little.
    if (!isStrained) costs.tookMs(upstreamMs);
    if (atMs >= one.reviewAtMs) {
      costs.review();
      one.reviewAtMs = atMs + REVIEW_MS;
    }
    budget.floor = costs.pagesOf(FLOOR_MS_A_SECOND);
    // A page that took longer than it does has waited, and the site had no more to do for it.
    const cheap = Math.min(costs.pagesOf(upstreamMs), MOST_CHEAP);
    // What comes out of the cache does not say what the page itself costs.
    const isUntold = isNowStored && !/miss/i.test(cacheStatus);
    const isKnown = isCheap && !isNowStored && (one.turn = (one.turn + 1) & (LEARNED_EACH - 1)) !== 0;
    if (isUntold || isKnown) return budget.worked(weight * cheap, atMs);
    costs.learn(rawTarget, upstreamMs, isStrained);
    const cost = costs.judge(rawTarget);
    budget.worked(weight * (typeof cost === 'string' ? cheap : cost.pages), atMs);
    if (cost !== 'cheap' || isCheap) return;
    one.hashes[place] = hash;
    one.cheapUntilMs[place] = atMs + CHEAP_MS;
  }

  /** How many routes are known at a site, and what strangers may spend there. */
  stateOf(site: string): { readonly routes: number; readonly perSecond: number; readonly isReady: boolean } {
    const { costs, budget } = this.#siteOf(site);
    return { routes: costs.size, perSecond: budget.perSecond, isReady: budget.isReady };
  }

  save(): SavedSiteCosts {
    const sites = [...this.#sites].map(([site, { costs, budget }]) => ({
      site,
      costs: costs.save(),
      budget: budget.save(),
    }));
    return { version: 1, sites };
  }

  restore({ sites }: SavedSiteCosts): void {
    for (const { site, costs, budget } of sites) {
      const one = this.#siteOf(site);
      one.costs.restore(costs);
      one.budget.restore(budget);
      one.budget.floor = one.costs.pagesOf(FLOOR_MS_A_SECOND);
    }
  }

  #siteOf(name: string): Site {
    let site = this.#sites.get(name);
    if (site === undefined) {
      site = {
        costs: new RouteCosts(),
        budget: new Budget(this.#learnMs),
        hashes: new Uint32Array(PLACES),
        cheapUntilMs: new Float64Array(PLACES),
        sampling: new Sampling(),
        reviewAtMs: 0,
        turnedAway: 0,
        lastAwayMs: 0,
        turn: 0,
      };
      this.#sites.set(name, site);
    }
    return site;
  }
}

// A shop with cheap pages and a filter that costs, and what strangers do there.

import type { PageCost } from '@parapet/kinds';
import { SiteCosts, type CostNews } from '../../../src/detectors/cost/siteCosts.ts';

export const FACETS_MS = 120;
export const CHEAP_MS = 8;
const MINUTE_MS = 60_000;

export class Shop {
  readonly news: CostNews[] = [];
  readonly costs: SiteCosts = new SiteCosts(10 * MINUTE_MS, (news) => this.news.push(news));
  nowMs: number = Date.UTC(2026, 10, 22, 12);
  /** How many times as long everything takes. */
  slowness = 1;
  #number = 0;

  /** Returns whether there was room for it. */
  ask(rawTarget: string, ms: number, cacheStatus = ''): boolean {
    const cost = this.weigh(rawTarget);
    if (cost !== undefined && this.costs.spend('shop', cost, this.nowMs) > 0) return false;
    this.costs.ended('shop', rawTarget, {
      status: 200,
      upstreamMs: ms * this.slowness,
      cacheStatus,
      atMs: this.nowMs,
    });
    return true;
  }

  weigh(rawTarget: string): PageCost | undefined {
    return this.costs.weigh('shop', rawTarget, this.nowMs);
  }

  /** Another address of the filter. */
  facet(): string {
    const n = this.#number++;
    return `/products?f%5B0%5D=colour%3A${n % 97}&f%5B1%5D=size%3A${n}`;
  }

  /** So many minutes with so many cheap and costly pages each; returns how many costly ones were turned away. */
  minutes(count: number, cheap: number, costly: number): number {
    const all = cheap + costly;
    let away = 0;
    for (let minute = 0; minute < count; minute++)
      for (let i = 0; i < all; i++) {
        this.nowMs += MINUTE_MS / all;
        const isCostly = Math.floor(((i + 1) * costly) / all) > Math.floor((i * costly) / all);
        if (isCostly) away += this.ask(this.facet(), FACETS_MS) ? 0 : 1;
        else if (!this.ask(`/node/${i % 50}`, CHEAP_MS)) throw new Error('a cheap page was turned away');
      }
    return away;
  }
}

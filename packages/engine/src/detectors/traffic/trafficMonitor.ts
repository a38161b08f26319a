// All sites of an engine, or of a log.

import { timesUsual, type Season } from './calendar.ts';
import { SiteMonitor, type TrafficPart, type Tell } from './monitor.ts';
import type { TrafficRequest } from './request.ts';

/**
 * `live` watches and learns, new sites as well; `replay` only sites that are known already; `train` learns from past
 * logs and tells nothing.
 */
export type TrafficUse = 'live' | 'replay' | 'train';

export class TrafficMonitor {
  readonly #use: TrafficUse;
  readonly #calendar: readonly Season[];
  readonly #sites = new Map<string, SiteMonitor>();

  /** More sites than this in one log are taken for one: strangers choose the hosts that they ask for. */
  static readonly mostSites = 200;

  /** `saved`: parts in the order in which they were written down. */
  constructor(use: TrafficUse, saved: Iterable<TrafficPart> = [], calendar: readonly Season[] = []) {
    this.#use = use;
    this.#calendar = calendar;
    for (const part of saved) this.#siteOf(part.site).restore(part);
    for (const site of this.#sites.values()) site.resume();
  }

  get sites(): Iterable<SiteMonitor> {
    return this.#sites.values();
  }

  site(name: string): SiteMonitor | undefined {
    return this.#sites.get(name);
  }

  /** Takes a request; `tell` is called with what is found. */
  observe(request: TrafficRequest, tell: Tell): void {
    const site =
      this.#sites.get(request.site) ?? (this.#use === 'replay' ? undefined : this.#siteOf(request.site));
    site?.observe(request, tell);
  }

  /** Tells the time when no request comes. */
  advance(nowMs: number, tell: Tell): void {
    for (const site of this.#sites.values()) site.advance(nowMs, tell);
  }

  /** Makes what is normal at the end of past logs. */
  finish(): void {
    for (const site of this.#sites.values()) site.finish();
  }

  /** Forgets a site, or all. */
  forget(name?: string): void {
    if (name === undefined) this.#sites.clear();
    else this.#sites.delete(name);
  }

  /** Returns what has changed since the last call of this or of `saveAll`. */
  saveChanges(): readonly TrafficPart[] {
    return [...this.#sites.values()].map((site) => site.saveChanges());
  }

  /** Returns everything, in parts that are made as they are asked for. */
  *saveAll(): Generator<TrafficPart> {
    for (const site of [...this.#sites.values()]) yield* site.saveAll();
  }

  #siteOf(wanted: string): SiteMonitor {
    const name = this.#sites.has(wanted) || this.#sites.size < TrafficMonitor.mostSites ? wanted : '';
    let site = this.#sites.get(name);
    if (site === undefined) {
      site = new SiteMonitor(name, this.#use !== 'train', timesUsual(this.#calendar, name));
      this.#sites.set(name, site);
    }
    return site;
  }
}

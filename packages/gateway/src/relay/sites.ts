// The sites of a configuration with their upstreams and the connections to them, as the core asks for them: once a
// request, by host name.

import type { GatewayConfig, SiteConfig } from '../config.ts';
import { HealthCheck } from '../edge/healthCheck.ts';
import { SiteTable } from '../edge/siteTable.ts';
import { parseUpstream } from '../edge/upstreamAddress.ts';
import { UpstreamSet, type Upstream } from '../edge/upstreamSet.ts';
import type { Counting } from './counters.ts';
import { UpstreamPool } from './upstream-pool.ts';

export interface Site {
  readonly config: SiteConfig;
  readonly upstreams: UpstreamSet;
  readonly pools: ReadonlyMap<Upstream, UpstreamPool>;
  readonly check: HealthCheck;
}

export class Sites {
  readonly all: readonly Site[];
  readonly #table: SiteTable;
  readonly #byConfig: ReadonlyMap<SiteConfig, Site>;

  constructor(config: GatewayConfig, counters: Counting, nowMs: () => number) {
    this.#table = new SiteTable(config.sites);
    this.all = config.sites.map((site) => openSite(site, config, counters, nowMs));
    for (const { check } of this.all) check.start();
    this.#byConfig = new Map(this.all.map((site) => [site.config, site]));
  }

  /** Returns the site that answers for the host, or undefined. */
  find(host: string): Site | undefined {
    const config = this.#table.find(host);
    return config === undefined ? undefined : this.#byConfig.get(config);
  }

  sweep(nowMs: number): void {
    for (const site of this.all) for (const pool of site.pools.values()) pool.sweep(nowMs);
  }

  close(): void {
    for (const { pools, check } of this.all) {
      check.stop();
      for (const pool of pools.values()) pool.close();
    }
  }
}

function openSite(
  config: SiteConfig,
  { limits }: GatewayConfig,
  counters: Counting,
  nowMs: () => number,
): Site {
  const addresses = config.upstreams.map((text) => {
    const parsed = parseUpstream(text);
    // The configuration has been checked when it was read.
    if (!parsed.ok) throw new Error(parsed.says);
    return parsed.address;
  });
  const upstreams = new UpstreamSet(addresses);
  return {
    config,
    upstreams,
    check: new HealthCheck(upstreams, config, nowMs),
    pools: new Map(
      upstreams.members.map((member) => [member, new UpstreamPool(member.address, limits, counters)]),
    ),
  };
}

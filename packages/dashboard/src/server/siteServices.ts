// What the routes share, for who may see some sites only: every service tells of these, and one that cannot tell sites
// apart is refused. This is the one place where that is done; no route asks for it, and none can forget it.

import { storeOfSites } from '@parapet/store';
import type { Reach } from './access/roles.ts';
import { IncidentBook } from './incidents/incidentBook.ts';
import { KeptHealth } from './keptHealth.ts';
import type { DashboardOptions } from './options.ts';
import { Problem } from './problem.ts';
import { siteKey } from './rules/choiceKeys.ts';
import { RuleHits } from './rules/ruleHits.ts';
import type { Services } from './services.ts';

/** So many sets of sites are kept in mind; each has incidents of a week. */
const MOST_KEPT = 16;

export class SiteServices {
  readonly #whole: Services;
  /** By their sites; the one that was asked for last stands last. */
  readonly #kept = new Map<string, Services>();

  constructor(whole: Services) {
    this.#whole = whole;
  }

  /** Returns the services that know of these sites alone. */
  of(reach: Reach): Services {
    if (reach === 'all') return this.#whole;
    const key = JSON.stringify(reach);
    const services = this.#kept.get(key) ?? servicesOf(this.#whole, reach);
    this.#kept.delete(key);
    this.#kept.set(key, services);
    if (this.#kept.size > MOST_KEPT) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return services;
  }
}

function servicesOf(whole: Services, sites: readonly string[]): Services {
  const options = optionsOf(whole.options, sites);
  return {
    ...whole,
    options,
    incidents: new IncidentBook(options.store, options.now),
    ruleHits: new RuleHits(options.store, options.now),
    health: new KeptHealth(options),
  };
}

function optionsOf(whole: DashboardOptions, sites: readonly string[]): DashboardOptions {
  const isOwn = (name: string): boolean => sites.includes(name);
  const ofNoSite = async (): Promise<never> => {
    throw notForSites();
  };
  return {
    ...whole,
    store: storeOfSites(whole.store, sites),
    feed: whole.feed.of(sites),
    siteNames: () => whole.siteNames().filter(isOwn),
    // When the last line came, and what is wrong with the set-up, is of all sites.
    engine: () => ({ ...whole.engine(), lastLineMs: undefined, findings: [] }),
    sites: async () => {
      const view = await whole.sites();
      return {
        ...view,
        sites: view.sites.filter(({ name }) => isOwn(name)),
        ...{ workers: [], certificates: [], listening: [], restarts: 0 },
      };
    },
    nodes: async () => [],
    // Which rules there are is no secret; what they found is read from the store.
    rules: async () => ({
      list: (await whole.rules()).list,
      speaksAs: (await whole.rules()).speaksAs,
      choose: () => {
        throw notForSites();
      },
      preview: ofNoSite,
      test: () => {
        throw notForSites();
      },
    }),
    choices: {
      ...whole.choices,
      choose: (key, value) => {
        const isOfOwn = sites.some((site) =>
          [siteKey(site, 'mode'), siteKey(site, 'inspection')].includes(key),
        );
        if (!isOfOwn) throw notForSites();
        whole.choices.choose(key, value);
      },
    },
    // Of the same alerts, others see another part: each closes what they see.
    closings: {
      find: (id) => whole.closings.find(`${id} ${JSON.stringify(sites)}`),
      keep: (id, closing) => whole.closings.keep(`${id} ${JSON.stringify(sites)}`, closing),
    },
    visits: () => undefined,
    ...{
      diagnose: ofNoSite,
      bots: ofNoSite,
      settings: ofNoSite,
      notifications: ofNoSite,
      reasonToSpare: ofNoSite,
    },
  };
}

export function notForSites(): Problem {
  return new Problem(403, 'E_DASHBOARD_SITES', 'this is about all sites, and your role is for single ones');
}

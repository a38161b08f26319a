// What a guard is told by the configuration. The sites of the gateway's configuration are sites in this sense.

import type { Demand } from '../challenge/demand.ts';
import type { CrawlerPolicySettings } from '../crawlers/crawlerPolicy.ts';
import type { ThrottleRates } from '../throttle/throttle.ts';

export interface GuardSettings {
  readonly sites: readonly GuardedSite[];
  /** Addresses and ranges that search engines publish as theirs. */
  readonly crawlers?: readonly string[];
  /** Addresses and ranges of the proxies that the gateway trusts. */
  readonly ownProxies?: readonly string[];
  /** What is done with crawlers that fetch pages for AI; absent where all are let in. */
  readonly aiCrawlers?: CrawlerPolicySettings;
  /** What is done about strangers who spend more than usual on costly pages; off when absent. */
  readonly costlyPages?: CostGuardMode;
  /** The queue in front of a site that has more to do than it can; absent where there is none. */
  readonly queue?: QueueSettings;
  readonly throttle?: Partial<ThrottleRates>;
  /** What a check asks of a client; the defaults when absent. */
  readonly challenge?: Partial<Pick<Demand, 'bits' | 'allowsWaiting'>>;
}

/**
 * What is done about attacks that the inspector finds in requests. `learn`: they are told, and the site's own normal is
 * learned. `observe`: the same, and told as what would have been done. `enforce`: it is done.
 */
export type InspectionMode = 'off' | 'learn' | 'observe' | 'enforce';

export interface QueueSettings {
  /** So many requests at once are no trouble for a site, for each worker. */
  readonly mostAtOnce: number;
  /** Nobody waits longer. */
  readonly longestWaitMs: number;
}

/** `learn`: only learned. `observe`: told as what would have been done. `enforce`: done. */
export type CostGuardMode = 'off' | 'learn' | 'observe' | 'enforce';

export interface GuardedSite {
  readonly name: string;
  /** How it is called on our pages; its name when absent. Empty: it is not named there. */
  readonly title?: string;
  /** observe: decisions are looked up and told, and nothing is done. */
  readonly mode: 'observe' | 'enforce';
  /** Paths (prefix, `*` at the end) that are answered 503 when no engine has been heard for a minute. */
  readonly closedPaths: readonly string[];
  /** Paths that are never challenged, beside the defaults. */
  readonly neverChallenge: readonly string[];
  /** Off when absent. A site that observes never enforces. */
  readonly inspection?: InspectionMode;
  /** Where the CMS lives, when not at the root: `/shop`. */
  readonly basePath?: string;
}

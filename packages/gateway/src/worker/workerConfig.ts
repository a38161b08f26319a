// What a worker is told when it starts, as JSON from its supervisor.

import type { GuardSettings } from '@parapet/enforcement';
import type { GatewayConfig } from '../config.ts';
import type { SiteHealth } from '../relay/gateway.ts';

export interface WorkerConfig {
  readonly gateway: GatewayConfig;
  /** How long requests that are under way may take when the worker ends. */
  readonly drainMs: number;
  /** Paths of which a 404 is shown to the engine before it is answered; in Drupal's notation. */
  readonly perimeterPatterns: readonly string[];
  /** What the guard is told beside the sites and proxies of the gateway. */
  readonly guard: Pick<
    GuardSettings,
    'aiCrawlers' | 'challenge' | 'costlyPages' | 'crawlers' | 'queue' | 'throttle'
  >;
  /** How long is learned what pages cost before anybody is turned away. */
  readonly learnCostsMs: number;
  /** robots.txt, where the gateway answers it. */
  readonly robots?: string;
  /** How requests are inspected; absent where no site has them inspected. */
  readonly inspection?: WorkerInspection;
  /** Databases of places, MMDB; read when there are decisions on countries or networks. */
  readonly geo: { readonly placesFile?: string; readonly networksFile?: string };
  /** Who sends it may read the health page from anywhere. */
  readonly healthToken?: string;
}

export interface WorkerInspection {
  /** Where CrowdSec's appsec-rules are: folders laid out as its hub is. */
  readonly appsec: {
    readonly hubFolders: readonly string[];
    readonly hubItems: readonly string[];
    readonly installedIn?: string;
  };
  /** Files and folders of the owner's own rules. */
  readonly ownRules: readonly string[];
  readonly falsePositivesPerMillion: number;
  /** So much of a body is read before anything is forwarded. */
  readonly bodyBytes: number;
}

/** How a supervisor and its workers and engine speak, over the channel of `fork`. */
export type ToWorker =
  | { readonly kind: 'configure'; readonly config: WorkerConfig; readonly worker: number }
  /** Comes with the handle of a socket that is bound. */
  | { readonly kind: 'listen'; readonly listener: number }
  /** All listeners have been sent. */
  | { readonly kind: 'start' }
  | { readonly kind: 'drain' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'health'; readonly health: WorkerHealth };

/** How a worker is, for people and for `parapet doctor`. */
export interface WorkerHealth {
  /** Whether all is as it should be; the site is served in any case. */
  readonly isFine: boolean;
  readonly pid: number;
  readonly upForSeconds: number;
  readonly hasSupervisor: boolean;
  readonly engine: {
    readonly isConnected: boolean;
    readonly heardSecondsAgo: number | null;
    readonly queuedBytes: number;
    readonly droppedEvents: number;
  };
  readonly decisions: {
    readonly size: number;
    readonly version: number;
    readonly refused: number;
    /** `read`, or why decisions.bin was not. */
    readonly snapshot: string;
  };
  readonly sites: readonly SiteHealth[];
  readonly findings: readonly string[];
  /** Faults in deciding on a request; each let its request pass. */
  readonly faults: number;
}

// What the API needs from those who serve it.

import type { Target } from '@parapet/kinds';
import type { Store, StoredDecision } from '@parapet/store';
import type { SignalDesk } from './signals/signalDesk.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly version: string;
  readonly signals: Pick<SignalDesk, 'take' | 'counts'>;
  /** The site of a host, or of a name that an application gives. */
  readonly siteOf: (named: string) => string;
  /** What runs in this process, as it is now. */
  readonly engine: () => EngineFacts;
  /** Reads a target as people write one; a scope that is not given is found out. */
  readonly readTarget: (
    scope: string | undefined,
    value: string,
  ) => { readonly target: Target } | { readonly problem: string };
  /** Says why nobody should decide on this target; undefined when one may. */
  readonly reasonToSpare: (target: Target) => Promise<string | undefined>;
  /** Told of decisions that were made through the API; they are in the store. */
  readonly onAdded: (decisions: readonly StoredDecision[]) => void;
  /** Told of decisions that were lifted in the store. */
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
  /** Host names under which it may be asked, beside addresses and `localhost`. */
  readonly hosts: readonly string[];
  /** Something of our own went wrong; the client is told that it did, and nothing more. */
  readonly onFault?: (error: unknown) => void;
}

export interface EngineFacts {
  readonly startedAt: Date;
  readonly lines: number;
  readonly unparsedLines: number;
  readonly sources: readonly string[];
  readonly scenarios: number;
  /** What was wrong with items when they were loaded. */
  readonly problems: number;
  /** That are enforced; the engine knows how many without counting a million rows. */
  readonly decisionsActive: number;
  /** Undefined without a gateway. */
  readonly gateway?: { readonly workers: number };
}

/** Who opened the connection. */
export interface ApiPeer {
  /** Empty over a Unix socket, which only this machine can reach. */
  readonly ip: string;
  /** What it sends, where that is at hand. */
  readonly body?: AsyncIterable<Uint8Array>;
}

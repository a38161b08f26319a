// Who is told of what, and when.

import type { Severity } from '../message.ts';

export type Topic = 'attacks' | 'appeals' | 'health';

export interface QuietHours {
  /** Minutes of the day; past midnight when `from` is the later one. */
  readonly from: number;
  readonly to: number;
  /** This severity and worse is told all the same. */
  readonly except: Severity;
}

export interface Rule {
  readonly channels: readonly string[];
  /** This severity and worse. */
  readonly severity: Severity;
  readonly about: readonly Topic[];
  /** Names of attacks or scenarios, `*` for any part; empty for all. */
  readonly scenarios: readonly string[];
  /** Empty for all. */
  readonly sites: readonly string[];
  readonly quiet: QuietHours | undefined;
  readonly backToNormal: boolean;
  /** Who is told when an attack still goes on so long after it was told and nobody has acknowledged it. */
  readonly escalate: { readonly afterMs: number; readonly channels: readonly string[] } | undefined;
}

export interface DeskSettings {
  readonly zone: string;
  readonly rules: readonly Rule[];
  readonly digest: { readonly at: number; readonly channels: readonly string[] } | undefined;
  /** How long an attack is watched before it is told, so that the message has counts. */
  readonly gatherMs: number;
  /** An attack is over when so long nothing came. */
  readonly calmMs: number;
  /** Messages an hour, by channel; what is more is held back and told as one. */
  readonly atMost: ReadonlyMap<string, number>;
  /** Whether decisions about this site are acted on. */
  readonly isEnforced: (site: string) => boolean;
  /** The site that a host name belongs to; the host itself where none is configured. */
  readonly siteOf: (host: string) => string;
}

// What the local API needs from those who serve it.

import type { Cidr, Decision } from '@parapet/kinds';
import type { Store, StoredDecision } from '@parapet/store';
import type { SentAlert } from './wire/alerts.ts';

export interface LapiOptions {
  readonly store: Store;
  readonly now: () => Date;
  /** At least 32 random bytes that only this site has; machines' tokens are signed with it. */
  readonly secret: Uint8Array;
  /** Takes what a machine sent through never-rules and profiles, and records it. */
  readonly ingest: (alerts: readonly SentAlert[]) => void;
  /** Takes and records more decisions of an alert that was taken: some bring more than are taken at once. */
  readonly ingestMore: (decisions: readonly Decision[]) => void;
  /** Told of decisions that were lifted in the store. */
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
  /** Collects garbage: asked when a great many decisions were sent. */
  readonly freeMemory?: () => void;
  readonly registration?: Registration;
  readonly certificates?: CertificateRules;
  /** From where alerts may be deleted and decisions lifted; this machine when absent. */
  readonly trustedRanges?: readonly Cidr[];
  /** Something of our own went wrong; the client is told that it did, and nothing more. */
  readonly onFault?: (error: unknown) => void;
}

/** Machines that bring the token from one of the ranges are admitted at once; others wait for an operator. */
export interface Registration {
  readonly token: string;
  readonly ranges: readonly Cidr[];
}

/** Organisational units of client certificates. */
export interface CertificateRules {
  readonly machineUnits: readonly string[];
  readonly bouncerUnits: readonly string[];
}

/** Who opened the connection. */
export interface Peer {
  /** Empty over a Unix socket, which only this machine can reach. */
  readonly ip: string;
  /** Of a certificate that was verified. */
  readonly certificate?: { readonly commonName: string; readonly units: readonly string[] };
}

// What a gateway is told to do, resolved: no defaults are missing, no path is relative. The command line makes it
// from parapet.yaml and hands it to the workers as JSON.

import type { InspectionMode } from '@parapet/enforcement';

export interface GatewayConfig {
  readonly listeners: readonly ListenerConfig[];
  /** The first certificate is for clients that name no host. */
  readonly certificates: readonly CertificateConfig[];
  /** An exact host beats a wildcard, and that `*`; of equals the first. */
  readonly sites: readonly SiteConfig[];
  /** Ranges, or presets by name (`cloudflare`, `fastly`, `private`, …), whose word about the client is taken. */
  readonly trustedProxies: readonly string[];
  /** Ranges from which other servers may ask over TCP, beside this machine (listeners that serve `forward-auth`). */
  readonly askers?: readonly string[];
  readonly limits: GatewayLimits;
  readonly timeouts: GatewayTimeouts;
  /** How many workers; 0 is one for each core, at most 4. */
  readonly workers: number;
  /** Where decisions.bin, gateway.key and the sockets are. */
  readonly dataDir: string;
}

export interface ListenerConfig {
  /** `host:port`, `[v6]:port`, or `unix:/path`. */
  readonly listen: string;
  readonly isTls: boolean;
  /** The PROXY protocol, version 1 or 2, is expected and believed from trusted proxies. */
  readonly expectsProxyProtocol: boolean;
  /** Sends every visitor on to HTTPS, except certificate authorities. */
  readonly redirectsToHttps?: boolean;
  /** `forward-auth` answers other servers that ask whether a request may pass; `site`, when absent, serves visitors. */
  readonly serves?: 'site' | 'forward-auth';
  /** Rights of a Unix socket; 0o660 when absent. */
  readonly socketMode?: number;
}

export interface CertificateConfig {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface SiteConfig {
  readonly name: string;
  /** How visitors are told that it is called; its name when absent. */
  readonly title?: string;
  /** Lower case; `*.example.org` for all below, `*` for any. */
  readonly hosts: readonly string[];
  /** `http://host:port`, `https://host:port` or `unix:/path`. */
  readonly upstreams: readonly string[];
  /** What the upstream is told as Host: the client's, or its own. */
  readonly hostHeader: 'client' | 'upstream';
  readonly health: { readonly path: string; readonly everyMs: number } | undefined;
  /** observe: decisions are looked up and told, and nothing is done. */
  readonly mode: 'observe' | 'enforce';
  /** What is done about attacks in requests: see InspectionMode of enforcement. Off when absent. */
  readonly inspection?: InspectionMode;
  /** Paths (prefix, `*` at the end) that are answered 503 when no engine has been heard for a minute; normally none. */
  readonly closedPaths: readonly string[];
  /** More paths that are never challenged, beside the defaults. */
  readonly neverChallenge: readonly string[];
  /** Where the CMS lives, when not at the root: `/shop`. */
  readonly basePath?: string;
}

export interface GatewayLimits {
  readonly headBytes: number;
  readonly headers: number;
  /** 0 is no limit. */
  readonly requestBodyBytes: number;
  readonly connectionsPerClient: number;
  readonly connections: number;
}

export interface GatewayTimeouts {
  /** From the first byte of a head to its last. */
  readonly headMs: number;
  /** A body, or an answer, that does not move at least a kilobyte in this time ends. */
  readonly bodyMs: number;
  readonly idleMs: number;
  readonly connectMs: number;
  /** Until the upstream's answer begins. */
  readonly upstreamMs: number;
}

export const GATEWAY_LIMITS: GatewayLimits = {
  headBytes: 65_536,
  headers: 128,
  requestBodyBytes: 0,
  connectionsPerClient: 256,
  connections: 16_384,
};

export const GATEWAY_TIMEOUTS: GatewayTimeouts = {
  headMs: 15_000,
  bodyMs: 30_000,
  idleMs: 75_000,
  connectMs: 5000,
  upstreamMs: 120_000,
};

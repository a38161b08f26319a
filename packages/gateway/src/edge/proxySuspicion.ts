// Whether the site seems to stand behind a proxy that nobody told the gateway of. Then all visitors would share the
// proxy's address: one ban would lock out everybody, so it is better said than found out. Looks at one request in
// sixteen, and remembers a bounded number of peers.

import type { Client, RequestView } from '@parapet/kinds';
import { CLIENT_HEADERS } from './clientOf.ts';
import { PROXY_PRESETS } from './proxyPresets.table.ts';
import { TrustedProxies } from './trustedProxies.ts';

export interface ProxyFinding {
  /** What `trusted_proxies` lacks: an address, or a preset's name. */
  readonly suggestion: string;
  /** Of all requests, 0 to 1. */
  readonly share: number;
  /** One sentence about what was seen, one about what to do. */
  readonly says: string;
}

const SAMPLE_MASK = 15;
/** Sampled requests before anything is said. */
const ENOUGH = 50;
/** Counts are halved here, so that what was mended is forgotten. */
const FULL = 2000;
const MAX_PEERS = 256;
const SHARE_OF_TRAFFIC = 0.5;
const SHARE_WITH_HEADER = 0.9;

export class ProxySuspicion {
  readonly #peers = new Map<string, { requests: number; named: number; header: string }>();
  #tick = 0;
  #sampled = 0;
  #trusted = 0;

  /** Takes note of a request whose peer is not trusted. */
  note(peer: Client, request: RequestView): void {
    if ((this.#tick++ & SAMPLE_MASK) !== 0) return;
    this.#sampled++;
    const key = knownName(peer) ?? peer.ip;
    let seen = this.#peers.get(key);
    if (seen === undefined) {
      if (this.#peers.size >= MAX_PEERS) this.#decay();
      seen = { requests: 0, named: 0, header: '' };
      this.#peers.set(key, seen);
    }
    seen.requests++;
    const header = CLIENT_HEADERS.find((name) => request.header(name) !== undefined);
    if (header !== undefined) {
      seen.named++;
      seen.header = header;
    }
    if (this.#sampled >= FULL) this.#decay();
  }

  /** Requests of a trusted peer count as traffic, so that the share of the others is right. */
  noteTrusted(): void {
    if ((this.#tick++ & SAMPLE_MASK) !== 0) return;
    this.#sampled++;
    this.#trusted++;
    if (this.#sampled >= FULL) this.#decay();
  }

  /** What the operator should be told, or undefined. */
  finding(): ProxyFinding | undefined {
    if (this.#sampled < ENOUGH) return undefined;
    for (const [suggestion, { requests, named, header }] of this.#peers) {
      const share = requests / this.#sampled;
      if (share >= SHARE_OF_TRAFFIC && named / requests >= SHARE_WITH_HEADER)
        return { suggestion, share, says: sentence(suggestion, share, header) };
    }
    return undefined;
  }

  #decay(): void {
    this.#trusted >>= 1;
    this.#sampled = this.#trusted;
    for (const [key, seen] of this.#peers) {
      seen.requests >>= 1;
      seen.named >>= 1;
      this.#sampled += seen.requests;
      if (seen.requests === 0) this.#peers.delete(key);
    }
  }
}

type Provider = readonly [name: string, ranges: TrustedProxies];

/** Made when first asked for: thousands of ranges, and most processes that load this file ask for none. */
let providers: readonly Provider[] | undefined;

function readProviders(): readonly Provider[] {
  return Object.keys(PROXY_PRESETS)
    .filter((name) => name !== 'private' && name !== 'loopback')
    .map((name) => [name, new TrustedProxies([name])]);
}

/** A provider connects from many addresses, of which each alone carries little. */
function knownName(peer: Client): string | undefined {
  providers ??= readProviders();
  return providers.find(([, ranges]) => ranges.trusts(peer.words))?.[0];
}

function sentence(suggestion: string, share: number, header: string): string {
  const who = Object.hasOwn(PROXY_PRESETS, suggestion) ? `addresses of ${suggestion}` : suggestion;
  const percent = Math.min(100, Math.round(share * 100));
  return (
    `You seem to be behind a proxy: ${percent} % of the requests come from ${who} and name other clients in ` +
    `the header ${header}, which is not believed. If the proxy is yours, add \`${suggestion}\` to ` +
    '`gateway.trusted_proxies`; until then all visitors behind it count as one.'
  );
}

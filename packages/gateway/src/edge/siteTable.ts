// Which site a request is for, by the host it names. An exact name beats a wildcard, the longer wildcard the
// shorter, any wildcard `*`; of two sites with the same name the first is taken. A host that no site has is
// answered with 421, not with whichever site comes first: a certificate or a cache may be valid for several names.

import { domainToASCII } from 'node:url';
import { parseIp } from '@parapet/kinds';
import type { SiteConfig } from '../config.ts';

/** Returns what is wrong with a site's host, one sentence, or undefined when it is fine. */
export function hostProblem(host: string): string | undefined {
  if (host === '*' || parseHost(host) !== undefined) return undefined;
  if (/^[a-z]+:\/\//i.test(host))
    return `\`${host}\` is a URL; a host is only its name, such as \`example.org\``;
  return `\`${host}\` is no host name, no address, and neither \`*.\` before a name nor \`*\` alone`;
}

export class SiteTable {
  readonly #exact = new Map<string, SiteConfig>();
  /** By what follows the `*`, with the dot: `.example.org`. */
  readonly #below = new Map<string, SiteConfig>();
  readonly #any: SiteConfig | undefined;

  constructor(sites: readonly SiteConfig[]) {
    for (const site of sites) {
      for (const written of site.hosts) {
        const host = parseHost(written);
        if (host === undefined) continue;
        const map = host.startsWith('*') ? this.#below : this.#exact;
        const key = host.startsWith('*') ? host.slice(1) : host;
        if (!map.has(key)) map.set(key, site);
      }
    }
    this.#any = sites.find((site) => site.hosts.includes('*'));
  }

  /** Returns the site of a host as a client sent it; with none, and for no host at all, the one for `*`. */
  find(host: string): SiteConfig | undefined {
    return this.#exact.get(host) ?? this.#search(host);
  }

  #search(rawHost: string): SiteConfig | undefined {
    const host = rawHost === '' ? undefined : normalise(rawHost);
    if (host === undefined) return this.#any;
    const exact = this.#exact.get(host);
    if (exact !== undefined || this.#below.size === 0) return exact ?? this.#any;
    for (let dot = host.indexOf('.', 1); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const site = this.#below.get(host.slice(dot));
      if (site !== undefined) return site;
    }
    return this.#any;
  }
}

const NAME =
  /^(?!.{254})(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const PORT = /:\d{0,5}$/;

/** A host of the configuration, in the form in which requests are compared with it. */
function parseHost(written: string): string | undefined {
  if (written.startsWith('*.')) {
    const base = parseHost(written.slice(2));
    return base === undefined || base.startsWith('*') || parseIp(base) !== undefined
      ? undefined
      : `*.${base}`;
  }
  const host = normalise(written);
  if (host === undefined) return undefined;
  const isAddress = host.startsWith('[')
    ? parseIp(host.slice(1, -1)) !== undefined
    : parseIp(host) !== undefined;
  return isAddress || NAME.test(host) ? host : undefined;
}

/** Lower case, without a port and the dot of the root, names of other scripts in their ASCII form. */
function normalise(rawHost: string): string | undefined {
  const isForeign = /[^\0-\x7f]/.test(rawHost);
  let host = isForeign && isBytes(rawHost) ? fromBytes(rawHost) : rawHost.toLowerCase();
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    const ip = parseIp(host.slice(1, close));
    const isWhole = close === host.length - 1 || PORT.test(host.slice(close + 1));
    return ip !== undefined && isWhole ? `[${ip}]` : undefined;
  }
  host = host.replace(PORT, '');
  if (host.endsWith('.')) host = host.slice(0, -1);
  if (isForeign) host = domainToASCII(host);
  return host === '' ? undefined : host;
}

/** A request's host has one character a byte; a name in UTF-8 then only looks like one of Latin letters. */
function isBytes(host: string): boolean {
  return !/[^\0-\xff]/.test(host) && !fromBytes(host).includes('\ufffd');
}

function fromBytes(host: string): string {
  return Buffer.from(host, 'latin1').toString();
}

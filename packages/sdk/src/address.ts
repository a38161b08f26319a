// The address of a visitor behind trusted proxies: the list of X-Forwarded-For is believed from the right, for as
// long as the one who wrote is trusted.

import { cidrContains, parseIp, parseIpOrCidr, type Cidr, type Ip } from '@parapet/kinds';

/** More trusted proxies than this in a row are a loop. */
const MOST_HOPS = 32;

export class ProxyRanges {
  readonly #ranges: readonly Cidr[];

  /** Throws on what is neither an address nor a range: a mistake here would take a proxy for the visitor. */
  constructor(texts: readonly string[]) {
    this.#ranges = texts.map((text) => {
      const range = parseIpOrCidr(text);
      if (range === undefined) throw new Error(`trustedProxies: \`${text}\` is no address and no range`);
      return range;
    });
  }

  trusts(ip: Ip): boolean {
    return this.#ranges.some((range) => cidrContains(range, ip));
  }
}

/** Returns the visitor's address; undefined when even the connection has none. */
export function visitorIp(
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: ProxyRanges,
): Ip | undefined {
  let ip = parseIp(remoteAddress ?? '');
  const chain = forwardedFor?.split(',') ?? [];
  for (let hop = 0; hop < MOST_HOPS && ip !== undefined && proxies.trusts(ip); hop++) {
    const claimed = chain.pop();
    const next = claimed === undefined ? undefined : parseIp(withoutPort(claimed.trim()));
    if (next === undefined) break;
    ip = next;
  }
  return ip;
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write it. */
function withoutPort(address: string): string {
  if (address.startsWith('[')) return address.slice(1, address.indexOf(']'));
  const colon = address.indexOf(':');
  return colon > 0 && colon === address.lastIndexOf(':') ? address.slice(0, colon) : address;
}

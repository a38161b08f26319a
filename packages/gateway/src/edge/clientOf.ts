// Who sends a request when proxies stand in between. Each proxy adds, at the right, who connected to it; so the
// list is believed from the right for as long as the one who wrote is trusted. The first address that is no trusted
// proxy is the client, whatever stands further left.

import { type Client, type RequestView } from '@parapet/kinds';
import {
  ForwardedForReader,
  ForwardedReader,
  parseNode,
  type Hop,
  type HopReader,
  type NodeAddress,
} from './forwardedFor.ts';
import { PROXY_PRESETS } from './proxyPresets.table.ts';
import type { TrustedProxies } from './trustedProxies.ts';

/** More trusted proxies than this in a row are a loop; the address reached by then is taken. */
const MAX_HOPS = 32;

/**
 * Returns the client of a request; `peer` itself when it is no trusted proxy. `peer` does not change while a
 * connection lasts, so a caller that has once found it untrusted need not ask again.
 */
export function clientOf(peer: Client, request: RequestView, proxies: TrustedProxies): Client {
  if (!proxies.trusts(peer.words)) return peer;
  const chain = chainOf(request);
  let at: NodeAddress = peer;
  let hop: Hop | undefined;
  let hops = 0;
  while (hops < MAX_HOPS) {
    const preset = proxies.presetOf(at.words);
    if (preset === undefined) break;
    hops++;
    if (preset.sureHeader !== undefined) {
      const named = addressIn(request, preset.sureHeader);
      // Cloudflare names itself when a Worker, which anybody can write, sends the request: then the Worker is the
      // client, and what it says about others is not believed.
      const isFinal = named !== undefined && [undefined, preset].includes(proxies.presetOf(named.words));
      if (isFinal) return withAddress(named, hop, hops);
    }
    const next = chain === undefined ? spareHop(request, preset.spareHeader, hops) : chain.next();
    if (next === undefined) break;
    hop = next;
    const address = next.node === undefined ? undefined : parseNode(next.node);
    if (address === undefined) break;
    at = address;
  }
  return withAddress(at, hop, hops);

  function withAddress({ ip, words }: NodeAddress, last: Hop | undefined, passed: number): Client {
    const claimed = last?.proto ?? protoOf(request, passed);
    const scheme = schemeOf(claimed) ?? peer.scheme;
    return { ip, words, peerIp: peer.peerIp, scheme };
  }
}

/** The headers in which a proxy may name a client; for those who look for signs of one. */
export const CLIENT_HEADERS: readonly string[] = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  ...Object.values(PROXY_PRESETS).flatMap(({ sureHeader, spareHeader }) => [
    ...(sureHeader === undefined ? [] : [sureHeader]),
    ...(spareHeader === undefined ? [] : [spareHeader]),
  ]),
];

/**
 * When both headers are there, nobody can tell which of them the proxy wrote and which it passed on. Nearly all
 * write X-Forwarded-For, so that one is read.
 */
function chainOf(request: RequestView): HopReader | undefined {
  const forwardedFor = request.header('x-forwarded-for');
  if (forwardedFor !== undefined) return new ForwardedForReader(forwardedFor);
  const forwarded = request.header('forwarded');
  return forwarded === undefined ? undefined : new ForwardedReader(forwarded);
}

/** Without a chain: the header that this provider writes, or that many small proxies do. One hop, no more. */
function spareHop(request: RequestView, spareHeader: string | undefined, hops: number): Hop | undefined {
  if (hops > 1) return undefined;
  const node = request.header(spareHeader ?? 'x-real-ip');
  return node === undefined ? undefined : { node: node.trim(), proto: undefined };
}

function addressIn(request: RequestView, header: string): NodeAddress | undefined {
  const value = request.header(header);
  return value === undefined ? undefined : parseNode(value.trim());
}

/** One value for each proxy passed, when they append; else the only one. */
function protoOf(request: RequestView, hops: number): string | undefined {
  const value = request.header('x-forwarded-proto');
  if (value === undefined || !value.includes(',')) return value;
  const values = new ForwardedForReader(value);
  let last: string | undefined;
  for (let passed = 0; passed < hops; passed++) last = values.next()?.node ?? last;
  return last;
}

function schemeOf(claimed: string | undefined): 'http' | 'https' | undefined {
  const scheme = claimed?.trim().toLowerCase();
  if (scheme === 'https' || scheme === 'wss') return 'https';
  return scheme === 'http' || scheme === 'ws' ? 'http' : undefined;
}

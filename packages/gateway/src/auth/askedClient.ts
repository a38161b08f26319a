// Who sent the request that is asked about. The server that asks is believed about who connected to it, and so is
// every trusted proxy further left; each address is made out once.

import { ipBits, parseIp, type Client, type Ip, type RequestView } from '@parapet/kinds';
import { clientOf } from '../edge/clientOf.ts';
import { TrustedProxies } from '../edge/trustedProxies.ts';

const MOST_REMEMBERED = 8192;
const HERE: Ip = parseIp('127.0.0.1')!;
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1'];

export class AskedClients {
  /** Servers that may ask. */
  readonly #askers: TrustedProxies;
  /** These, and the proxies in front of them. */
  readonly #proxies: TrustedProxies;
  /** By X-Forwarded-For, where that alone says who it is; of those who ask over the same kind of connection. */
  readonly #plain = new Map<string, Client>();
  readonly #encrypted = new Map<string, Client>();

  constructor(askers: readonly string[], trustedProxies: readonly string[]) {
    this.#askers = new TrustedProxies([...LOOPBACK, ...askers]);
    this.#proxies = new TrustedProxies([...LOOPBACK, ...askers, ...trustedProxies]);
  }

  /** Returns who asks, or undefined when nobody here listens to that address; a Unix socket has none. */
  askerOf(remoteAddress: string | undefined): Client | undefined {
    const ip = remoteAddress === undefined ? HERE : parseIp(remoteAddress);
    if (ip === undefined) return undefined;
    const words = ipBits(ip);
    return this.#askers.trusts(words) ? { ip, words, peerIp: ip, scheme: 'http' } : undefined;
  }

  find(asker: Client, request: RequestView): Client {
    const chain = request.header('x-forwarded-for');
    if (chain === undefined) return clientOf(asker, request, this.#proxies);
    // One asker is like another, unless it is on another machine: then its address is part of the client.
    const isHere = asker.ip === HERE;
    const proto = request.header('x-forwarded-proto');
    const known = proto === 'https' ? this.#encrypted : this.#plain;
    const isKnowable = isHere && (proto === undefined || proto === 'http' || proto === 'https');
    const found = isKnowable ? known.get(chain) : undefined;
    if (found !== undefined) return found;
    const client = clientOf(asker, request, this.#proxies);
    if (isKnowable) this.#remember(known, chain, client);
    return client;
  }

  /** Behind a provider that names clients in a header of its own that counts too; else the chain is the whole story. */
  #remember(known: Map<string, Client>, chain: string, client: Client): void {
    if (chain.length > 256 || !this.#isWholeStory(chain)) return;
    if (known.size === MOST_REMEMBERED) known.clear();
    known.set(chain, client);
  }

  /** Whether, from the right, proxies trusted by their range alone come up to an address that is none, or to the end. */
  #isWholeStory(chain: string): boolean {
    for (const hop of chain.split(',').toReversed()) {
      const ip = parseIp(hop.trim());
      if (ip === undefined) return false;
      const preset = this.#proxies.presetOf(ipBits(ip));
      if (preset === undefined) return true;
      if (preset.sureHeader !== undefined) return false;
    }
    return true;
  }
}

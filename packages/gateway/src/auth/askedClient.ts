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
  /** By X-Forwarded-For and -Proto, where the first alone says who it is. */
  readonly #remembered = new Map<string, Client>();

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
    const key = `${asker.ip} ${request.header('x-forwarded-proto')} ${chain}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const client = clientOf(asker, request, this.#proxies);
    // Behind a trusted proxy other headers count too; without one the address is the whole story.
    const last = parseIp(chain.slice(chain.lastIndexOf(',') + 1).trim());
    if (last !== undefined && key.length < 256 && !this.#proxies.trusts(ipBits(last))) {
      if (this.#remembered.size === MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, client);
    }
    return client;
  }
}

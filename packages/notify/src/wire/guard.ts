// Whom we may connect to. A webhook's URL is often pasted, and a name may be made to point anywhere: addresses that are
// not on the Internet (this machine, its network, a cloud's metadata service) are refused unless the configuration
// allows them. What the name resolves to is checked in the very look-up that the connection uses, so that a second
// answer cannot differ from the one that was checked.

import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { cidrContains, isPublicIp, parseCidr, parseIp, type Cidr, type Ip } from '@parapet/kinds';

/** Not visitors' addresses either, or ways to reach others through a gateway of the network. */
const MORE_SPECIAL: readonly Cidr[] = [
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  'fec0::/10',
  '::/96',
].map((text) => parseCidr(text)!);

/** Thrown for a target that is refused; it names the address, never the URL, which may hold a secret. */
class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

export class TargetGuard {
  readonly #allowed: readonly Cidr[];
  readonly #resolve: typeof dns.lookup;

  /** `allowed` are ranges that may be reached although they are not on the Internet. */
  constructor(allowed: readonly Cidr[], resolve: typeof dns.lookup = dns.lookup) {
    this.#allowed = allowed;
    this.#resolve = resolve;
  }

  mayReach(address: string): boolean {
    const ip = parseIp(address);
    if (ip === undefined) return false;
    return this.#allowed.some((range) => cidrContains(range, ip)) || isOnTheInternet(ip);
  }

  /** Throws when the host is an address that may not be reached. For names, `lookup` says it. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 && !this.mayReach(bare)) throw refusal(bare);
  }

  /** For `net.connect` and `http.request`: gives those addresses of a name that may be reached. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '', 4);
        return;
      }
      // With `all` it is a list.
      const addresses = found as unknown as readonly dns.LookupAddress[];
      const open = addresses.filter(({ address }) => this.mayReach(address));
      const [first] = open;
      if (first === undefined) {
        callback(refusal(addresses[0]?.address ?? 'no address'), '', 4);
      } else if (options.all === true) {
        callback(null, [...open]);
      } else callback(null, first.address, first.family);
    });
  };
}

function refusal(address: string): TargetRefused {
  return new TargetRefused(
    `${address} is not on the Internet; list it in notifications.allow_targets when it is meant`,
  );
}

function isOnTheInternet(ip: Ip): boolean {
  return isPublicIp(ip) && !MORE_SPECIAL.some((range) => cidrContains(range, ip));
}

// Short names for addresses and paths: hashes, so that state is small and holds no address in the clear.

const PRIME = 0x01000193;
const HIGH_SEED = 0x811c9dc5;
const LOW_SEED = 0x1b873593;
const COLON = 58;

/** 32-bit FNV-1a over UTF-16 units, with a seed. */
export function hashOf(text: string, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return mixed(hash);
}

/** Hashes a client's address twice, as `hashOf` would, in one go. */
export function hashClient(ip: string, into: { high: number; low: number }): void {
  let high = HIGH_SEED | 0;
  let low = LOW_SEED | 0;
  for (let i = 0; i < ip.length; i++) {
    const code = ip.charCodeAt(i);
    if (code === COLON && i < 5) {
      const key = clientKey(ip);
      // The key of a key is itself.
      if (key !== ip) return hashClient(key, into);
    }
    high = Math.imul(high ^ code, PRIME);
    low = Math.imul(low ^ code, PRIME);
  }
  into.high = mixed(high);
  into.low = mixed(low);
}

/** Returns who a client is: the address, or the /64 of an IPv6 address, in which one household can be anybody. */
export function clientKey(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::', 2);
  const groups = head.split(':');
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const missing = 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const zeros = Array.from({ length: Math.max(0, missing) }, () => '0');
  return [...groups, ...zeros, ...tail.split(':')].slice(0, 4).join(':');
}

/** Spreads what little a hash's last characters have changed over all its bits (MurmurHash3, finalizer). */
export function mixed(hash: number): number {
  let value = hash ^ (hash >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

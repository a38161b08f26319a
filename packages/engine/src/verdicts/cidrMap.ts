// Values for ranges of addresses. Looking one address up costs one map access for each prefix length in use,
// however many ranges there are.

import { ipBits, parseCidr, parseIp, parseIpOrCidr, type Cidr, type Ip, type Target } from '@parapet/kinds';

interface Level<V> {
  readonly version: 4 | 6;
  readonly prefixLength: number;
  readonly networks: Map<string, { readonly cidr: Cidr; readonly value: V }>;
}

export class CidrMap<V> {
  readonly #levels = new Map<string, Level<V>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(cidr: Cidr): V | undefined {
    return this.#levels.get(levelOf(cidr))?.networks.get(networkOf(cidr.words, cidr.prefixLength))?.value;
  }

  set(cidr: Cidr, value: V): void {
    const { version, prefixLength } = cidr;
    let level = this.#levels.get(levelOf(cidr));
    if (level === undefined) {
      level = { version, prefixLength, networks: new Map() };
      this.#levels.set(levelOf(cidr), level);
    }
    const key = networkOf(cidr.words, prefixLength);
    if (!level.networks.has(key)) this.#size++;
    level.networks.set(key, { cidr, value });
  }

  delete(cidr: Cidr): boolean {
    const level = this.#levels.get(levelOf(cidr));
    if (level?.networks.delete(networkOf(cidr.words, cidr.prefixLength)) !== true) return false;
    this.#size--;
    if (level.networks.size === 0) this.#levels.delete(levelOf(cidr));
    return true;
  }

  /** Values of all ranges that hold the whole of an address or range. */
  covering(of: Ip | Cidr): V[] {
    if (this.#size === 0) return [];
    const words = typeof of === 'string' ? ipBits(of) : of.words;
    const version = words.length === 1 ? 4 : 6;
    const length = typeof of === 'string' ? words.length * 32 : of.prefixLength;
    const values: V[] = [];
    for (const level of this.#levels.values()) {
      if (level.version !== version || level.prefixLength > length) continue;
      const entry = level.networks.get(networkOf(words, level.prefixLength));
      if (entry !== undefined) values.push(entry.value);
    }
    return values;
  }

  /** Values of all ranges that lie within a range, itself included. */
  within(range: Cidr): V[] {
    const values: V[] = [];
    const network = networkOf(range.words, range.prefixLength);
    for (const level of this.#levels.values()) {
      if (level.version !== range.version || level.prefixLength < range.prefixLength) continue;
      for (const { cidr, value } of level.networks.values()) {
        if (networkOf(cidr.words, range.prefixLength) === network) values.push(value);
      }
    }
    return values;
  }
}

/** Returns the ranges of a list with one address or range a line; `#` starts a comment, other lines are left out. */
export function readCidrList(text: string): readonly Cidr[] {
  const ranges: Cidr[] = [];
  for (const line of text.split('\n')) {
    const cidr = parseIpOrCidr(line.replace(/#.*/, '').trim());
    if (cidr !== undefined) ranges.push(cidr);
  }
  return ranges;
}

/** Returns a target's addresses as a range; undefined when its scope has none or its value is none. */
export function rangeOf(target: Target): Cidr | undefined {
  if (target.scope === 'ip')
    return parseIp(target.value) === undefined ? undefined : parseIpOrCidr(target.value);
  return target.scope === 'range' ? parseCidr(target.value) : undefined;
}

function levelOf({ version, prefixLength }: Cidr): string {
  return `${version}/${prefixLength}`;
}

/** The network's bits as text: a key that equal networks share. */
function networkOf(words: readonly number[], prefixLength: number): string {
  let key = '';
  for (let i = 0, bits = prefixLength; bits > 0; i++, bits -= 32) {
    const masked = words[i]! & (bits >= 32 ? -1 : -1 << (32 - bits));
    key += String.fromCharCode(masked >>> 16, masked & 0xffff);
  }
  return key;
}

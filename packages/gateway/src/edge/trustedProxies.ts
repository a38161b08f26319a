// Whose word about the client is taken: ranges, and presets of well-known providers by name.

import { parseIpOrCidr, type Cidr } from '@parapet/kinds';
import { PROXY_PRESETS, type ProxyPreset } from './proxyPresets.table.ts';

/** A proxy that is trusted by its range alone. */
const PLAIN: ProxyPreset = { ranges: [] };

/** Returns what is wrong with an entry of `trusted_proxies`, one sentence, or undefined when it is fine. */
export function trustedProxyProblem(name: string): string | undefined {
  if (Object.hasOwn(PROXY_PRESETS, name) || parseIpOrCidr(name) !== undefined) return undefined;
  return `\`${name}\` is no address, no range and none of ${Object.keys(PROXY_PRESETS).join(', ')}`;
}

export class TrustedProxies {
  /** One table for each prefix length that occurs, the longest first, so that the most specific entry is found. */
  readonly #v4: PrefixTable[] = [];
  readonly #v6: PrefixTable[] = [];

  /** Entries that `trustedProxyProblem` objects to are left out: trusting less is the safe side. */
  constructor(names: readonly string[]) {
    for (const name of names) {
      const preset = Object.hasOwn(PROXY_PRESETS, name) ? PROXY_PRESETS[name] : undefined;
      for (const range of preset?.ranges ?? [name]) {
        const cidr = parseIpOrCidr(range);
        if (cidr !== undefined) this.#add(cidr, preset ?? PLAIN);
      }
    }
  }

  /** Whether the address, as words of 32 bits, is a trusted proxy's. */
  trusts(words: readonly number[]): boolean {
    return this.presetOf(words) !== undefined;
  }

  /** The preset that the address belongs to, an empty one for a range of the operator's own; undefined if untrusted. */
  presetOf(words: readonly number[]): ProxyPreset | undefined {
    for (const table of words.length === 1 ? this.#v4 : this.#v6) {
      const preset = table.presets.get(keyOf(words, table.length));
      if (preset !== undefined) return preset;
    }
    return undefined;
  }

  #add(cidr: Cidr, preset: ProxyPreset): void {
    const tables = cidr.version === 4 ? this.#v4 : this.#v6;
    let table = tables.find(({ length }) => length === cidr.prefixLength);
    if (table === undefined) {
      table = { length: cidr.prefixLength, presets: new Map() };
      tables.push(table);
      tables.sort((a, b) => b.length - a.length);
    }
    const key = keyOf(cidr.words, cidr.prefixLength);
    // The operator's own mention of a range does not take its provider's header away.
    if (preset !== PLAIN || !table.presets.has(key)) table.presets.set(key, preset);
  }
}

interface PrefixTable {
  readonly length: number;
  readonly presets: Map<number | string, ProxyPreset>;
}

function keyOf(words: readonly number[], length: number): number | string {
  if (words.length === 1) return masked(words[0]!, length);
  let key = '';
  for (let at = 0; at * 32 < length; at++) key += `${masked(words[at]!, length - at * 32)},`;
  return key;
}

function masked(word: number, length: number): number {
  if (length <= 0) return 0;
  return length >= 32 ? word >>> 0 : (word & (-1 << (32 - length))) >>> 0;
}

// Addresses and ranges as two columns that an index understands: `address` is the version and the first
// address in hex of fixed width, so that text order is address order; `prefix` is the length. A range inside
// another is then one BETWEEN; the ranges around an address are at most 129 exact pairs.
import { parseIpOrCidr, type Cidr } from '@parapet/kinds';
import { StoreError } from './errors.ts';

export interface AddressKey {
  readonly address: string;
  readonly prefix: number;
}

/** Returns the key of a value of scope `ip` or `range`, or undefined when it is no address. */
export function keyOf(value: string): AddressKey | undefined {
  const cidr = parseIpOrCidr(value);
  return cidr === undefined
    ? undefined
    : { address: hex(cidr.version, cidr.words), prefix: cidr.prefixLength };
}

/** Returns the keys of everything that contains the range, itself included. */
export function keysAround(cidr: Cidr): AddressKey[] {
  const keys: AddressKey[] = [];
  for (let prefix = cidr.prefixLength; prefix >= 0; prefix--) {
    keys.push({ address: hex(cidr.version, maskWords(cidr.words, prefix)), prefix });
  }
  return keys;
}

/** Returns the first and last address of the range, as keys. */
export function boundsOf(cidr: Cidr): { readonly first: string; readonly last: string } {
  const last = cidr.words.map((word, i) => (word | ~maskWord(cidr.prefixLength, i)) >>> 0);
  return { first: hex(cidr.version, cidr.words), last: hex(cidr.version, last) };
}

/** Returns the address or range that a value is; throws a StoreError when it is none. */
export function cidrOf(value: string): Cidr {
  const cidr = parseIpOrCidr(value);
  if (cidr === undefined) throw new StoreError('E_STORE_BAD_ROW', `${value} is no address and no range`);
  return cidr;
}

/** Returns the text under which it is kept: a single address as one, not as a range of length 32 or 128. */
export function canonicalText(value: string, cidr: Cidr): string {
  return value.includes('/') ? cidr.text : cidr.text.slice(0, cidr.text.indexOf('/'));
}

function hex(version: 4 | 6, words: readonly number[]): string {
  return `${version}${words.map((word) => word.toString(16).padStart(8, '0')).join('')}`;
}

function maskWords(words: readonly number[], prefix: number): number[] {
  return words.map((word, i) => (word & maskWord(prefix, i)) >>> 0);
}

function maskWord(prefix: number, index: number): number {
  const bits = Math.min(32, Math.max(0, prefix - index * 32));
  return bits === 0 ? 0 : (-1 << (32 - bits)) | 0;
}

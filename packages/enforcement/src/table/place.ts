// Where in the table a target belongs. A range is kept as one number: its network bits, then a one, then zeros,
// so that no two ranges of any length share a number and none needs more room than an address.

import { parseIpOrCidr, type Cidr, type Target } from '@parapet/kinds';

export type Place =
  | { readonly kind: 'ip4' | 'range4' | 'ip6' | 'range6'; readonly words: readonly number[] }
  | { readonly kind: 'text'; readonly scope: string; readonly value: string };

const SCOPE_LIMIT = 64;
const VALUE_LIMIT = 1024;

/** Returns the place, or a sentence saying why there is none. */
export function placeOf(target: Target): Place | string {
  const { scope, value } = target;
  if (scope === 'ip' || scope === 'range') {
    const range = typeof value === 'string' ? parseIpOrCidr(value.trim()) : undefined;
    return range === undefined ? `${quote(value)} is no address and no range` : placeOfRange(range);
  }
  if (typeof scope !== 'string' || scope === '' || scope.length > SCOPE_LIMIT || scope.includes('\0'))
    return `${quote(scope)} is no scope`;
  if (typeof value !== 'string' || value === '' || value.length > VALUE_LIMIT)
    return `a value of scope ${quote(scope)} is empty or longer than ${VALUE_LIMIT} characters`;
  if (/\p{Surrogate}/u.test(scope + value)) return `a value of scope ${quote(scope)} is no valid text`;
  return { kind: 'text', scope, value: canonicalText(scope, value) };
}

/** Countries are kept in upper case and autonomous systems as bare numbers, whichever way they are written. */
export function canonicalText(scope: string, value: string): string {
  if (scope === 'country') return value.toUpperCase();
  if (scope === 'as' && !isDigit(value.charCodeAt(0))) return value.replace(/^as(?=\d)/i, '');
  return value;
}

/** A range's number: see the head of this file. A range of a single address is that address. */
function placeOfRange({ version, prefixLength, words }: Cidr): Place {
  if (prefixLength === words.length * 32) return { kind: version === 4 ? 'ip4' : 'ip6', words };
  const marked = words.map((word, i) =>
    i === prefixLength >>> 5 ? (word | (1 << (31 - (prefixLength & 31)))) >>> 0 : word,
  );
  return { kind: version === 4 ? 'range4' : 'range6', words: marked };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function quote(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 80));
}

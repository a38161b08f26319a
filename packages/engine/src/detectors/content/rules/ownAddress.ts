// Whether an address that a text gives is one of the request's own.

import type { InspectedRequest } from '@parapet/kinds';

/** Scheme and host, behind which a browser can read nothing else. */
const ON_HOST = /^\s*https?:\/\/([a-z\d.-]{1,253})(?::\d{1,5})?(?=[/?#]|$)/i;

/**
 * Returns whether it is the address that was asked for. Proxies repeat that, some with the host in front, and some
 * without the query.
 */
export function isAddressOf({ rawTarget }: InspectedRequest, text: string): boolean {
  const address = text.trim().replace(/^https?:\/\/[^/?#]{1,255}/i, '');
  const question = rawTarget.indexOf('?');
  return address === rawTarget || (question >= 0 && address === rawTarget.slice(0, question));
}

/** Returns whether it is a page of the host that was asked. */
export function isOnHostOf({ headers }: InspectedRequest, text: string): boolean {
  const host = ON_HOST.exec(text)?.[1]?.toLowerCase();
  if (host === undefined) return false;
  return headers.some(([name, value]) => name === 'host' && nameOf(value) === host);
}

/** A host without its port. */
function nameOf(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/:\d{1,5}$/, '');
}

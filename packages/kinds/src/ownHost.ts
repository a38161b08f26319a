// Under which names a server of ours may be asked. A page of another site can make a browser on this machine ask an
// address of this machine under the page's own name (DNS rebinding); such a request is not for us.

import { parseIp } from './ip.ts';

/** Returns whether a Host header names this machine by an address, `localhost`, or one of the names. */
export function isOwnHost(header: string | null | undefined, names: readonly string[]): boolean {
  if (header === null || header === undefined) return false;
  const host = header
    .toLowerCase()
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  return host === 'localhost' || parseIp(host) !== undefined || names.includes(host);
}

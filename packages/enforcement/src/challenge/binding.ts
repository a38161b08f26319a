// Whom a token or a pass is for. Nothing of it is written into them: it goes into the signature only, so a
// cookie tells nothing about its holder and is worth nothing to anybody else.

import type { Client, RequestView } from '@parapet/kinds';

/** The client as we count it: an IPv4 address, or the /64 of an IPv6 address, which one customer has whole. */
export function clientKeyOf(client: Client): string {
  const words = client.words;
  return words.length === 1 ? words[0]!.toString(36) : `${words[0]!.toString(36)}:${words[1]!.toString(36)}`;
}

/** Returns what ties a signature to site, client and browser. The user agent is last: it may hold anything. */
export function bindingOf(request: RequestView, client: Client, site: string): string {
  return `${site}\n${clientKeyOf(client)}\n${request.header('user-agent') ?? ''}`;
}

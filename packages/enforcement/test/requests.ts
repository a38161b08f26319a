// Requests as the gateway hands them over, made from a few words.

import { ipBits, parseIp, type Client, type RequestView } from '@parapet/kinds';

export function makeRequest(
  headers: Readonly<Record<string, string>> = {},
  line: { readonly method?: string; readonly target?: string } = {},
): RequestView {
  return {
    method: line.method ?? 'GET',
    rawTarget: line.target ?? '/',
    host: 'example.org',
    version: '1.1',
    header: (name) => headers[name],
    headers: () => Object.entries(headers),
  };
}

export function makeClient(ip: string = '192.0.2.7', scheme: Client['scheme'] = 'https'): Client {
  const parsed = parseIp(ip);
  if (parsed === undefined) throw new Error(`no address: ${ip}`);
  return { ip: parsed, words: ipBits(parsed), peerIp: parsed, scheme };
}

/** What a browser sends with a page that a person asks for. */
export const BROWSER: Readonly<Record<string, string>> = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-dest': 'document',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
};

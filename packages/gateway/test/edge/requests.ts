// A small real request, for tests.

import { ipBits, parseIp, type Client, type RequestView } from '@parapet/kinds';

export function client(text: string, peerText: string = text, scheme: 'http' | 'https' = 'http'): Client {
  const ip = parseIp(text)!;
  return { ip, words: ipBits(ip), peerIp: parseIp(peerText)!, scheme };
}

export function request(fields: Readonly<Record<string, string>> = {}): RequestView {
  return {
    method: 'GET',
    rawTarget: '/',
    host: 'example.org',
    version: '1.1',
    header: (name) => fields[name],
    headers: () => Object.entries(fields),
  };
}

// Requests as a gateway would hand them over, for tests.

import { ipBits, parseIp, type Client, type Exchange, type Refusal, type RequestView } from '@parapet/kinds';

export const NOON: number = Date.UTC(2026, 2, 1, 12);

function clientOf(text: string): Client {
  const ip = parseIp(text)!;
  return { ip, words: ipBits(ip), peerIp: ip, scheme: 'http' };
}

export function requestOf(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): RequestView {
  return {
    method,
    rawTarget: target,
    host: headers['host'] ?? 'example.org',
    version: '1.1',
    header: (name) => headers[name],
    headers: () => Object.entries(headers),
  };
}

export function exchangeOf(ip: string, request: RequestView, changes: Partial<Exchange> = {}): Exchange {
  return {
    client: clientOf(ip),
    request,
    startedAtMs: NOON,
    status: 200,
    requestBodyBytes: 0,
    responseBodyBytes: 512,
    upstreamMs: 3,
    totalMs: 5,
    cacheStatus: '',
    answer: undefined,
    site: 'main',
    requestId: 'ab12',
    ...changes,
  };
}

export function refusalOf(ip: string, reason: string, bytes: string): Refusal {
  return {
    client: clientOf(ip),
    reason,
    status: 400,
    atMs: NOON,
    excerpt: Buffer.from(bytes, 'latin1'),
  };
}

// A request as Parapet is told of it: what the visitor sent, but for what only the SDK may say.

import type { Ip } from '@parapet/kinds';
import { visitorIp, type ProxyRanges } from './address.ts';
import type { HeaderPairs } from './asker.ts';

/** What every framework knows of a request. */
export interface Sent {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string | undefined;
  readonly isEncrypted: boolean;
}

export interface Asked {
  readonly ip: Ip | undefined;
  readonly headers: HeaderPairs;
}

/** Of the connection or of the body, or a claim about the client: none of it is the visitor's to say. */
const NOT_TOLD =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-length|host|forwarded|x-forwarded-.*|x-original-.*|x-real-ip|x-parapet-.*|(?:true-|cf-|fastly-|x-)?(?:client|connecting|cluster-client)-ip.*)$/;

export function askedOf(sent: Sent, proxies: ProxyRanges): Asked {
  const forwardedFor = joined(sent.headers['x-forwarded-for']);
  const ip = visitorIp(sent.remoteAddress, forwardedFor, proxies);
  const proto = protoOf(sent, ip);
  const headers: (readonly [string, string])[] = [
    ['X-Forwarded-Method', sent.method],
    ['X-Forwarded-Uri', sent.url],
    ['X-Forwarded-Proto', proto],
    ['Host', joined(sent.headers['host']) ?? 'localhost'],
  ];
  if (ip !== undefined) headers.push(['X-Forwarded-For', ip]);
  for (const [name, value] of Object.entries(sent.headers)) {
    const text = joined(value, name);
    if (text !== undefined && !NOT_TOLD.test(name)) headers.push([name, text]);
  }
  return { ip, headers };
}

/** A proxy was believed about the address, so it is about the scheme. */
function protoOf(sent: Sent, ip: Ip | undefined): 'http' | 'https' {
  if (sent.isEncrypted) return 'https';
  const isBehind = ip !== undefined && ip !== sent.remoteAddress?.replace(/^::ffff:/, '');
  return isBehind && joined(sent.headers['x-forwarded-proto'])?.trim() === 'https' ? 'https' : 'http';
}

function joined(value: string | readonly string[] | undefined, name = ''): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return value.join(name === 'cookie' ? '; ' : ', ');
}

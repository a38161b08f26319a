// The head of an HTTP/2 request, written as HTTP/1.1 bytes: the upstream is spoken to in HTTP/1.1, and so one strict
// parser judges all requests, whichever way they came (RFC 9113 8.3, 10.3). What has no place in HTTP/2 is refused
// here, because as HTTP/1.1 it would mean something: a Transfer-Encoding, a line break in a value, a second host.

export type Http2Refusal =
  | 'h2-pseudo-header'
  | 'h2-header'
  | 'h2-connection-header'
  | 'authority-not-host'
  | 'host-twice'
  | 'target'
  | 'connect';

export type Http2Head =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: Http2Refusal; readonly status: number };

/** Returns the head, or why there is none. `rawHeaders` alternates names and values, as node:http2 gives them. */
export function composeHead(rawHeaders: readonly string[], hasBody: boolean): Http2Head {
  const pseudo = new Map<string, string>();
  let lines = '';
  let cookies = '';
  let host: string | undefined;
  let hasLength = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    if (BREAK.test(value)) return refuse('h2-header');
    if (name.startsWith(':')) {
      // After a field there is none, and none is there twice: what the second one means, two readers see differently.
      if (!PSEUDO.has(name) || pseudo.has(name) || lines !== '' || cookies !== '')
        return refuse('h2-pseudo-header');
      pseudo.set(name, value);
      continue;
    }
    if (!NAME.test(name)) return refuse('h2-header');
    if (CONNECTION.has(name) || (name === 'te' && value !== 'trailers'))
      return refuse('h2-connection-header');
    if (name === 'host') {
      if (host !== undefined) return refuse('host-twice');
      host = value;
    } else if (name === 'cookie') {
      cookies += cookies === '' ? value : `; ${value}`;
    } else {
      hasLength ||= name === 'content-length';
      lines += `${name}: ${value}\r\n`;
    }
  }
  const method = pseudo.get(':method');
  const target = pseudo.get(':path');
  const authority = pseudo.get(':authority');
  if (method === 'CONNECT' || pseudo.has(':protocol')) return refuse('connect', 405);
  if (method === undefined || target === undefined || !/^https?$/.test(pseudo.get(':scheme') ?? ''))
    return refuse('h2-pseudo-header');
  if (!target.startsWith('/') && (target !== '*' || method !== 'OPTIONS')) return refuse('target');
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase())
    return refuse('authority-not-host');
  const named = authority ?? host;
  const text =
    `${method} ${target} HTTP/1.1\r\n` +
    (named === undefined ? '' : `host: ${named}\r\n`) +
    lines +
    (cookies === '' ? '' : `cookie: ${cookies}\r\n`) +
    (hasBody && !hasLength ? 'transfer-encoding: chunked\r\n' : '') +
    '\r\n';
  return { ok: true, bytes: Buffer.from(text, 'latin1') };
}

const PSEUDO: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);

/** "Connection-specific header fields" of RFC 9113 8.2.2. */
const CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const BREAK = /[\r\n\0]/;

function refuse(reason: Http2Refusal, status = 400): Http2Head {
  return { ok: false, reason, status };
}

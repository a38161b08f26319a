// Where an upstream is: `http://host:port`, `https://host:port` or `unix:/path`.

import { isPublicIp, parseIp } from '@parapet/kinds';

export interface UpstreamAddress {
  /** As the configuration writes it, without a closing slash. */
  readonly url: string;
  /** Name or address to connect to; empty for a Unix socket. */
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket, or empty. */
  readonly socketPath: string;
  readonly isTls: boolean;
  /** The name for TLS; empty when the upstream is named by its address. */
  readonly serverName: string;
  /** A certificate is checked unless the upstream is named by an address inside, which no authority vouches for. */
  readonly checksCertificate: boolean;
  /** What Host is when the upstream is told its own name. */
  readonly authority: string;
}

export type UpstreamParse =
  | { readonly ok: true; readonly address: UpstreamAddress }
  | { readonly ok: false; readonly says: string };

const URL_SHAPE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@]*@)?(\[[^\]/]*\]|[^:/?#[\]]*)(?::(\d*))?(\/?)([^]*)$/i;
const NAME = /^(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?$/i;
/** sockaddr_un has 108 bytes with the closing zero; beyond, the path would be cut silently. */
const MAX_SOCKET_PATH = 107;

/** Returns the address, or one sentence saying what is wrong and what would be right. */
export function parseUpstream(text: string): UpstreamParse {
  if (text.startsWith('unix:')) return parseSocket(text);
  const parts = URL_SHAPE.exec(text);
  if (parts === null) return wrong(text, withoutScheme(text));
  const [, scheme, login, rawHost, rawPort, , rest] = parts;
  const isTls = /^https$/i.test(scheme!);
  if (!isTls && !/^http$/i.test(scheme!))
    return wrong(text, 'begin it with `http://`, `https://` or `unix:`');
  if (login !== undefined) return wrong(text, 'a name and password do not belong into it');
  if (rest !== '') return wrong(text, 'it has no path: requests keep the one they come with');
  const ip = parseIp(rawHost!.replace(/^\[(.*)\]$/, '$1'));
  if (ip === undefined && !NAME.test(rawHost!))
    return wrong(text, rawHost === '' ? 'a host is missing' : `\`${rawHost}\` is no host`);
  const port = rawPort === undefined ? (isTls ? 443 : 80) : Number(rawPort);
  if (rawPort === '' || port < 1 || port > 65_535) return wrong(text, 'the port is a number from 1 to 65535');
  const host = ip ?? rawHost!.toLowerCase();
  const shown = host.includes(':') ? `[${host}]` : host;
  const isUsualPort = port === (isTls ? 443 : 80);
  return {
    ok: true,
    address: {
      url: `${isTls ? 'https' : 'http'}://${shown}:${port}`,
      host,
      port,
      socketPath: '',
      isTls,
      serverName: ip === undefined ? host : '',
      checksCertificate: ip === undefined ? host !== 'localhost' : isPublicIp(ip),
      authority: isUsualPort ? shown : `${shown}:${port}`,
    },
  };
}

function parseSocket(text: string): UpstreamParse {
  const path = text.slice('unix:'.length).replace(/^\/+/, '/');
  if (!path.startsWith('/') || path.endsWith('/') || path.includes('\0'))
    return wrong(text, 'after `unix:` stands the absolute path of a socket, such as `unix:/run/site.sock`');
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH)
    return wrong(text, `the path of a socket has at most ${MAX_SOCKET_PATH} bytes`);
  return {
    ok: true,
    address: {
      url: `unix:${path}`,
      host: '',
      port: 0,
      socketPath: path,
      isTls: false,
      serverName: '',
      checksCertificate: false,
      authority: 'localhost',
    },
  };
}

function withoutScheme(text: string): string {
  return text.includes('://') || text === ''
    ? 'write `http://host:port`, `https://host:port` or `unix:/path`'
    : `write \`${text.startsWith('/') ? 'unix:' : 'http://'}${text}\``;
}

function wrong(text: string, says: string): UpstreamParse {
  return { ok: false, says: `the upstream \`${text}\` cannot be used: ${says}` };
}

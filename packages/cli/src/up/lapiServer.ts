// Serves the local API over TCP, TLS and Unix sockets.

import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Lapi, Peer } from '@parapet/lapi';
import { parseIp } from '@parapet/kinds';
import type { LapiConfig } from '../config/lapiSchema.ts';
import { openServers, type Listening } from './listening.ts';

/** Listens on all addresses of the configuration; rejects with a UsageError when one cannot be had. */
export function serveLapi(config: LapiConfig, lapi: Lapi, folder: string): Promise<Listening> {
  const answer = getRequestListener(
    (request, env) => lapi(request, peerOf((env as { incoming: IncomingMessage }).incoming)), // of node:http
    { overrideGlobalObjects: false },
  );
  return openServers({
    listen: config.listen,
    tls: config.tls,
    folder,
    // It answers 500 to what it cannot do, and never rejects.
    listener: (incoming, outgoing) => void answer(incoming, outgoing),
    told: {
      who: 'The local API',
      section: 'lapi',
      example: '127.0.0.1:8090',
      listenCode: 'E_LAPI_LISTEN',
      tlsCode: 'E_LAPI_TLS',
    },
  });
}

function peerOf({ socket }: IncomingMessage): Peer {
  const raw = socket.remoteAddress ?? '';
  const ip = parseIp(raw) ?? raw;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return { ip };
  const { subject } = socket.getPeerCertificate();
  // A name may be given several times; Node's type knows one.
  const units = [(subject?.OU ?? []) as string | readonly string[]].flat();
  const name = [(subject?.CN ?? '') as string | readonly string[]].flat()[0] ?? '';
  return name === '' ? { ip } : { ip, certificate: { commonName: name, units } };
}

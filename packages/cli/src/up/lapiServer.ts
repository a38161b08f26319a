// Serves the local API over TCP, TLS and Unix sockets.

import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Lapi, Peer } from '@parapet/lapi';
import { parseIp } from '@parapet/kinds';
import type { LapiConfig } from '../config/lapiSchema.ts';
import { UsageError } from '../run-verb.ts';

export interface LapiServer {
  readonly urls: readonly string[];
  close(): Promise<void>;
}

const SOCKET_MODE = 0o660;
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** Bouncers come every ten seconds by default: their connections are kept for longer than that. */
const KEPT_MS = 75_000;

/** Listens on all addresses of the configuration; rejects with a UsageError when one cannot be had. */
export async function serveLapi(config: LapiConfig, lapi: Lapi, folder: string): Promise<LapiServer> {
  const answer = getRequestListener(
    (request, env) => lapi(request, peerOf((env as { incoming: IncomingMessage }).incoming)), // of node:http
    { overrideGlobalObjects: false },
  );
  // It answers 500 to what it cannot do, and never rejects.
  const listener: RequestListener = (incoming, outgoing) => void answer(incoming, outgoing);
  const servers: Server[] = [];
  const urls: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closed));
  };
  try {
    for (const address of config.listen) {
      const isUnix = address.startsWith('unix:');
      const server = isUnix ? createServer(listener) : serverFor(config, listener, folder);
      server.headersTimeout = HEADERS_MS;
      server.requestTimeout = REQUEST_MS;
      server.keepAliveTimeout = KEPT_MS;
      urls.push(await listenOn(server, address, config.tls !== undefined, folder));
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { urls, close };
}

function serverFor({ tls }: LapiConfig, listener: RequestListener, folder: string): Server {
  if (tls === undefined) return createServer(listener);
  const read = (file: string): Buffer => {
    try {
      return readFileSync(path.resolve(folder, file));
    } catch (error) {
      throw new UsageError(
        'E_LAPI_TLS',
        `${file} cannot be read: ${messageOf(error)}`,
        'Look at lapi.tls in the configuration',
      );
    }
  };
  try {
    return createTlsServer(
      {
        cert: read(tls.certificate),
        key: read(tls.key),
        ...(tls.client_ca === undefined ? {} : { ca: read(tls.client_ca), requestCert: true }),
        // Who brings no certificate may still bring a key.
        rejectUnauthorized: false,
      },
      listener,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      'E_LAPI_TLS',
      `${tls.certificate} and ${tls.key} cannot be used: ${messageOf(error)}`,
      'Look at lapi.tls in the configuration',
    );
  }
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

async function listenOn(server: Server, address: string, isTls: boolean, folder: string): Promise<string> {
  if (address.startsWith('unix:')) {
    const file = path.resolve(folder, address.slice(5));
    // Left by an engine that was killed: this one holds the lock on the data directory.
    rmSync(file, { force: true });
    await listening(server, address, () => server.listen(file));
    chmodSync(file, SOCKET_MODE);
    return address;
  }
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (match === null || Number(match[2]) > 65_535)
    throw new UsageError(
      'E_LAPI_LISTEN',
      `'${address}' is no address and port`,
      "Write it like '127.0.0.1:8090' or 'unix:/run/parapet/lapi.sock'",
    );
  await listening(server, address, () => server.listen(Number(match[2]), match[1]!.replace(/^\[|\]$/g, '')));
  const { address: host, port, family } = server.address() as AddressInfo; // it listens on TCP
  return `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${host}]` : host}:${port}/`;
}

function listening(server: Server, address: string, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UsageError(
          'E_LAPI_LISTEN',
          `The local API cannot listen on ${address}: ${error.message}`,
          'Give it another address: lapi.listen in the configuration',
        ),
      ),
    );
    server.once('listening', resolve);
    listen();
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

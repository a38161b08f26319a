// Opens servers of HTTP on the addresses of the configuration: TCP, TLS and Unix sockets. What each answers is told by
// who opens them.

import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { UsageError } from '../run-verb.ts';

export interface Listening {
  /** As they can be asked, with the port that was free where 0 was given. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export interface ListeningOptions {
  /** `host:port` or `unix:path`. */
  readonly listen: readonly string[];
  readonly tls?: TlsFiles | undefined;
  /** What paths are relative to. */
  readonly folder: string;
  readonly listener: RequestListener;
  /** Beside the usual times. */
  readonly http?: ServerOptions;
  /** Does what the options cannot say, before the server listens. */
  readonly tune?: (server: Server) => void;
  readonly told: ListeningWords;
}

interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly client_ca?: string | undefined;
}

/** How errors are told. */
export interface ListeningWords {
  /** `The local API` */
  readonly who: string;
  /** Its section of the configuration. */
  readonly section: string;
  /** An address as it would be written. */
  readonly example: string;
  readonly listenCode: string;
  readonly tlsCode: string;
}

const SOCKET_MODE = 0o660;
/** Clients that poll come every ten seconds by default: their connections are kept for longer than that. */
const TIMES = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 75_000 };
const FLUSH_EVERY_MS = 3000;

/** Listens on all addresses; rejects with a UsageError when one cannot be had, and then listens on none. */
export async function openServers(options: ListeningOptions): Promise<Listening> {
  const servers: Server[] = [];
  const urls: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closed));
  };
  try {
    for (const address of options.listen) {
      const isUnix = address.startsWith('unix:');
      const server = isUnix
        ? createServer({ ...TIMES, ...options.http }, options.listener)
        : serverFor(options);
      options.tune?.(server);
      urls.push(await listenOn(server, address, options));
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { urls, close };
}

/** Has what is served write down, every few seconds and at the end, what it has in mind of its clients. */
export function withFlush(server: Listening, served: { flush(): Promise<void> }): Listening {
  // What cannot be written now is written the next time; the store itself says that it cannot be.
  const flush = (): Promise<void> => served.flush().catch(() => {});
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS);
  return {
    urls: server.urls,
    close: async () => {
      clearInterval(timer);
      await server.close();
      await flush();
    },
  };
}

function serverFor({ tls, folder, http, listener, told }: ListeningOptions): Server {
  if (tls === undefined) return createServer({ ...TIMES, ...http }, listener);
  const hint = `Look at ${told.section}.tls in the configuration`;
  const read = (file: string): Buffer => {
    try {
      return readFileSync(path.resolve(folder, file));
    } catch (error) {
      throw new UsageError(told.tlsCode, `${file} cannot be read: ${messageOf(error)}`, hint);
    }
  };
  try {
    return createTlsServer(
      {
        ...TIMES,
        ...http,
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
    const what = `${tls.certificate} and ${tls.key} cannot be used: ${messageOf(error)}`;
    throw new UsageError(told.tlsCode, what, hint);
  }
}

async function listenOn(server: Server, address: string, options: ListeningOptions): Promise<string> {
  const { folder, tls, told } = options;
  if (address.startsWith('unix:')) {
    const file = path.resolve(folder, address.slice(5));
    // Left by an engine that was killed: this one holds the lock on the data directory.
    rmSync(file, { force: true });
    await listening(server, address, told, () => server.listen(file));
    chmodSync(file, SOCKET_MODE);
    return address;
  }
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (match === null || Number(match[2]) > 65_535)
    throw new UsageError(
      told.listenCode,
      `'${address}' is no address and port`,
      `Write it like '${told.example}' or 'unix:/run/parapet/${told.section}.sock'`,
    );
  const host = match[1]!.replace(/^\[|\]$/g, '');
  await listening(server, address, told, () => server.listen(Number(match[2]), host));
  const { address: bound, port, family } = server.address() as AddressInfo; // it listens on TCP
  return `${tls === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${bound}]` : bound}:${port}/`;
}

function listening(server: Server, address: string, told: ListeningWords, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UsageError(
          told.listenCode,
          `${told.who} cannot listen on ${address}: ${error.message}`,
          `Give it another address: ${told.section}.listen in the configuration`,
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

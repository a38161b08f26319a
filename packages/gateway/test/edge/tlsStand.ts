// A gateway that speaks TLS on a free port, before an upstream of the test, and clients for it.

import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { PASS, type Guard, type Refusal } from '@parapet/kinds';
import {
  GATEWAY_LIMITS,
  GATEWAY_TIMEOUTS,
  type GatewayConfig,
  type ListenerConfig,
} from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/relay/gateway.ts';
import { hasOpenssl, makeCertificate, temporaryFolder } from './certificates.ts';
import { site } from './sites.ts';

export interface TlsSetting {
  readonly guard?: Partial<Guard>;
  readonly config?: Partial<GatewayConfig>;
  readonly listener?: Partial<ListenerConfig>;
  readonly hosts?: readonly string[];
}

/** What an exchange was when it ended; the object itself serves other requests. */
export interface Ended {
  readonly status: number;
  readonly version: string;
  readonly ip: string;
  readonly scheme: string;
  readonly cause: string | undefined;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
}

export interface TlsStand {
  readonly gateway: Gateway;
  readonly port: number;
  readonly url: string;
  readonly ended: readonly Ended[];
  readonly refusals: readonly Refusal[];
  readonly faults: readonly unknown[];
  readonly clock: { nowMs: number };
  readonly session: () => Promise<ClientHttp2Session>;
  /** A TLS connection that agreed on HTTP/2 and has sent nothing. */
  readonly raw: (alpn?: string) => Promise<TLSSocket>;
}

const certificate = hasOpenssl
  ? makeCertificate(temporaryFolder(), 'site', ['localhost', 'example.org'])
  : undefined;
const closing: (() => unknown)[] = [];

/** For `afterEach`: closes what the test has opened, the newest first. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

export function closeLater(close: () => unknown): void {
  closing.push(close);
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** An upstream of node:http; returns its URL. */
async function upstreamOf(answer: RequestListener): Promise<string> {
  const server = createHttpServer(answer);
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${await listen(server)}`;
}

export async function tlsStand(
  upstream: string | RequestListener,
  setting: TlsSetting = {},
): Promise<TlsStand> {
  const upstreamUrl = typeof upstream === 'string' ? upstream : await upstreamOf(upstream);
  const ended: Ended[] = [];
  const refusals: Refusal[] = [];
  const faults: unknown[] = [];
  const clock = { nowMs: Date.now() };
  const guard: Guard = {
    onRequest: () => PASS,
    onResponse: () => undefined,
    onEnd: ({ client, request, status, answer, requestBodyBytes, responseBodyBytes }) => {
      const { ip, scheme } = client;
      const { version } = request;
      ended.push({ status, version, ip, scheme, cause: answer?.cause, requestBodyBytes, responseBodyBytes });
    },
    onRefusal: (refusal) => void refusals.push(refusal),
    ...setting.guard,
  };
  const config: GatewayConfig = {
    listeners: [],
    certificates: [certificate!],
    sites: [site('site', setting.hosts ?? ['*'], [upstreamUrl])],
    trustedProxies: [],
    limits: GATEWAY_LIMITS,
    timeouts: GATEWAY_TIMEOUTS,
    workers: 1,
    dataDir: '',
    ...setting.config,
  };
  const gateway = createGateway(config, guard, {
    nowMs: () => clock.nowMs,
    onFault: (error) => void faults.push(error),
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true }); // as the workers do
  gateway.attach(server, { listen: '', isTls: true, expectsProxyProtocol: false, ...setting.listener });
  const port = await listen(server);
  closing.push(
    () => server.close(),
    () => gateway.close(),
  );
  const url = `https://localhost:${port}`;
  return {
    gateway,
    port,
    url,
    ended,
    refusals,
    faults,
    clock,
    session: () => sessionOf(url),
    raw: (alpn) => rawOf(port, alpn),
  };
}

async function sessionOf(url: string): Promise<ClientHttp2Session> {
  const session = connectHttp2(url, { rejectUnauthorized: false });
  session.on('error', () => {});
  closing.push(() => session.destroy());
  await once(session, 'connect');
  return session;
}

async function rawOf(port: number, alpn = 'h2'): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: [alpn] });
  socket.on('error', () => {});
  closing.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Other than 0 when the stream was broken off. */
  readonly code: number;
}

/** Sends the body, if there is one, and resolves with what came back. */
export async function replyTo(stream: ClientHttp2Stream, body?: Buffer | string): Promise<Reply> {
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders & { readonly ':status'?: number | undefined } = {};
  stream.on('response', (found) => (headers = found));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  if (body !== undefined) stream.end(body);
  if (!stream.closed || !stream.destroyed) await once(stream, 'close').catch(() => {});
  return { status: headers[':status'], headers, body: Buffer.concat(chunks), code: stream.rstCode ?? 0 };
}

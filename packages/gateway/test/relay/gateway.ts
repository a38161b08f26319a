// A gateway between a real client socket and a real upstream, on free ports.

import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PASS, type Exchange, type Guard, type Refusal } from '@parapet/kinds';
import {
  GATEWAY_LIMITS,
  GATEWAY_TIMEOUTS,
  type GatewayConfig,
  type ListenerConfig,
} from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/relay/gateway.ts';

export interface Setting {
  readonly guard?: Partial<Guard>;
  readonly config?: Partial<GatewayConfig>;
  readonly site?: Partial<GatewayConfig['sites'][number]>;
  readonly listener?: Partial<ListenerConfig>;
}

export interface Stand {
  readonly gateway: Gateway;
  readonly port: number;
  readonly ended: Exchange[];
  readonly refusals: Refusal[];
  readonly faults: unknown[];
  /** The gateway's clock, in milliseconds. */
  clock: { nowMs: number };
  readonly connect: () => Promise<Client>;
  readonly close: () => Promise<void>;
}

/** What a client has received, and a way to wait for more of it. */
export class Client {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  isEnded = false;
  isClosed = false;
  error: Error | undefined = undefined;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    socket.on('end', () => {
      this.isEnded = true;
      this.#wake();
    });
    socket.on('error', (error) => (this.error = error));
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  send(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Resolves when what was received satisfies, or the connection is closed. */
  async until(isEnough: (text: string) => boolean): Promise<string> {
    while (!isEnough(this.text) && !this.isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.text;
  }

  async untilClosed(): Promise<string> {
    while (!this.isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.text;
  }
}

async function listen(server: Server | HttpServer, place: number | string = 0): Promise<number> {
  await new Promise<void>((resolve) =>
    typeof place === 'string' ? server.listen(place, resolve) : server.listen(place, '127.0.0.1', resolve),
  );
  return typeof place === 'string' ? 0 : (server.address() as AddressInfo).port;
}

async function open(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return new Client(socket);
}

function config(upstreams: readonly string[], { config: changed, site }: Setting): GatewayConfig {
  return {
    listeners: [],
    certificates: [],
    sites: [
      {
        name: 'site',
        hosts: ['*'],
        upstreams,
        hostHeader: 'client',
        health: undefined,
        mode: 'enforce',
        closedPaths: [],
        neverChallenge: [],
        ...site,
      },
    ],
    trustedProxies: [],
    limits: GATEWAY_LIMITS,
    timeouts: GATEWAY_TIMEOUTS,
    workers: 1,
    dataDir: '',
    ...changed,
  };
}

export async function stand(upstreams: readonly string[], setting: Setting = {}): Promise<Stand> {
  const ended: Exchange[] = [];
  const refusals: Refusal[] = [];
  const faults: unknown[] = [];
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const guard: Guard = {
    onRequest: () => PASS,
    onResponse: () => undefined,
    onEnd: (exchange) => void ended.push(copyOf(exchange)),
    onRefusal: (refusal) => void refusals.push(refusal),
    ...setting.guard,
  };
  const gateway = createGateway(config(upstreams, setting), guard, {
    nowMs: () => clock.nowMs,
    onFault: (error) => void faults.push(error),
  });
  const server = createServer();
  gateway.attach(server, { listen: '', isTls: false, expectsProxyProtocol: false, ...setting.listener });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    gateway.close();
    await new Promise((resolve) => server.close(resolve));
  };
  return { gateway, port, ended, refusals, faults, clock, connect: () => open(port), close };
}

/** An upstream made of node:http. */
export async function httpUpstream(answer: RequestListener): Promise<{ url: string; server: HttpServer }> {
  const server = createHttpServer(answer);
  return { url: `http://127.0.0.1:${await listen(server)}`, server };
}

/** An upstream that says what the test says. */
export async function rawUpstream(
  onConnection: (client: Client) => void,
): Promise<{ url: string; server: Server; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    onConnection(new Client(socket));
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, server, close };
}

/** The exchange is used again for the next request. */
function copyOf(exchange: Exchange): Exchange {
  const { client, request, startedAtMs, status, requestBodyBytes, responseBodyBytes } = exchange;
  const { upstreamMs, totalMs, cacheStatus, answer, site, requestId } = exchange;
  return {
    client,
    request,
    startedAtMs,
    status,
    requestBodyBytes,
    responseBodyBytes,
    upstreamMs,
    totalMs,
    cacheStatus,
    answer,
    site,
    requestId,
  };
}

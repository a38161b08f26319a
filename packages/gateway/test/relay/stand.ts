// A gateway between real client sockets and real upstreams, on free ports. The gateway's clock is the test's.

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PASS, type Exchange, type Guard, type Refusal } from '@parapet/kinds';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS, type GatewayConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/relay/gateway.ts';

export interface Setting {
  readonly guard?: Partial<Guard>;
  readonly config?: Partial<GatewayConfig>;
  readonly site?: Partial<GatewayConfig['sites'][number]>;
}

export interface Stand {
  readonly gateway: Gateway;
  readonly port: number;
  readonly config: GatewayConfig;
  readonly ended: Exchange[];
  readonly refusals: Refusal[];
  readonly faults: unknown[];
  readonly connect: () => Promise<Peer>;
  /** Lets so much time pass. */
  readonly pass: (ms: number) => void;
}

/** One end of a connection: what has been received, and a way to wait for more of it. */
export class Peer {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  isEnded = false;
  isClosed = false;
  error: Error | undefined = undefined;
  #wakes: (() => void)[] = [];

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

  /** Resolves when what was received satisfies, or nothing more will come. */
  async until(isEnough: (text: string) => boolean): Promise<string> {
    while (!isEnough(this.text) && !this.isClosed && !this.isEnded) await this.#change();
    return this.text;
  }

  async untilEnded(): Promise<string> {
    return this.until(() => false);
  }

  async untilClosed(): Promise<string> {
    while (!this.isClosed) await this.#change();
    return this.text;
  }

  /** Sends a request and resolves with what was received from then on, up to `end`. */
  async ask(request: string, end: string): Promise<string> {
    const from = this.text.length;
    this.send(request);
    return (await this.until((text) => text.slice(from).endsWith(end))).slice(from);
  }

  async #change(): Promise<void> {
    return new Promise((resolve) => this.#wakes.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

const closers: (() => Promise<void>)[] = [];

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

export async function stand(upstreams: readonly string[], setting: Setting = {}): Promise<Stand> {
  const ended: Exchange[] = [];
  const refusals: Refusal[] = [];
  const faults: unknown[] = [];
  let nowMs = Date.UTC(2026, 0, 1);
  const guard: Guard = {
    onRequest: () => PASS,
    onResponse: () => undefined,
    onEnd: (exchange) => void ended.push(copyOf(exchange)),
    onRefusal: (refusal) => void refusals.push(refusal),
    ...setting.guard,
  };
  const config = configOf(upstreams, setting);
  const gateway = createGateway(config, guard, {
    nowMs: () => nowMs,
    onFault: (error) => void faults.push(error),
  });
  const server = createServer();
  gateway.attach(server, { listen: '', isTls: false, expectsProxyProtocol: false });
  const port = await listen(server);
  closers.push(async () => {
    gateway.close();
    await closeServer(server);
  });
  return {
    gateway,
    port,
    config,
    ended,
    refusals,
    faults,
    connect: () => open(port),
    pass: (ms) => {
      nowMs += ms;
      gateway.sweep();
    },
  };
}

/** An upstream made of node:http. */
export async function httpUpstream(answer: RequestListener): Promise<string> {
  const server = createHttpServer(answer);
  closers.push(() => {
    server.closeAllConnections();
    return closeServer(server);
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

export interface RawUpstream {
  readonly url: string;
  /** In the order in which the gateway opened them. */
  readonly connections: readonly Peer[];
}

/** An upstream that says what the test says. `path` makes it a Unix socket. */
export async function rawUpstream(
  onConnection: (peer: Peer, index: number) => unknown,
  path?: string,
): Promise<RawUpstream> {
  const connections: Peer[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new Peer(socket);
    connections.push(peer);
    onConnection(peer, connections.length - 1);
  });
  const port = await listen(server, path);
  closers.push(async () => {
    for (const { socket } of connections) socket.destroy();
    await closeServer(server);
  });
  return { url: path === undefined ? `http://127.0.0.1:${port}` : `unix:${path}`, connections };
}

/** An upstream that answers each head, on any connection, with the next of these; `end` closes after it. */
export async function scripted(
  ...answers: readonly (string | { readonly end: string })[]
): Promise<RawUpstream> {
  let next = 0;
  return rawUpstream(async (peer) => {
    for (let heads = 1; next < answers.length; heads++) {
      await peer.until((text) => text.split('\r\n\r\n').length > heads);
      if (peer.isClosed || peer.isEnded) return;
      const answer = answers[next++]!;
      peer.send(typeof answer === 'string' ? answer : answer.end);
      if (typeof answer !== 'string') peer.socket.end();
    }
  });
}

/** The head of a request as the upstream got it: the line, and the headers by name in lower case. */
export function headOf(text: string): { line: string; headers: Record<string, string> } {
  const [line, ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  const headers: Record<string, string> = {};
  for (const header of lines) {
    const colon = header.indexOf(': ');
    const name = header.slice(0, colon).toLowerCase();
    headers[name] =
      name in headers ? `${headers[name]} | ${header.slice(colon + 2)}` : header.slice(colon + 2);
  }
  return { line: line!, headers };
}

async function listen(server: Server, path?: string): Promise<number> {
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

async function open(port: number): Promise<Peer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  closers.push(async () => void socket.destroy());
  return new Peer(socket);
}

async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

function configOf(upstreams: readonly string[], { config, site }: Setting): GatewayConfig {
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
    ...config,
  };
}

/** The exchange is used again for the next request. */
function copyOf(exchange: Exchange): Exchange {
  const { client, request, startedAtMs, status, requestBodyBytes, responseBodyBytes } = exchange;
  const { upstreamMs, totalMs, cacheStatus, answer, site, requestId } = exchange;
  const bytes = Buffer.alloc(200);
  const written = bytes.toString('latin1', 3, exchange.writeRequestId?.(bytes, 3) ?? 3);
  return {
    writeRequestId: (to, at) => at + Buffer.from(to.buffer, to.byteOffset).write(written, at, 'latin1'),
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

// The gateway of one process: it takes connections from listening sockets and serves them until it is told to stop.

import { randomBytes } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import {
  formatProblem,
  ipBits,
  parseIp,
  type Client,
  type Guard,
  type Ip,
  type Problem,
} from '@parapet/kinds';
import type { GatewayConfig, ListenerConfig } from '../config.ts';
import { CertificateStore } from '../edge/certificateStore.ts';
import { enter, type Arrival } from '../edge/entrance.ts';
import { Http2Connection } from '../edge/http2Connection.ts';
import { ProxySuspicion } from '../edge/proxySuspicion.ts';
import { TrustedProxies } from '../edge/trustedProxies.ts';
import type { UpstreamState } from '../edge/upstreamSet.ts';
import type { Core } from './core.ts';
import { newCounters, type GatewayCounters } from './counters.ts';
import { Http1Connection } from './http1-connection.ts';
import { RequestIds } from './request-id.ts';
import { RequestWriter } from './request-writer.ts';
import { Sites } from './sites.ts';

export interface GatewayOptions {
  nowMs(): number;
  /** A fault of our own or of the guard's; the request went on. */
  onFault(error: unknown): void;
  /** Why an upstream was answered for with 502; for the log. */
  onUpstreamError?(error: Error): void;
  /** What is wrong with the certificates now, after a file has changed. */
  onCertificates?(problems: readonly Problem[]): void;
  /** The site's secret, the same in all workers, so that one resumes the TLS sessions of another. */
  readonly siteKey?: Uint8Array;
}

/** What speaks HTTP with a client. */
interface Connection {
  readonly peer: Client;
  readonly isIdle: boolean;
  sweep(nowMs: number): void;
  close(): void;
}

export interface SiteHealth {
  readonly site: string;
  readonly upstreams: readonly UpstreamState[];
}

export interface Gateway {
  /** Serves the connections that the server accepts from now on. */
  attach(server: Server, listener: ListenerConfig): void;
  /** Requests that begin from now on follow the new configuration. */
  reload(config: GatewayConfig): void;
  /** Ends each connection after the answer in hand; resolves when the last is gone, or has been cut after the time. */
  drain(timeoutMs: number): Promise<void>;
  counters(): GatewayCounters;
  health(): readonly SiteHealth[];
  /** What the operator should know, a sentence each: certificates that end, a proxy that nobody named. */
  findings(): readonly string[];
  /** Ends what has taken too long by the clock; called twice a second by the gateway itself. */
  sweep(): void;
  /** Cuts all connections. */
  close(): void;
}

const SWEEP_MS = 500;
const CERTIFICATE_LOOK_MS = 15_000;
const LOOPBACK: Ip = parseIp('127.0.0.1')!;

export function createGateway(config: GatewayConfig, guard: Guard, options: GatewayOptions): Gateway {
  return new Relay(config, guard, options);
}

class Relay implements Gateway {
  readonly #core: Core;
  readonly #connections = new Set<Connection>();
  /** Sockets that have not come as far as HTTP. */
  readonly #arriving = new Set<Socket>();
  readonly #certificates: CertificateStore;
  /** How many connections each address has open. */
  readonly #perPeer = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #onEmpty: (() => void) | undefined = undefined;

  constructor(config: GatewayConfig, guard: Guard, options: GatewayOptions) {
    const counters = newCounters();
    const nowMs = (): number => options.nowMs();
    this.#certificates = new CertificateStore(config.certificates, {
      nowMs,
      siteKey: options.siteKey ?? randomBytes(32),
    });
    this.#certificates.watch(CERTIFICATE_LOOK_MS, (problems) => options.onCertificates?.(problems));
    this.#core = {
      config,
      sites: new Sites(config, counters, nowMs),
      suspicion: new ProxySuspicion(),
      trustedProxies: new TrustedProxies(config.trustedProxies),
      guard,
      counters,
      writer: new RequestWriter(new RequestIds()),
      isDraining: false,
      nowMs: options.nowMs(),
      clock: nowMs,
      onFault: (error) => options.onFault(error),
      onUpstreamError: (error) => options.onUpstreamError?.(error),
    };
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  attach(server: Server, listener: ListenerConfig): void {
    server.on('connection', (socket: Socket) => this.#accept(socket, listener));
  }

  reload(config: GatewayConfig): void {
    const core = this.#core;
    core.sites.close();
    core.config = config;
    core.sites = new Sites(config, core.counters, core.clock);
    core.trustedProxies = new TrustedProxies(config.trustedProxies);
    this.#certificates.reload(config.certificates);
  }

  async drain(timeoutMs: number): Promise<void> {
    const core = this.#core;
    core.isDraining = true;
    for (const connection of this.#connections) if (connection.isIdle) connection.sweep(core.nowMs);
    if (this.#connections.size + this.#arriving.size > 0) {
      const timer = setTimeout(() => this.#cutAll(), timeoutMs);
      await new Promise<void>((resolve) => (this.#onEmpty = resolve));
      clearTimeout(timer);
    }
    this.close();
  }

  counters(): GatewayCounters {
    return { ...this.#core.counters };
  }

  health(): readonly SiteHealth[] {
    return this.#core.sites.all.map(({ config, upstreams }) => ({
      site: config.name,
      upstreams: upstreams.state(),
    }));
  }

  findings(): readonly string[] {
    const suspicion = this.#core.suspicion.finding();
    const certificates = this.#certificates.problems.map(formatProblem);
    return suspicion === undefined ? certificates : [suspicion.says, ...certificates];
  }

  sweep(): void {
    const core = this.#core;
    const nowMs = (core.nowMs = core.clock());
    for (const connection of this.#connections) connection.sweep(nowMs);
    core.sites.sweep(nowMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#certificates.unwatch();
    this.#cutAll();
    this.#core.sites.close();
  }

  #cutAll(): void {
    for (const socket of this.#arriving) socket.destroy();
    for (const connection of this.#connections) connection.close();
  }

  #accept(socket: Socket, listener: ListenerConfig): void {
    const core = this.#core;
    const ip = socket.remoteAddress === undefined ? LOOPBACK : parseIp(socket.remoteAddress);
    // A peer that has gone before we could ask who it is.
    if (ip === undefined) return void socket.destroy();
    const peer: Client = { ip, words: ipBits(ip), peerIp: ip, scheme: listener.isTls ? 'https' : 'http' };
    const isTrusted = core.trustedProxies.trusts(peer.words);
    core.counters.connections++;
    if (this.#isFull(peer, isTrusted)) return this.#turnAway(socket);
    if (!listener.isTls && !(listener.expectsProxyProtocol && isTrusted))
      return this.#serve({ socket, source: undefined, protocol: 'http/1.1' }, peer, isTrusted, listener);
    this.#arriving.add(socket);
    this.#count(ip, 1);
    const timeoutMs = core.config.timeouts.headMs;
    enter(socket, listener, { isTrusted, certificates: this.#certificates, timeoutMs }, (arrival) => {
      this.#arriving.delete(socket);
      this.#count(ip, -1);
      if (arrival !== undefined) this.#arrived(arrival, peer, isTrusted, listener);
      else this.#tellIfEmpty();
    });
  }

  #arrived(arrival: Arrival, peer: Client, isTrusted: boolean, listener: ListenerConfig): void {
    const { source } = arrival;
    if (source === undefined) return this.#serve(arrival, peer, isTrusted, listener);
    const named: Client = { ...peer, ...source };
    const isNamedTrusted = this.#core.trustedProxies.trusts(named.words);
    if (this.#isFull(named, isNamedTrusted)) {
      this.#turnAway(arrival.socket);
      return this.#tellIfEmpty();
    }
    this.#serve(arrival, named, isNamedTrusted, listener);
  }

  #isFull({ ip }: Client, isTrusted: boolean): boolean {
    const { limits } = this.#core.config;
    const all = this.#connections.size + this.#arriving.size;
    return (
      all >= limits.connections || (!isTrusted && (this.#perPeer.get(ip) ?? 0) >= limits.connectionsPerClient)
    );
  }

  #turnAway(socket: Socket): void {
    this.#core.counters.turnedAway++;
    socket.on('error', () => {});
    socket.destroy();
  }

  #serve({ socket, protocol }: Arrival, peer: Client, isTrusted: boolean, listener: ListenerConfig): void {
    const core = this.#core;
    this.#count(peer.ip, 1);
    core.counters.openConnections++;
    const redirectPort = listener.redirectsToHttps === true ? httpsPort(core.config) : 0;
    this.#connections.add(
      protocol === 'h2'
        ? new Http2Connection(core, socket, peer, isTrusted, this.#closed)
        : new Http1Connection(core, socket, peer, isTrusted, this.#closed, redirectPort),
    );
  }

  readonly #closed = (connection: Connection): void => {
    const core = this.#core;
    this.#connections.delete(connection);
    core.counters.openConnections--;
    this.#count(connection.peer.ip, -1);
    this.#tellIfEmpty();
  };

  #count(ip: Ip, by: 1 | -1): void {
    const open = (this.#perPeer.get(ip) ?? 0) + by;
    if (open === 0) this.#perPeer.delete(ip);
    else this.#perPeer.set(ip, open);
  }

  #tellIfEmpty(): void {
    if (this.#connections.size + this.#arriving.size === 0) this.#onEmpty?.();
  }
}

/** Where visitors are sent who came without TLS; the usual port when nothing here speaks it. */
function httpsPort({ listeners }: GatewayConfig): number {
  const port = listeners.find(({ isTls }) => isTls)?.listen.match(/:(\d+)$/)?.[1];
  return port === undefined ? 443 : Number(port);
}

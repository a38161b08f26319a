// The gateway of one process: it takes connections from listening sockets and serves them until it is told to stop.

import type { Server, Socket } from 'node:net';
import { ipBits, parseIp, type Client, type Guard, type Ip } from '@parapet/kinds';
import type { GatewayConfig, ListenerConfig } from '../config.ts';
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
  /** Ends what has taken too long by the clock; called twice a second by the gateway itself. */
  sweep(): void;
  /** Cuts all connections. */
  close(): void;
}

const SWEEP_MS = 500;
const LOOPBACK: Ip = parseIp('127.0.0.1')!;

export function createGateway(config: GatewayConfig, guard: Guard, options: GatewayOptions): Gateway {
  return new Relay(config, guard, options);
}

class Relay implements Gateway {
  readonly #core: Core;
  readonly #connections = new Set<Http1Connection>();
  /** How many connections each address has open. */
  readonly #perPeer = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #onEmpty: (() => void) | undefined = undefined;

  constructor(config: GatewayConfig, guard: Guard, options: GatewayOptions) {
    const counters = newCounters();
    this.#core = {
      config,
      sites: new Sites(config, counters),
      trustedProxies: new TrustedProxies(config.trustedProxies),
      guard,
      counters,
      writer: new RequestWriter(new RequestIds()),
      isDraining: false,
      nowMs: options.nowMs(),
      clock: () => options.nowMs(),
      onFault: (error) => options.onFault(error),
      onUpstreamError: (error) => options.onUpstreamError?.(error),
    };
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  attach(server: Server, listener: ListenerConfig): void {
    server.on(listener.isTls ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#accept(socket, listener),
    );
  }

  reload(config: GatewayConfig): void {
    const core = this.#core;
    core.sites.close();
    core.config = config;
    core.sites = new Sites(config, core.counters);
    core.trustedProxies = new TrustedProxies(config.trustedProxies);
  }

  async drain(timeoutMs: number): Promise<void> {
    const core = this.#core;
    core.isDraining = true;
    for (const connection of this.#connections) if (connection.isIdle) connection.sweep(core.nowMs);
    if (this.#connections.size > 0) {
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

  sweep(): void {
    const core = this.#core;
    const nowMs = (core.nowMs = core.clock());
    for (const connection of this.#connections) connection.sweep(nowMs);
    core.sites.sweep(nowMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#cutAll();
    this.#core.sites.close();
  }

  #cutAll(): void {
    for (const connection of this.#connections) connection.close();
  }

  #accept(socket: Socket, listener: ListenerConfig): void {
    const core = this.#core;
    const { limits } = core.config;
    const ip = socket.remoteAddress === undefined ? LOOPBACK : parseIp(socket.remoteAddress);
    // A peer that has gone before we could ask who it is.
    if (ip === undefined) return void socket.destroy();
    const words = ipBits(ip);
    const isTrusted = core.trustedProxies.trusts(words);
    const open = this.#perPeer.get(ip) ?? 0;
    core.counters.connections++;
    if (this.#connections.size >= limits.connections || (!isTrusted && open >= limits.connectionsPerClient)) {
      core.counters.turnedAway++;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#perPeer.set(ip, open + 1);
    core.counters.openConnections++;
    const peer: Client = { ip, words, peerIp: ip, scheme: listener.isTls ? 'https' : 'http' };
    this.#connections.add(new Http1Connection(core, socket, peer, isTrusted, this.#closed));
  }

  readonly #closed = (connection: Http1Connection): void => {
    const core = this.#core;
    this.#connections.delete(connection);
    core.counters.openConnections--;
    const { ip } = connection.peer;
    const open = this.#perPeer.get(ip)! - 1;
    if (open === 0) this.#perPeer.delete(ip);
    else this.#perPeer.set(ip, open);
    if (this.#connections.size === 0) this.#onEmpty?.();
  };
}

// Answers for servers that keep their place in front of the site and ask about each request (docs/forward-auth.md).
// The same guard decides as behind our own gateway. Sockets and our own parser instead of node:http, because each
// request of the site waits for this.

import type { Server, Socket } from 'node:net';
import type { Guard } from '@parapet/kinds';
import { AskedClients } from './askedClient.ts';
import { AskConnection, type AskCore } from './askConnection.ts';

export interface ForwardAuthOptions {
  readonly guard: Guard;
  /** Ranges from which questions are taken over TCP, beside this machine. A Unix socket is guarded by its mode. */
  readonly askers?: readonly string[];
  /** Ranges or presets whose word about the client is taken when they stand in front of the server that asks. */
  readonly trustedProxies?: readonly string[];
  /** The name of the site that has the host. */
  siteOf(host: string): string;
  nowMs(): number;
  /** A fault of the guard's; the request passed. */
  onFault(error: unknown): void;
}

export interface ForwardAuthCounters {
  open: number;
  passed: number;
  /** Own answers: bans, challenges, own pages. */
  answered: number;
  /** Questions that do not say which request is meant, or are no HTTP. */
  refused: number;
  /** Connections from where nobody may ask. */
  strangers: number;
}

export interface ForwardAuth {
  counters(): ForwardAuthCounters;
  /** Ends each connection after the answer in hand; resolves when the last is gone, or has been cut after the time. */
  drain(timeoutMs: number): Promise<void>;
}

/** Answers on the connections that the server accepts from now on. */
export function serveForwardAuth(server: Server, options: ForwardAuthOptions): ForwardAuth {
  const connections = new Set<AskConnection>();
  const counters: ForwardAuthCounters = { open: 0, passed: 0, answered: 0, refused: 0, strangers: 0 };
  const core: AskCore = {
    guard: options.guard,
    clients: new AskedClients(options.askers ?? [], options.trustedProxies ?? []),
    counters,
    siteOf: (host) => options.siteOf(host),
    nowMs: () => options.nowMs(),
    onFault: (error) => options.onFault(error),
    isDraining: false,
  };
  server.on('connection', (socket: Socket) => {
    const asker = core.clients.askerOf(socket.remoteAddress);
    if (asker === undefined || core.isDraining) {
      if (asker === undefined) counters.strangers++;
      socket.destroy();
      return;
    }
    const closed = (connection: AskConnection): void => {
      connections.delete(connection);
      counters.open--;
    };
    connections.add(new AskConnection(core, socket, asker, closed));
    counters.open++;
  });
  return {
    counters: () => ({ ...counters }),
    drain: async (timeoutMs) => {
      core.isDraining = true;
      const ends = [...connections].map((connection) => connection.drain());
      let timer: NodeJS.Timeout | undefined;
      const cut = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          for (const connection of connections) connection.cut();
          resolve();
        }, timeoutMs);
      });
      await Promise.race([Promise.all(ends), cut]);
      clearTimeout(timer);
    },
  };
}

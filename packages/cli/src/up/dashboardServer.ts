// Serves the dashboard over TCP, on loopback unless told otherwise.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Dashboard } from '@parapet/dashboard';
import { parseIp } from '@parapet/kinds';

export interface DashboardServer {
  readonly url: string;
  close(): Promise<void>;
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const KEPT_MS = 30_000;
const MOST_CONNECTIONS = 500;

/**
 * Listens; resolves to a sentence that says why when it cannot: the site is protected without a page, too. Behind a web
 * server, that one says who asks: the last address of X-Forwarded-For, which it has written itself.
 */
export async function serveDashboard(
  listen: string,
  dashboard: Dashboard,
  isBehind: boolean,
): Promise<DashboardServer | { readonly problem: string }> {
  const match = /^(.*):(\d{1,5})$/.exec(listen);
  if (match === null || Number(match[2]) > 65_535)
    return { problem: `'${listen}' is no address and port; write it like '127.0.0.1:8421'` };
  const answer = getRequestListener(
    (request, env) => {
      const { socket, headers } = (env as { incoming: IncomingMessage }).incoming; // of node:http
      const peer = socket.remoteAddress ?? '';
      const told = isBehind ? headers['x-forwarded-for'] : undefined;
      const raw = [told ?? []].flat().join(',').split(',').at(-1)?.trim() ?? '';
      return dashboard(request, { ip: parseIp(raw) ?? parseIp(peer) ?? peer });
    },
    { overrideGlobalObjects: false },
  );
  // It answers 500 to what it cannot do, and never rejects.
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEPT_MS;
  server.maxConnections = MOST_CONNECTIONS;
  const problem = await listening(server, match[1]!.replace(/^\[|\]$/g, ''), Number(match[2]));
  if (problem !== undefined) return { problem: `it cannot listen on ${listen}: ${problem}` };
  const { address, port, family } = server.address() as AddressInfo; // it listens on TCP
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  return {
    url: `http://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.listen(port, host, () => resolve(undefined));
  });
}

// The real endpoint, with a guard that a test writes.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serveForwardAuth } from '@parapet/gateway';
import { PASS, type Action, type Answer, type Client, type Exchange, type RequestView } from '@parapet/kinds';

export interface Endpoint {
  readonly socketPath: string;
  readonly asked: { readonly request: RequestView; readonly client: Client }[];
  readonly ended: Exchange[];
  /** What is decided; PASS when nothing is set. */
  decide: (request: RequestView, client: Client) => Action;
  readonly close: () => Promise<void>;
}

export async function startEndpoint(): Promise<Endpoint> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-sdk-'));
  const server = createServer({ allowHalfOpen: true });
  const auth = serveForwardAuth(server, {
    guard: {
      onRequest: (asked, client) => {
        endpoint.asked.push({ request: kept(asked), client });
        return endpoint.decide(asked, client);
      },
      onResponse: () => undefined,
      onEnd: (exchange) => endpoint.ended.push({ ...exchange, request: kept(exchange.request) }),
      onRefusal: () => {},
    },
    siteOf: () => 'main',
    nowMs: () => Date.now(),
    onFault: () => {},
  });
  const endpoint: Endpoint = {
    socketPath: path.join(folder, 'auth.sock'),
    asked: [],
    ended: [],
    decide: () => PASS,
    close: async () => {
      server.close();
      await auth.drain(200);
      rmSync(folder, { recursive: true });
    },
  };
  server.listen(endpoint.socketPath);
  await once(server, 'listening');
  return endpoint;
}

/** A request can be asked only while it lasts. */
function kept(request: RequestView): RequestView {
  const { method, rawTarget, host, version } = request;
  const headers = new Map(request.headers());
  return { method, rawTarget, host, version, header: (name) => headers.get(name), headers: () => headers };
}

export const BLOCKED: Answer = {
  status: 403,
  headers: [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Cache-Control', 'no-store'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ],
  body: '<p>Blocked, ücht.</p>',
  cause: 'ban',
  recordId: '0a1b2c3d',
};

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export async function get(
  port: number,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  more: { readonly method?: string; readonly body?: string } = {},
): Promise<Got> {
  const method = more.method ?? 'GET';
  const req = request({ host: '127.0.0.1', port, path: target, method, headers, agent: false });
  req.end(more.body);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of res) body += String(chunk);
  return { status: res.statusCode!, headers: res.headers, body };
}

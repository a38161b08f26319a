// The endpoint with the guard of real life, and a site that says what it was sent.

import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer as createSite,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Challenge, DecisionTable, LocalLink, SiteGuard, type TableDecision } from '@parapet/enforcement';
import { parseIp, type Exchange, type Guard } from '@parapet/kinds';
import { serveForwardAuth, type ForwardAuth, type ForwardAuthOptions } from '../../src/index.ts';

export interface Place {
  readonly socketPath: string;
  readonly auth: ForwardAuth;
  readonly table: DecisionTable;
  readonly told: Exchange[];
  readonly faults: unknown[];
  readonly guard: SiteGuard;
  readonly decide: (ip: string, remediation: TableDecision['remediation']) => string;
  readonly close: () => Promise<void>;
}

const SECRET = randomBytes(32);
const nowMs = (): number => Date.now();

export async function startPlace(options: Partial<ForwardAuthOptions> = {}): Promise<Place> {
  const told: Exchange[] = [];
  const table = new DecisionTable();
  const guard = new SiteGuard({
    table,
    challenge: new Challenge({
      secrets: [SECRET],
      nowMs,
      random: randomBytes,
      delay: () => Promise.resolve(),
    }),
    settings: {
      sites: [{ name: 'main', mode: 'enforce', closedPaths: [], neverChallenge: [] }],
      throttle: { throttle: { perSecond: 0.01, burst: 1, queue: 0, maxWaitMs: 0 } },
    },
    link: new LocalLink({ onEvent: (exchange) => told.push(exchange) }, nowMs),
    secrets: [SECRET],
    trustEpoch: 0,
    nowMs,
    sleep: () => Promise.resolve(),
  });
  const served = await serve(guard, options);
  return {
    ...served,
    table,
    told,
    guard,
    decide: (ip, remediation) => {
      const id = randomUUID();
      table.add({
        id,
        target: { scope: 'ip', value: parseIp(ip)! },
        remediation,
        expiresAtMs: nowMs() + 3_600_000,
        scenario: 'parapet/http-probing',
        origin: 'scenario',
        simulated: false,
      });
      return id.slice(0, 8);
    },
  };
}

/** The endpoint on a Unix socket. */
export async function serve(
  guard: Guard,
  options: Partial<ForwardAuthOptions> = {},
): Promise<Pick<Place, 'socketPath' | 'auth' | 'faults' | 'close'>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-auth-'));
  const socketPath = path.join(folder, 'auth.sock');
  const faults: unknown[] = [];
  const server = createServer({ allowHalfOpen: true });
  const auth = serveForwardAuth(server, {
    guard,
    siteOf: () => 'main',
    nowMs,
    onFault: (error) => faults.push(error),
    ...options,
  });
  server.listen(socketPath);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    await auth.drain(100);
    rmSync(folder, { recursive: true, force: true });
  };
  return { socketPath, auth, faults, close };
}

/** A site that answers with what it was sent. */
export async function startSite(): Promise<{ readonly port: number; close(): void }> {
  const site = createSite((req, res) => {
    if (req.url === '/forbidden') res.statusCode = 403;
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers }));
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  return {
    port: (site.address() as AddressInfo).port,
    close: () => {
      site.close();
      site.closeAllConnections();
    },
  };
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks as a visitor does, or as a server when `to` is the path of a socket. */
export async function get(
  to: number | string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  more: { readonly method?: string; readonly body?: string } = {},
): Promise<Got> {
  const where = typeof to === 'number' ? { host: '127.0.0.1', port: to } : { socketPath: to };
  const req = request({ ...where, path: target, method: more.method ?? 'GET', headers, agent: false });
  req.end(more.body);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of res) body += String(chunk);
  return { status: res.statusCode!, headers: res.headers, body };
}

// A small site behind a gateway for each test of appsec-rules: real sockets, the gateway's own code, and the rules of
// that test as all that judges. It runs in a process of its own, as a gateway does (siteProcess.ts).

import { randomBytes } from 'node:crypto';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  appsecDetector,
  AppsecRules,
  createInspector,
  INSPECTION_DEFAULTS,
  loadAppsecRules,
  type AppsecRuleFile,
  type RequestParts,
} from '@parapet/engine';
import { Challenge, DecisionTable, LocalLink, SiteGuard } from '@parapet/enforcement';
import {
  createGateway,
  GATEWAY_LIMITS,
  GATEWAY_TIMEOUTS,
  type GatewayConfig,
  type SiteConfig,
} from '@parapet/gateway';
import type { InspectedRequest, Inspector } from '@parapet/kinds';
import { dataFilesOf } from '../collectItems.ts';

/** What a site is behind; plain data, so that it can be handed to a process. */
export interface TestRules {
  readonly files: readonly AppsecRuleFile[];
  readonly dataFolders: readonly string[];
}

export interface OpenSite {
  readonly port: number;
  close(): Promise<void>;
}

export interface TestSites {
  open(rules: TestRules): Promise<OpenSite>;
  end(): Promise<void>;
}

const LISTENER = { listen: '127.0.0.1:0', isTls: false, expectsProxyProtocol: false };
const BODY_BYTES = 256 * 1024;
const LOOPBACK = '127.0.0.1';

/** Returns the maker of sites; all of them have one upstream. */
export async function createTestSites(): Promise<TestSites> {
  const upstream = createHttpServer((request, response) => {
    request.resume();
    const status = statusOf(request.method ?? '', request.url ?? '');
    response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><body>${status}</body></html>\n`);
  });
  const address = `http://${LOOPBACK}:${await listen(upstream)}`;
  return {
    open: async (rules) => openSite(address, inspectorOf(rules)),
    end: async () => {
      upstream.closeAllConnections();
      await close(upstream);
    },
  };
}

/** As the hub's own site for these tests: a plain server with one page. */
function statusOf(method: string, url: string): number {
  const isRead = method === 'GET' || method === 'HEAD';
  const [path] = url.split('?');
  const isPage = path === '/' || path === '/index.html';
  if (isPage) return isRead ? 200 : 405;
  return isRead || method === 'POST' ? 404 : 405;
}

/** Only the rules speak: nothing else of what Parapet knows about attacks has a say in a test of a rule. */
function inspectorOf({ files, dataFolders }: TestRules): Inspector {
  const loaded = loadAppsecRules(files, { dataFile: dataFilesOf(dataFolders) });
  // A test says what its rule finds, not how sure its author is of it.
  const rules = loaded.rules.map((rule) => ({ ...rule, labels: { ...rule.labels, confidence: 3 } }));
  return createInspector({
    decode: undecoded,
    detectors: [appsecDetector(new AppsecRules(rules))],
    settings: INSPECTION_DEFAULTS,
  });
}

/** AppSec rules read the request for themselves. */
function undecoded(request: InspectedRequest): RequestParts {
  const { method } = request;
  return { request, method, path: '/', host: '', mediaType: '', parts: [], anomalies: [] };
}

async function openSite(upstream: string, inspector: Inspector): Promise<OpenSite> {
  const site: SiteConfig = {
    name: 'test',
    hosts: ['*'],
    upstreams: [upstream],
    hostHeader: 'client',
    health: undefined,
    mode: 'enforce',
    closedPaths: [],
    neverChallenge: [],
  };
  const config: GatewayConfig = {
    listeners: [LISTENER],
    certificates: [],
    sites: [site],
    trustedProxies: [],
    limits: GATEWAY_LIMITS,
    timeouts: GATEWAY_TIMEOUTS,
    workers: 1,
    dataDir: '',
  };
  const gateway = createGateway(config, guardOf(site, inspector), { nowMs: Date.now, onFault: () => {} });
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  gateway.attach(server, LISTENER);
  const port = await listen(server);
  return {
    port,
    close: async () => {
      gateway.close();
      await close(server);
    },
  };
}

function guardOf(site: SiteConfig, inspector: Inspector): SiteGuard {
  const secrets = [randomBytes(32)];
  const nowMs = Date.now;
  const wait = (ms: number): Promise<void> => sleep(ms);
  return new SiteGuard({
    table: new DecisionTable(),
    challenge: new Challenge({ secrets, nowMs, random: (size) => randomBytes(size), delay: wait }),
    settings: { sites: [{ ...site, inspection: 'enforce' }] },
    link: new LocalLink({}, nowMs),
    secrets,
    trustEpoch: 0,
    inspection: { inspector, bodyBytes: BODY_BYTES, newRecordId: () => randomBytes(4).toString('hex') },
    nowMs,
    sleep: wait,
  });
}

async function listen(server: Server | HttpServer): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  return (server.address() as AddressInfo).port; // it listens on TCP
}

async function close(server: Server | HttpServer): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

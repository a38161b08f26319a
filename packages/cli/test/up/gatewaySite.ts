// A site behind `parapet up --upstream`, as processes: the built program, a server of our own behind it, and
// requests in front of it that say whom they come from.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askSupervisor } from '@parapet/gateway';
import { onTestFinished } from 'vitest';

const PARAPET: string = path.resolve(import.meta.dirname, '../../bin/parapet.js');
export const isBuilt: boolean = fs.existsSync(path.resolve(import.meta.dirname, '../../dist/main.js'));

export interface Gateway {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<unknown[]>;
  readonly port: number;
  text: () => string;
  says: (words: string) => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface GatewaySite {
  readonly folder: string;
  readonly dataDir: string;
  readonly upstreamPort: number;
  /** Answers of the site to requests that the site has seen. */
  readonly seen: string[];
  /** How the site answers; false leaves it to the test's site. */
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  start: (args?: readonly string[]) => Promise<Gateway>;
  /** `parapet gateway`, which has no engine of its own. */
  startGatewayAlone: () => Promise<Gateway>;
  spawn: (...args: readonly string[]) => Gateway;
  /** Starts and waits for its end. */
  refused: (args: readonly string[]) => Promise<{ readonly code: number; readonly text: string }>;
  /** Asks as the visitor with this address; status 0 when nobody answers. */
  get: (port: number, target: string, ip?: string) => Promise<Answer>;
  parapet: (...args: readonly string[]) => Promise<string>;
  status: () => Promise<{ engine: number; workers: readonly number[] }>;
  /** Whether every worker hears the engine. */
  areConnected: () => Promise<boolean>;
  health: (port: number) => Promise<Record<string, unknown>>;
  config: (yaml: string) => void;
}

/** Paths that the site has; all others are 404. */
export async function gatewaySite(yaml = '', name = 'data'): Promise<GatewaySite> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-gw-'));
  const dataDir = path.join(folder, name);
  const agent = new http.Agent({ keepAlive: false });
  const site: GatewaySite = {
    folder,
    dataDir,
    upstreamPort: 0,
    seen: [],
    answer: () => false,
    start: async (args = []) => {
      const gateway = spawnParapet(['up', '--upstream', upstream(), '--port', '0', ...args], folder, dataDir);
      await gateway.says('The site is protected at');
      const port = Number(/protected at https?:\/\/[^:]+:(\d+)/.exec(gateway.text())?.[1]);
      await until(async () => (await site.get(port, '/')).status !== 0, 'it never served');
      await until(() => areConnected(dataDir), 'a worker never heard the engine');
      return { ...gateway, port };
    },
    startGatewayAlone: async () => {
      const gateway = spawnParapet(['gateway', '--upstream', upstream(), '--port', '0'], folder, dataDir);
      await gateway.says('The site is protected at');
      return { ...gateway, port: Number(/protected at http:\/\/[^:]+:(\d+)/.exec(gateway.text())?.[1]) };
    },
    spawn: (...args) => spawnParapet(args, folder, dataDir),
    refused: async (args) => {
      const gateway = spawnParapet(['up', ...args], folder, dataDir);
      const [code] = (await gateway.ended) as [number];
      return { code, text: gateway.text() };
    },
    get: (port, target, ip = '198.51.100.1') => get(agent, port, target, ip),
    parapet: async (...args) =>
      (
        await promisify(execFile)(process.execPath, [PARAPET, ...args, '--data-dir', dataDir], {
          cwd: folder,
        })
      ).stdout,
    status: () => statusOf(dataDir),
    areConnected: () => areConnected(dataDir),
    health: async (port) => {
      const { body } = await get(agent, port, '/.parapet/health', '');
      return (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>; // the worker's own words
    },
    config: (text) => {
      // What scanners ask for has to reach the site here: that is what the perimeter and these tests count.
      const more = text.includes('inspection:') ? '' : 'inspection: { mode: off }\n';
      fs.writeFileSync(path.join(folder, 'parapet.yaml'), text + more);
    },
  };
  const server = http.createServer((request, response) => {
    site.seen.push(request.url ?? '');
    if (site.answer(request, response)) return;
    const isThere = request.url === '/' || request.url?.startsWith('/page') === true;
    response.statusCode = isThere ? 200 : 404;
    response.end(isThere ? 'the site' : 'nothing here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstreamPort = (server.address() as AddressInfo).port; // it listens on TCP
  const upstream = (): string => `http://127.0.0.1:${upstreamPort}`;
  Object.assign(site, { upstreamPort });
  site.config(yaml === '' ? 'gateway: { trusted_proxies: [127.0.0.1], workers: 2 }\n' : yaml);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    for (const pid of await workersLeft(dataDir)) kill(pid);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return site;
}

function spawnParapet(args: readonly string[], folder: string, dataDir: string): Gateway {
  const child = spawn(process.execPath, [PARAPET, ...args, '--data-dir', dataDir], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const add = (chunk: Buffer): void => void (text += chunk.toString());
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const isOver = await Promise.race([ended.then(() => true), pause(5000, false, { ref: false })]);
    if (!isOver) child.kill('SIGKILL');
  });
  return {
    child,
    pid: child.pid!,
    ended,
    port: 0,
    text: () => text,
    says: (words) =>
      until(() => {
        if (child.exitCode !== null && !text.includes(words)) throw new Error(`It ended:\n${text}`);
        return text.includes(words);
      }, `it never said "${words}"`).catch((error: unknown) => {
        throw new Error(`${String(error)}, but:\n${text}`);
      }),
  };
}

function get(agent: http.Agent, port: number, target: string, ip: string): Promise<Answer> {
  return new Promise((resolve) => {
    const headers: Record<string, string> = ip === '' ? {} : { 'x-forwarded-for': ip };
    const request = http.get({ host: '127.0.0.1', port, path: target, agent, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve({ status: 0, body }));
    });
    request.setTimeout(10_000, () => request.destroy());
    request.on('error', () => resolve({ status: 0, body: '' }));
  });
}

async function areConnected(dataDir: string): Promise<boolean> {
  const workers = (await askSupervisor(dataDir))?.workers ?? [];
  return workers.length > 0 && workers.every(({ health }) => health?.engine.isConnected === true);
}

/** Who runs: the engine by its own word, the workers by that of the kernel. */
async function statusOf(dataDir: string): Promise<{ engine: number; workers: readonly number[] }> {
  const file = path.join(dataDir, 'engine.pid');
  const engine = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number }).pid : 0;
  return { engine, workers: await workersLeft(dataDir) };
}

/** Workers are told their data directory when they start, and the kernel says which sockets they hold. */
async function workersLeft(dataDir: string): Promise<readonly number[]> {
  const status = await askSupervisor(dataDir);
  const orphans = fs.existsSync(dataDir)
    ? fs.readdirSync(dataDir).flatMap((name) => /^worker-(\d+)\.sock$/.exec(name)?.[1] ?? [])
    : [];
  return [...(status?.workers ?? []).map(({ pid }) => pid), ...orphans.map(Number)];
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

export async function until(isTrue: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(otherwise);
    await pause(10);
  }
}

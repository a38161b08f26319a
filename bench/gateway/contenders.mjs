// Who takes part: each knows what it needs, and how it is started in front of the same site.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort, hasProgram } from '../measure.mjs';
import { missingForModSecurity, startAuthRequest, startModSecurity, startPlainProxy } from './nginx.mjs';
import { commandLine, isPinned, moveTo, startProgram, tree, until, untilListening } from './processes.mjs';

/** Decisions in force, none of them on the client. */
const DECISIONS = 100_000;

/** What `parapet up` gives its workers; all programs in Node get it. */
const FLAGS = ['--max-semi-space-size=64'];

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

/**
 * `start` gets the folder and the port of the backend and returns the port to ask and the programs whose processor
 * time counts; `bars` say what is expected of it: the least share of (or multiple over) another contender.
 */
export const CONTENDERS = [
  {
    id: 'nginx',
    name: 'nginx, plain reverse proxy',
    sizes: ['1k', '20k'],
    inLatency: true,
    missing: () => (hasProgram('nginx') ? undefined : 'nginx is not installed'),
    start: (folder, backendPort) => ofNginx(startPlainProxy(folder, CORES.proxy, backendPort)),
  },
  {
    id: 'pass',
    name: 'gateway, everything passes',
    sizes: ['1k', '20k'],
    inLatency: true,
    bars: [
      { size: '1k', of: 'nginx', atLeast: 0.8 },
      { size: '20k', of: 'nginx', atLeast: 0.6 },
      { size: '1k', of: 'undici', atLeast: 2 },
      { size: '1k', of: 'http-proxy', atLeast: 4 },
    ],
    latencyBar: { of: 'nginx', atMost: 2.2 },
    missing: () => missingInBuild('gateway', 'createGateway'),
    start: (folder, backendPort) => nodeProgram('gateway', 'pass-through.mjs', backendPort),
  },
  {
    id: 'whole',
    name: 'gateway: look-up, buckets, events',
    sizes: ['1k', '20k'],
    inLatency: true,
    bars: [{ size: '1k', of: 'nginx', atLeast: 0.65 }],
    latencyBar: { of: 'nginx', atMost: 2.2 },
    start: startWhole,
  },
  {
    id: 'inspected',
    name: 'the same, and what is in the request is inspected',
    sizes: ['1k'],
    inLatency: true,
    bars: [{ size: '1k', of: 'modsecurity', atLeast: 10 }],
    start: (folder, backendPort) => startWhole(folder, backendPort, { inspection: 'enforce' }),
  },
  {
    id: 'banned',
    name: 'gateway, to a client that is banned',
    sizes: ['1k'],
    isRefused: true,
    bars: [{ size: '1k', of: 'nginx', atLeast: 1.5 }],
    start: (folder, backendPort) => startWhole(folder, backendPort, { isBanned: true }),
  },
  {
    id: 'undici',
    name: 'node:http and undici',
    sizes: ['1k', '20k'],
    inLatency: true,
    start: (folder, backendPort) => nodeProgram('node:http and undici', 'peers/undici.mjs', backendPort),
  },
  {
    id: 'http-proxy',
    name: 'http-proxy',
    sizes: ['1k', '20k'],
    inLatency: true,
    start: (folder, backendPort) => nodeProgram('http-proxy', 'peers/http-proxy.mjs', backendPort),
  },
  {
    id: 'auth',
    name: 'nginx that asks Parapet (auth_request)',
    sizes: ['1k'],
    inLatency: true,
    bars: [{ size: '1k', of: 'nginx', atLeast: 0.5 }],
    missing: () => (hasProgram('nginx') ? undefined : 'nginx is not installed'),
    start: async (folder, backendPort) => {
      const socket = path.join(folder, 'ask.sock');
      const parapet = await startWhole(folder, backendPort, { socket });
      const { port, program } = await startAuthRequest(folder, CORES.proxy, backendPort, socket);
      const programs = [...parapet.programs, program];
      // Both count: who asks, and who answers.
      return {
        ...parapet,
        port,
        programs,
        processes: () => [...tree([program.pid]), ...parapet.processes()],
      };
    },
  },
  {
    id: 'modsecurity',
    name: 'nginx, ModSecurity 3, Core Rule Set',
    sizes: ['1k'],
    inLatency: true,
    isSlow: true,
    missing: () => (hasProgram('nginx') ? missingForModSecurity() : 'nginx is not installed'),
    start: (folder, backendPort) => ofNginx(startModSecurity(folder, CORES.proxy, backendPort)),
  },
];

/** One core for what is measured, one for the site, one for the client, one for what works beside. */
export const CORES = { proxy: 0, backend: 1, client: 2, beside: 3 };

/**
 * What `parapet up --upstream` starts, with one worker and many decisions; the engine's time is told beside it. What it
 * costs to look into requests is measured by bench/inspection.mjs, and left out but for the row that says so.
 */
export async function startWhole(
  folder,
  backendPort,
  { isBanned = false, socket, inspection = 'off', more = [] } = {},
) {
  const parapet = path.join(root, 'packages/cli/bin/parapet.js');
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'parapet.yaml');
  const lines = [
    'inspection:',
    `  mode: ${inspection}`,
    'gateway:',
    '  workers: 1',
    `  upstream: http://127.0.0.1:${backendPort}`,
    '  listen:',
  ];
  if (socket === undefined) lines.push(`    - address: 127.0.0.1:${port}`);
  else lines.push(`    - address: unix:${socket}`, '      serves: forward-auth');
  writeFileSync(config, `${[...lines, ...more].join('\n')}\n`);
  const list = path.join(folder, 'decisions.txt');
  const addresses = Array.from(
    { length: DECISIONS },
    (_, i) => `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`,
  );
  writeFileSync(list, addresses.join('\n'));
  const where = ['--data-dir', path.join(folder, 'data')];
  execFileSync(process.execPath, [parapet, 'decisions', 'import', list, ...where], { stdio: 'pipe' });
  // A private address is banned only when somebody insists.
  if (isBanned)
    execFileSync(process.execPath, [parapet, 'decisions', 'add', '--ip', '127.0.0.1', '--force', ...where], {
      stdio: 'pipe',
    });
  const program = startProgram(
    'parapet',
    CORES.proxy,
    process.execPath,
    [parapet, 'up', '--config', config, ...where],
    { cwd: folder },
  );
  await untilListening(socket ?? port, program);
  const called = (words) => tree([program.pid]).filter((pid) => commandLine(pid).includes(words));
  await until(async () => called('gateway-worker').length > 0 && (!isBanned || (await refuses(port))));
  // The engine works beside the worker, not instead of it.
  if (isPinned) for (const pid of called('parapet.js engine')) moveTo(CORES.beside, pid);
  return {
    port,
    programs: [program],
    processes: () => called('gateway-worker'),
    beside: () => called('parapet.js engine'),
  };
}

async function refuses(port) {
  const { status } = await fetch(`http://127.0.0.1:${port}/`);
  return status === 403;
}

async function ofNginx(starting) {
  const { port, program } = await starting;
  return { port, programs: [program] };
}

async function nodeProgram(name, file, backendPort) {
  const port = await freePort();
  const program = startProgram(
    name,
    CORES.proxy,
    process.execPath,
    [...FLAGS, path.join(here, file), String(port), String(backendPort)],
    { cwd: root },
  );
  await untilListening(port, program);
  return { port, programs: [program] };
}

/** What the built package does not offer (yet), as words. */
async function missingInBuild(packageName, word) {
  const built = path.join(root, 'packages', packageName, 'dist/index.js');
  if (!existsSync(built)) return `packages/${packageName} is not built`;
  const offered = await import(pathToFileURL(built).href);
  return word in offered ? undefined : `packages/${packageName} has no ${word}`;
}

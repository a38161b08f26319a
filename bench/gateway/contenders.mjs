// Who takes part: each knows what it needs, and how it is started in front of the same site.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hasProgram } from '../measure.mjs';
import { missingForModSecurity, startAuthRequest, startModSecurity, startPlainProxy } from './nginx.mjs';
import { freePort, startProgram, untilListening } from './processes.mjs';

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
    missing: () => missingInBuild('gateway', 'serveForwardAuth'),
    start: async (folder, backendPort) => {
      mkdirSync(folder, { recursive: true });
      const socket = path.join(folder, 'auth.sock');
      const endpoint = startProgram('endpoint', CORES.beside, process.execPath, [
        path.join(here, 'auth-endpoint.mjs'),
        socket,
      ]);
      await untilListening(socket, endpoint);
      const { port, program } = await startAuthRequest(folder, CORES.proxy, backendPort, socket);
      return { port, programs: [program, endpoint] };
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
    [path.join(here, file), String(port), String(backendPort)],
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

// npm run bench:inspection [-- --seconds 1 --rounds 6 --only in-process,gateway --record]
// What does it cost to look into requests for attacks? In one process, by the time of each inspection; and as a gateway,
// beside nginx that only passes requests on and nginx with ModSecurity and the Core Rule Set, by requests per second of
// processor time. Requests are of honest visitors, no two of them the same.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { CORES, startWhole } from './gateway/contenders.mjs';
import { percentile } from './gateway/latency.mjs';
import { missingForModSecurity, startBackend, startModSecurity, startPlainProxy } from './gateway/nginx.mjs';
import { cpuSeconds, pinned, tree } from './gateway/processes.mjs';
import { document, form, numbers, pageView, records } from './inspection/requests.mjs';
import { hasProgram, median, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '6' },
    only: { type: 'string', default: 'in-process,gateway' },
    record: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const CONNECTIONS = 64;
const KINDS = ['get', 'form'];
const IN_PROCESS = [
  { name: 'GET, 140 bytes of query', make: pageView, count: 20_000, atMostUs: 100 },
  { name: 'form post of 1 KiB', make: form, count: 8000, atMostUs: 150 },
  { name: 'JSON of 64 KiB, articles', make: document, count: 200, atMostUs: 1500 },
  { name: 'JSON of 64 KiB, records', make: records, count: 200, atMostUs: 1500 },
  { name: 'JSON of 64 KiB, numbers', make: numbers, count: 200, atMostUs: 1500 },
];

setUp({ quiet: true });
const parts = options.only.split(',');
const inProcess = parts.includes('in-process') ? await inspectHere() : [];
const throughput = parts.includes('gateway') ? await inspectInFront() : [];
report();

/** Each kind in turns; the first turn warms up. */
async function inspectHere() {
  const { prepareInspector } = await import(
    pathToFileURL(path.join(root, 'packages/cli/dist/inspection/prepareInspector.js')).href
  );
  const inspector = prepareInspector();
  const rows = IN_PROCESS.map((one) => ({ ...one, times: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const { make, count, times } of rows) {
      const requests = Array.from({ length: count }, (_, i) => make(round * count + i));
      for (const request of requests) {
        const startedAt = process.hrtime.bigint();
        inspector.inspect(request);
        if (round > 0) times.push(Number(process.hrtime.bigint() - startedAt) / 1000);
      }
    }
  }
  const { faults } = inspector.counts();
  if (faults > 0) throw new Error(`the inspector failed ${faults} times`);
  return rows.map(({ name, make, times, atMostUs }) => ({
    name,
    bytes: make(1).body?.length ?? make(1).rawTarget.length,
    p50Us: percentile(times, 0.5),
    p99Us: percentile(times, 0.99),
    atMostUs,
  }));
}

async function inspectInFront() {
  for (const program of ['nginx', 'wrk']) {
    if (hasProgram(program)) continue;
    console.error(`${program} is not installed: gateways are left out`);
    return [];
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-bench-inspection-'));
  const started = [];
  try {
    const backend = await startBackend(path.join(folder, 'backend'), CORES.backend);
    started.push(backend.program);
    const running = [];
    for (const contender of contenders()) {
      const missing = contender.missing?.();
      if (missing !== undefined) {
        console.error(`${contender.name}: left out, ${missing}`);
        continue;
      }
      const it = await contender.start(path.join(folder, contender.id), backend.port);
      started.push(...it.programs);
      running.push({ ...contender, ...it });
    }
    return await measure(running);
  } finally {
    for (const program of started.toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders() {
  const ofNginx = async (starting) => {
    const { port, program } = await starting;
    return { port, programs: [program], processes: () => tree([program.pid]) };
  };
  return [
    {
      id: 'nginx',
      name: 'nginx, plain reverse proxy',
      start: (folder, port) => ofNginx(startPlainProxy(folder, CORES.proxy, port)),
    },
    {
      id: 'parapet',
      name: 'Parapet, inspecting',
      start: (folder, port) => startWhole(folder, port, { inspection: 'enforce' }),
    },
    {
      id: 'plain',
      name: 'Parapet, not inspecting',
      start: (folder, port) => startWhole(folder, port),
    },
    {
      id: 'modsecurity',
      name: 'nginx, ModSecurity 3, Core Rule Set',
      missing: missingForModSecurity,
      start: (folder, port) => ofNginx(startModSecurity(folder, CORES.proxy, port)),
    },
  ];
}

/** In each round nginx has its turn right before each other, so that both see the same machine. */
async function measure(running) {
  const [nginx, ...others] = running;
  const rows = [];
  for (const kind of KINDS) {
    for (const one of running) for (let turn = 0; turn < 3; turn++) await load(one, kind, 2);
    const runs = new Map(running.map(({ id }) => [id, []]));
    const ratios = new Map(others.map(({ id }) => [id, []]));
    for (let round = 0; round < rounds; round++) {
      for (const one of others) {
        const before = await load(nginx, kind, Number(options.seconds));
        const own = await load(one, kind, Number(options.seconds));
        runs.get('nginx').push(before);
        runs.get(one.id).push(own);
        ratios.get(one.id).push(own / before);
      }
    }
    const slow = ratios.get('modsecurity');
    for (const { id, name } of running) {
      const ofNginx = ratios.has(id) ? median(ratios.get(id)) : undefined;
      rows.push({
        id,
        name,
        kind: kind === 'get' ? 'GET' : 'POST, 1 KiB',
        requestsPerCpuSecond: median(runs.get(id)),
        ...(ofNginx === undefined ? {} : { ofNginx }),
        ...(ofNginx === undefined || slow === undefined ? {} : { ofModSecurity: ofNginx / median(slow) }),
      });
    }
  }
  return rows;
}

/** Requests per second of processor time. */
async function load({ name, port, processes }, kind, seconds) {
  const measured = processes();
  const before = cpuSeconds(measured);
  const [command, args] = pinned(CORES.client, 'wrk', [
    ...['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '20s'],
    ...['-s', path.join(root, 'bench/inspection/load.lua')],
    `http://127.0.0.1:${port}`,
  ]);
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, KIND: kind } });
  const after = cpuSeconds(measured);
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  if (result.requests === 0 || result.broken > 0 || result.refused > 0)
    throw new Error(`${name}, ${kind}: not the answers expected: ${JSON.stringify(result)}`);
  return result.requests / (after - before);
}

function report() {
  const bars = [];
  if (inProcess.length > 0) {
    printTable([
      ['one inspection', 'bytes', 'p50 us', 'p99 us'],
      ...inProcess.map(({ name, bytes, p50Us, p99Us }) => [name, bytes, p50Us.toFixed(0), p99Us.toFixed(0)]),
    ]);
    console.log('');
    for (const { name, p50Us, atMostUs } of inProcess)
      bars.push([`${name}: p50 us`, p50Us.toFixed(0), `<= ${atMostUs}`, p50Us <= atMostUs]);
  }
  if (throughput.length > 0) {
    printTable([
      ['', 'request', 'requests per CPU-s', 'of nginx', 'of ModSecurity'],
      ...throughput.map((row) => [
        row.name,
        row.kind,
        Math.round(row.requestsPerCpuSecond),
        row.ofNginx === undefined ? '' : `${Math.round(row.ofNginx * 100)} %`,
        row.ofModSecurity === undefined ? '' : `${row.ofModSecurity.toFixed(1)} x`,
      ]),
    ]);
    console.log('');
    const own = throughput.find(({ id, kind }) => id === 'parapet' && kind === 'GET');
    bars.push(['of nginx, GET', own.ofNginx.toFixed(2), '>= 0.5', own.ofNginx >= 0.5]);
    if (own.ofModSecurity !== undefined)
      bars.push(['of ModSecurity, GET', own.ofModSecurity.toFixed(1), '>= 25', own.ofModSecurity >= 25]);
  }
  printTable([
    ['bar', 'is', 'wanted', ''],
    ...bars.map(([what, is, wanted, isMet]) => [what, is, wanted, isMet ? 'met' : 'NOT MET']),
  ]);
  if (!options.record) return;
  const file = path.join(root, 'bench/results/inspection.json');
  // What was not measured now stays as it was.
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const result = {
    benchmark: 'inspection',
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    rounds,
    inProcess: parts.includes('in-process') ? inProcess : (before.inProcess ?? []),
    throughput: parts.includes('gateway') ? throughput : (before.throughput ?? []),
  };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

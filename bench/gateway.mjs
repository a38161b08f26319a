// npm run bench:gateway [-- --seconds 1 --rounds 8 --only nginx,pass --record]
// What does it cost to have Parapet in front of a site, beside what nginx costs there? Every contender stands in front
// of the same site on a core of its own, and nginx has its turn before each turn of another, so that both meet the
// same machine: who shares its cores and caches, other programs as well as other guests of the host, changes within
// seconds what a request costs, for a large program more than for a small one. What counts is requests per second of
// processor time, and of the pairs of turns that half in which others took least of the cores. A contender that is
// not installed is left out and named.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { createServer } from 'node:net';
import { parseArgs, promisify } from 'node:util';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from '../scripts/setup.mjs';
import { CONTENDERS, CORES } from './gateway/contenders.mjs';
import { percentile, timeRequests } from './gateway/latency.mjs';
import { startBackend } from './gateway/nginx.mjs';
import {
  coresInUse,
  coresSeconds,
  cpuSeconds,
  cpuSecondsOfEnded,
  pinned,
  residentMb,
  tree,
} from './gateway/processes.mjs';
import { hasProgram, median, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: '' },
    latency: { type: 'boolean', default: true },
    record: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const LATENCY_REQUESTS = 2000;
const WARM_REQUESTS = 60_000;

for (const program of ['nginx', 'wrk']) {
  if (hasProgram(program)) continue;
  console.error(`${program} is not installed, and nothing can be measured without it`);
  process.exit(1);
}
setUp({ quiet: true });

const folder = mkdtempSync(path.join(tmpdir(), 'parapet-bench-gateway-'));
const started = [];
const backendPids = [];
try {
  const backend = await startBackend(path.join(folder, 'backend'), CORES.backend);
  const running = await startAll(backend);
  const throughput = await measureThroughput(running);
  const latency = options.latency ? await measureLatency(running, backend) : [];
  report(throughput, latency);
} finally {
  for (const stop of started.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startAll(backend) {
  started.push(() => backend.program.stop());
  backendPids.push(...tree([backend.program.pid]));
  const wanted = options.only === '' ? [] : options.only.split(',');
  const running = [];
  for (const contender of CONTENDERS) {
    if (wanted.length > 0 && !wanted.includes(contender.id)) continue;
    const missing = await contender.missing?.();
    if (missing !== undefined) {
      console.error(`${contender.name}: left out, ${missing}`);
      continue;
    }
    const it = await contender.start(path.join(folder, contender.id), backend.port);
    started.push(async () => {
      for (const program of it.programs) await program.stop();
      await it.stop?.();
    });
    running.push({ ...contender, ...it });
  }
  return running;
}

/** Rounds in which each contender has its turn with each size of answer, and nginx its own right before. */
async function measureThroughput(running) {
  const rows = running.flatMap((contender) =>
    contender.sizes.map((size) => ({ contender, size, runs: [], pairs: [] })),
  );
  const nginxOf = (size) => rows.find((row) => row.contender.id === 'nginx' && row.size === size);
  // Compilers work, connections to the site are made.
  for (const row of rows) await warmUp(row);
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const nginx = nginxOf(row.size);
      if (row === nginx) continue;
      const before = nginx === undefined ? undefined : await load(nginx, seconds);
      const run = await load(row, seconds);
      row.runs.push(run);
      if (before === undefined) continue;
      nginx.runs.push(before);
      row.pairs.push({
        ratio: run.requests / run.cpuSeconds / (before.requests / before.cpuSeconds),
        othersShare: Math.max(run.othersShare, before.othersShare),
      });
    }
  }
  for (const row of rows) if (row.runs.length === 0) row.runs.push(await load(row, seconds));
  return rows.map(({ contender, size, runs: all, pairs }) => {
    const runs = quietHalf(all);
    return {
      id: contender.id,
      name: contender.name,
      size,
      requestsPerCpuSecond: median(runs.map((run) => run.requests / run.cpuSeconds)),
      ...(pairs.length === 0 ? {} : { ofNginx: median(quietHalf(pairs).map(({ ratio }) => ratio)) }),
      requestsPerSecond: median(runs.map((run) => run.requests / run.wallSeconds)),
      p99Ms: median(runs.map((run) => run.p99Ms)),
      residentMb: Math.max(...all.map((run) => run.residentMb)),
      ...(contender.beside === undefined
        ? {}
        : { besideCpuShare: median(runs.map((run) => run.besideCpuSeconds / run.cpuSeconds)) }),
      othersShare: median(runs.map((run) => run.othersShare)),
      load: Math.max(...all.map((run) => run.load)),
    };
  });
}

/** Those in which other programs, and the host, took least of the cores. */
function quietHalf(turns) {
  return turns
    .toSorted((a, b) => a.othersShare - b.othersShare)
    .slice(0, Math.max(1, Math.ceil(turns.length / 2)));
}

/** By requests, not by time: on a busy machine a few seconds are not enough for a compiler. */
async function warmUp(row) {
  const enough = row.contender.isSlow ? 1 : WARM_REQUESTS;
  let requests = 0;
  for (let turn = 0; turn < 6 && requests < enough; turn++) requests += (await load(row, 2)).requests;
}

async function load({ contender, size }, forSeconds) {
  const measured = (contender.processes ?? (() => tree(contender.programs.map(({ pid }) => pid))))();
  const beside = contender.beside?.() ?? [];
  const known = [...measured, ...beside, ...backendPids];
  const before = [cpuSeconds(measured), cpuSeconds(beside)];
  const othersBefore = coresSeconds() - cpuSeconds(known) - cpuSecondsOfEnded();
  const [command, args] = pinned(CORES.client, 'wrk', [
    '-t1',
    `-c${options.connections}`,
    `-d${forSeconds}s`,
    '-s',
    path.join(root, 'bench/gateway/request.lua'),
    ...(contender.headers ?? []).flatMap((header) => ['-H', header]),
    `http://127.0.0.1:${contender.port}`,
  ]);
  const { stdout } = await promisify(execFile)(command, args, {
    env: { ...process.env, ANSWER_SIZE: size },
  });
  const after = [cpuSeconds(measured), cpuSeconds(beside)];
  const others = coresSeconds() - cpuSeconds(known) - cpuSecondsOfEnded() - othersBefore;
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  const refused = contender.isRefused ? result.requests : 0;
  if (result.requests === 0 || result.broken > 0 || result.refused !== refused)
    throw new Error(`${contender.name}, ${size}: not the answers expected: ${JSON.stringify(result)}`);
  return {
    requests: result.requests,
    wallSeconds: result.microseconds / 1e6,
    cpuSeconds: after[0] - before[0],
    besideCpuSeconds: after[1] - before[1],
    p99Ms: result.p99 / 1000,
    residentMb: residentMb(measured),
    othersShare: Math.max(0, others / coresInUse().length / (result.microseconds / 1e6)),
    load: Math.round(loadavg()[0] * 10) / 10,
  };
}

/** One connection, one request after the other, in turns with asking the site itself. */
async function measureLatency(running, backend) {
  const head = await realisticHead();
  const asked = [
    { id: 'direct', name: 'the site itself', port: backend.port },
    ...running.filter(({ inLatency }) => inLatency),
  ].map((one) => ({ ...one, rounds: [] }));
  for (let round = 0; round <= rounds + 2; round++) {
    for (const one of asked) {
      const count = one.isSlow ? LATENCY_REQUESTS / 10 : LATENCY_REQUESTS;
      const times = await timeRequests(one.port, count, head(one.headers ?? []));
      if (round > 0) one.rounds.push(times);
    }
  }
  const [direct, ...others] = asked.map(({ id, name, rounds: all }) => ({
    id,
    name,
    minUs: Math.min(...all.map((times) => percentile(times, 0))),
    p5Us: median(all.map((times) => percentile(times, 0.05))),
    p50Us: median(all.map((times) => percentile(times, 0.5))),
  }));
  return [
    direct,
    ...others.map((one) => ({
      ...one,
      addedP5Us: one.p5Us - direct.p5Us,
      addedP50Us: one.p50Us - direct.p50Us,
    })),
  ];
}

/** The request that wrk sends, as wrk writes it. */
async function realisticHead() {
  let text = '';
  // The first connection of wrk only looks whether anybody listens.
  const server = createServer((socket) =>
    socket
      .once('data', (chunk) => {
        text = chunk.toString('latin1');
        socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
      })
      .on('error', () => undefined),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const script = path.join(root, 'bench/gateway/request.lua');
  const url = `http://127.0.0.1:${server.address().port}`;
  await promisify(execFile)('wrk', ['-t1', '-c1', '-d1s', '-s', script, url]);
  server.close();
  return (headers) => text.replace('\r\n\r\n', ['', ...headers, '', ''].join('\r\n'));
}

function report(throughput, latency) {
  printTable([
    [
      '',
      'answer',
      'requests per CPU-s',
      'of nginx',
      'requests/s',
      'p99 ms',
      'RSS MB',
      'beside',
      'others',
      'load',
    ],
    ...throughput.map((row) => [
      row.name,
      row.size,
      Math.round(row.requestsPerCpuSecond),
      percent(row.ofNginx),
      Math.round(row.requestsPerSecond),
      row.p99Ms.toFixed(1),
      row.residentMb,
      row.besideCpuShare === undefined ? '' : `+${Math.round(row.besideCpuShare * 100)} %`,
      percent(row.othersShare),
      row.load,
    ]),
  ]);
  const nginx = latency.find(({ id }) => id === 'nginx');
  if (latency.length > 0) {
    console.log('');
    printTable([
      ['one idle connection', 'min us', 'p5 us', 'p50 us', 'added p5', 'added p50', 'of nginx p5', 'p50'],
      ...latency.map((row) => [
        row.name,
        row.minUs.toFixed(0),
        row.p5Us.toFixed(0),
        row.p50Us.toFixed(0),
        row.addedP5Us?.toFixed(0) ?? '',
        row.addedP50Us?.toFixed(0) ?? '',
        times(row.addedP5Us, nginx?.addedP5Us),
        times(row.addedP50Us, nginx?.addedP50Us),
      ]),
    ]);
  }
  const bars = judge(throughput, latency);
  if (bars.length > 0) {
    console.log('');
    printTable([
      ['bar', 'is', 'wanted', ''],
      ...bars.map(({ what, value, wanted, isMet }) => [
        what,
        value.toFixed(2),
        wanted,
        isMet ? 'met' : 'NOT MET',
      ]),
    ]);
  }
  if (!options.record) return;
  const result = {
    benchmark: 'gateway',
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    seconds,
    rounds,
    connections: Number(options.connections),
    throughput,
    latency,
    bars,
  };
  mkdirSync(path.join(root, 'bench/results'), { recursive: true });
  writeFileSync(path.join(root, 'bench/results/gateway.json'), `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

function judge(throughput, latency) {
  const rate = (id, size) => throughput.find((row) => row.id === id && row.size === size);
  const bars = [];
  for (const { id, name, bars: own = [], latencyBar } of CONTENDERS) {
    for (const { size, of, atLeast } of own) {
      const [one, other] = [rate(id, size), rate(of, size)];
      if (one === undefined || other === undefined) continue;
      const value = ratio(one, other);
      bars.push({
        what: `${name}, ${size}: rate of ${other.name}`,
        value,
        wanted: `>= ${atLeast}`,
        isMet: value >= atLeast,
      });
    }
    const [one, other] = [id, latencyBar?.of].map((wanted) => latency.find((row) => row.id === wanted));
    if (latencyBar === undefined || one === undefined || other === undefined) continue;
    const value = one.addedP50Us / other.addedP50Us;
    bars.push({
      what: `${name}: time added (p50), of ${other.name}`,
      value,
      wanted: `<= ${latencyBar.atMost}`,
      isMet: value <= latencyBar.atMost,
    });
  }
  return bars;
}

/** Each by its own pairs with nginx where there are any. */
function ratio(one, other) {
  if (one.ofNginx !== undefined && (other.ofNginx !== undefined || other.id === 'nginx'))
    return one.ofNginx / (other.ofNginx ?? 1);
  return one.requestsPerCpuSecond / other.requestsPerCpuSecond;
}

function percent(share) {
  return share === undefined ? '' : `${Math.round(share * 1000) / 10} %`;
}

function times(value, of) {
  return value === undefined || of === undefined ? '' : `${(value / of).toFixed(2)} x`;
}

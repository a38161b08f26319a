// npm run fuzz:content [-- --runs 100000 --from 0 --record]    or -- --run 4711, to look at one again
// Can anybody make the inspection of one request take long? Requests made for that, and honest ones with bytes changed:
// multipart, forms, JSON, NDJSON, GraphQL, XML, what is encoded in itself, long targets and cookies, packed or not, up
// to 256 KiB. What counts is how long the thread is held; what took long is tried again, as the first try has
// the collector's and the compiler's time in it, and once more in the end when it still seems to stall: another program
// may have had the processor for a while, and a request that stalls always does. Node is given 224 MB of old space: who
// needs more does not come to the end.
import { cpus, loadavg } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { percentile } from '../gateway/latency.mjs';
import { printTable } from '../measure.mjs';
import { writePage } from '../page.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    run: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const load = (file) => import(pathToFileURL(path.join(root, file)).href);
const { hostileRequest } = await load('packages/engine/test/detectors/content/hostile/hostileRequest.ts');
const { prepareInspector } = await load('packages/cli/dist/inspection/prepareInspector.js');

const STALL_MS = 20;
/** What takes longer at the first try is tried again, with two more. */
const TRIED_AGAIN_MS = 5;
const WARM_UP = 2000;
const TRIES_IN_THE_END = 10;
const SHOWN = 12;

const inspector = prepareInspector();
if (options.run === undefined) fuzz(Number(options.from), Number(options.runs));
else lookAt(Number(options.run));

/**
 * How long one inspection held its thread, in milliseconds: neither longer than the wall time, which has other programs
 * in it, nor than the processor time, which has the collector's other threads in it.
 */
function timeOf(sent) {
  const wallAt = process.hrtime.bigint();
  const before = process.cpuUsage();
  inspector.inspect(sent);
  const { user, system } = process.cpuUsage(before);
  const wallMs = Number(process.hrtime.bigint() - wallAt) / 1e6;
  return { heldMs: Math.min(wallMs, (user + system) / 1000), wallMs };
}

function lookAt(run) {
  for (let i = 0; i < WARM_UP; i++) inspector.inspect(hostileRequest(i).sent);
  const { kind, sent } = hostileRequest(run);
  const { action, class: found, score } = inspector.inspect(sent);
  console.log(`${run}: ${kind}: ${action} ${found ?? ''} ${score.toFixed(3)}`);
  printTable([
    ['try', 'ms held', 'wall ms'],
    ...Array.from({ length: 5 }, (_, i) => {
      const { heldMs, wallMs } = timeOf(sent);
      return [i + 1, heldMs.toFixed(2), wallMs.toFixed(2)];
    }),
  ]);
}

function fuzz(from, runs) {
  for (let i = 0; i < WARM_UP; i++) inspector.inspect(hostileRequest(i).sent);
  const first = [];
  const best = [];
  const suspects = [];
  let slowest = [];
  let [heapMb, residentMb] = [0, 0];
  let loadMost = 0;
  for (let run = from; run < from + runs; run++) {
    const { kind, sent } = hostileRequest(run);
    const { heldMs, wallMs } = timeOf(sent);
    let bestMs = heldMs;
    for (let again = 0; again < 2 && heldMs > TRIED_AGAIN_MS; again++)
      bestMs = Math.min(bestMs, timeOf(sent).heldMs);
    first.push(heldMs);
    best.push(bestMs);
    if (bestMs > STALL_MS) suspects.push(run);
    slowest.push({ run, kind, firstMs: heldMs, wallMs, bestMs });
    if (slowest.length > 50 * SHOWN || run === from + runs - 1)
      slowest = slowest.toSorted((one, other) => other.bestMs - one.bestMs).slice(0, SHOWN);
    if (run % 200 !== 0) continue;
    const { heapUsed, rss } = process.memoryUsage();
    heapMb = Math.max(heapMb, heapUsed / 1e6);
    residentMb = Math.max(residentMb, rss / 1e6);
    loadMost = Math.max(loadMost, loadavg()[0]);
    progress(run - from, runs, slowest[0]?.bestMs ?? 0);
  }
  const inTheEnd = best.map((bestMs, i) => (suspects.includes(from + i) ? bestOf(from + i) : bestMs));
  for (const one of slowest) one.bestMs = inTheEnd[one.run - from];
  slowest.sort((one, other) => other.bestMs - one.bestMs);
  report({ from, runs, first, best, inTheEnd, slowest, heapMb, residentMb, loadMost });
}

function bestOf(run) {
  const { sent } = hostileRequest(run);
  return Math.min(...Array.from({ length: TRIES_IN_THE_END }, () => timeOf(sent).heldMs));
}

function progress(done, runs, mostMs) {
  if (!process.stderr.isTTY) return;
  const cells = Math.round((done / runs) * 30);
  const bar = '#'.repeat(cells).padEnd(30, '.');
  process.stderr.write(`\r[${bar}] ${done} of ${runs}, slowest ${mostMs.toFixed(1)} ms `);
}

function report({ from, runs, first, best, inTheEnd, slowest, heapMb, residentMb, loadMost }) {
  const rows = [
    ['first try', first],
    ['best of three', best],
    ['and in the end', inTheEnd],
  ].map(([name, times]) => ({
    name,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    p999Ms: percentile(times, 0.999),
    mostMs: times.reduce((one, other) => Math.max(one, other), 0),
    stalls: times.filter((ms) => ms > STALL_MS).length,
  }));
  const { faults } = inspector.counts();
  if (process.stderr.isTTY) process.stderr.write('\n');
  const ms = (value) => value.toFixed(2);
  printTable([
    ['ms held', 'p50', 'p99', 'p99.9', 'most', `above ${STALL_MS} ms`],
    ...rows.map((row) => [
      row.name,
      ...[row.p50Ms, row.p99Ms, row.p999Ms, row.mostMs].map(ms),
      `${row.stalls} of ${runs}`,
    ]),
  ]);
  console.log('');
  printTable([
    ['the slowest', 'run', 'best', 'first try', 'its wall time'],
    ...slowest.map(({ kind, run, bestMs, firstMs, wallMs }) => [
      kind,
      run,
      ...[bestMs, firstMs, wallMs].map(ms),
    ]),
  ]);
  console.log('');
  const { stalls } = rows[2];
  printTable([
    ['bar', 'is', 'wanted', ''],
    ['faults', faults, '0', faults === 0 ? 'met' : 'NOT MET'],
    [`above ${STALL_MS} ms, also in the end`, stalls, '0', stalls === 0 ? 'met' : 'NOT MET'],
    ['most resident, MB', residentMb.toFixed(0), '', ''],
    ['most heap, MB', heapMb.toFixed(0), '<= 256', heapMb <= 256 ? 'met' : 'NOT MET'],
  ]);
  if (faults > 0 || stalls > 0 || heapMb > 256) process.exitCode = 1;
  if (!options.record) return;
  const file = path.join(root, 'bench/results/fuzz.json');
  mkdirSync(path.dirname(file), { recursive: true });
  const result = {
    benchmark: 'fuzz',
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    load: Math.round(loadMost * 10) / 10,
    from,
    runs,
    faults,
    heapMb: Math.round(heapMb),
    residentMb: Math.round(residentMb),
    rows,
    slowest,
  };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

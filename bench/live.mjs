// npm run bench:live [-- --rounds 150 --milliseconds 500 --record]
// What does an open page of live traffic cost the gateway? `parapet up` in front of a site, each part on a core of its
// own, at 2,000 requests a second that never pause. Short turns with the page open in Chromium, with a program that
// reads the same stream, and with nobody there are each taken beside one with nobody there, either first; the kernel
// says how long each process ran. What counts is by how much the two of a pair differ, with the 95 % confidence interval
// of the median (bootstrap); the third kind of pair, with nobody there in both, shows what is noise. Run it when the
// machine is quiet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { setUp } from '../scripts/setup.mjs';
import { CORES, startWhole } from './gateway/contenders.mjs';
import { startBackend } from './gateway/nginx.mjs';
import { cpuMicroseconds, isPinned, moveTo, pinned, tree, until } from './gateway/processes.mjs';
import { hasProgram, medianInterval, printTable, quantile } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '150' },
    milliseconds: { type: 'string', default: '500' },
    record: { type: 'boolean', default: false },
  },
});
const CONNECTIONS = 100;
const PAUSE_MS = 49;
const WARM_PAIRS = 8;
/** What somebody's coming and going costs is over by then. */
const SETTLE_MS = 250;
const VISITORS = path.join(root, 'bench/dashboard/visitors.lua');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WATCHERS = [
  { id: 'page', name: 'the page is open in Chromium' },
  { id: 'program', name: 'a program reads the same stream' },
  { id: 'nobody', name: 'nobody is there in either turn' },
];

const missing = [
  ...['nginx', 'wrk'].filter((program) => !hasProgram(program)),
  ...(existsSync(CHROMIUM) ? [] : ['Chromium']),
];
if (missing.length > 0) {
  console.log(`Skipped: ${missing.join(' and ')} not installed.`);
  process.exit(0);
}
setUp({ quiet: true });

const folder = mkdtempSync(path.join(tmpdir(), 'parapet-bench-live-'));
const closings = [async () => rmSync(folder, { recursive: true, force: true })];
try {
  const stand = await open();
  const loadBefore = loadavg()[0];
  const visitors = startVisitors(stand.parapet.port);
  const pairs = await measurePairs(stand, Number(options.rounds));
  report(pairs, await visitors.end(), loadBefore);
} finally {
  for (const close of closings.toReversed()) await close();
}

async function open() {
  const backend = await startBackend(path.join(folder, 'site'), CORES.backend);
  closings.push(() => backend.program.stop());
  const parapet = await startWhole(path.join(folder, 'parapet'), backend.port, {
    inspection: 'enforce',
    more: ['  trusted_proxies: [127.0.0.1]', 'dashboard:', '  listen: 127.0.0.1:0'],
  });
  const [program] = parapet.programs;
  closings.push(() => program.stop());
  const { url, cookie } = await comeIn(program);
  return { parapet, url, cookie, page: await openBrowser(url, cookie) };
}

/** Visitors who come until `end` is called, which returns how many requests came a second. */
function startVisitors(port) {
  const longest = `${60 + Number(options.rounds) * 60}s`;
  const target = `http://127.0.0.1:${port}`;
  const [command, args] = pinned(CORES.client, 'wrk', [
    ...['-t1', `-c${CONNECTIONS}`, `-d${longest}`, '-s', VISITORS, target],
  ]);
  const program = spawn(command, args, { env: { ...process.env, PAUSE_MS: String(PAUSE_MS) } });
  closings.push(async () => program.kill('SIGKILL'));
  let said = '';
  program.stdout.on('data', (text) => (said += text));
  return {
    end: async () => {
      program.kill('SIGINT');
      await once(program, 'close');
      const { wrong, requests, microseconds } = JSON.parse(said.trim().split('\n').at(-1));
      if (wrong > 0) throw new Error(`not the answers expected: ${said}`);
      return (requests * 1e6) / microseconds;
    },
  };
}

async function measurePairs(stand, rounds) {
  for (let i = 0; i < WARM_PAIRS; i += 1) await takePair(stand, WATCHERS[i % 2].id, false);
  const pairs = new Map(WATCHERS.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1)
    for (let i = 0; i < WATCHERS.length; i += 1) {
      const { id } = WATCHERS[(round + i) % WATCHERS.length];
      pairs.get(id).push(await takePair(stand, id, round % 2 === 0));
    }
  return pairs;
}

async function takePair(stand, id, isFirst) {
  const first = await takeTurn(stand, isFirst ? id : 'nobody');
  const second = await takeTurn(stand, isFirst ? 'nobody' : id);
  return isFirst ? { watched: first, alone: second } : { watched: second, alone: first };
}

/** Somebody who is logged in, by the link that the engine prints. */
async function comeIn(program) {
  const link = /http:\/\/\S+\/welcome#\S+/;
  await until(() => link.test(program.said()));
  const [found] = link.exec(program.said());
  const { origin, hash } = new URL(found);
  const response = await fetch(`${origin}/data/welcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice(1), name: 'bench', password: 'seven brave otters' }),
  });
  if (!response.ok) throw new Error(`nobody comes in: ${response.status} ${await response.text()}`);
  return { url: origin, cookie: response.headers.get('set-cookie').split(';')[0] };
}

async function openBrowser(url, cookie) {
  const server = await chromium.launchServer({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  closings.push(() => server.close());
  // What draws the page must not take the time of what is measured.
  if (isPinned) for (const pid of tree([server.process().pid])) moveTo(CORES.client, pid);
  const browser = await chromium.connect(server.wsEndpoint());
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  const [name, value] = cookie.split('=', 2);
  await context.addCookies([{ name, value, url }]);
  return context.newPage();
}

/** Returns how long gateway and engine ran, in microseconds for each second of the clock. */
async function takeTurn({ parapet, page, url, cookie }, id) {
  const heard = id === 'program' ? await readStream(`${url}/data/live?requests=1`, cookie) : undefined;
  if (id === 'page') {
    await page.goto(`${url}/live`);
    await page.locator('.requests tbody tr').nth(20).waitFor();
  }
  await pause(SETTLE_MS);
  const engine = parapet.beside();
  const gateway = tree([parapet.programs[0].pid]).filter((pid) => !engine.includes(pid));
  const heardBefore = heard?.bytes() ?? 0;
  const [from, before] = [performance.now(), [gateway, engine].map(cpuMicroseconds)];
  await pause(Number(options.milliseconds));
  const [to, after] = [performance.now(), [gateway, engine].map(cpuMicroseconds)];
  if (heard?.bytes() === heardBefore) throw new Error('the stream tells of no requests');
  heard?.stop();
  if (id === 'page') await page.goto('about:blank');
  const [ofGateway, ofEngine] = after.map((us, i) => ((us - before[i]) * 1000) / (to - from));
  return { gateway: ofGateway, engine: ofEngine };
}

function readStream(address, cookie) {
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const request = get(address, { headers: { cookie, accept: 'text/event-stream' } }, (answer) => {
      answer.on('data', (chunk) => (bytes += chunk.length));
      answer.on('error', () => {});
      resolve({ bytes: () => bytes, stop: () => request.destroy() });
    }).on('error', reject);
  });
}

function rowOf(name, pairs, requestsPerSecond) {
  const of = (part) => {
    const [watched, alone] = ['watched', 'alone'].map((key) =>
      quantile(
        pairs.map((pair) => pair[key][part] / requestsPerSecond),
        0.5,
      ),
    );
    const differences = pairs.map((pair) => (pair.watched[part] / pair.alone[part] - 1) * 100);
    const [low, high] = medianInterval(differences);
    return { us: watched, aloneUs: alone, more: { percent: quantile(differences, 0.5), low, high } };
  };
  return { name, gateway: of('gateway'), engine: of('engine') };
}

function report(pairs, requestsPerSecond, loadBefore) {
  const load = [loadBefore, loadavg()[0]].map((value) => value.toFixed(1)).join(' to ');
  const rows = WATCHERS.map(({ id, name }) => rowOf(name, pairs.get(id), requestsPerSecond));
  const [rounds, milliseconds] = [Number(options.rounds), Number(options.milliseconds)];
  console.log(
    `load average ${load}; ${rounds} pairs of turns of ${milliseconds} ms each, ${Math.round(requestsPerSecond)} requests a second`,
  );
  const part = ({ us, aloneUs, more }) => [
    `${aloneUs.toFixed(1)} to ${us.toFixed(1)} us`,
    `${more.percent.toFixed(2)} %`,
    `${more.low.toFixed(2)} to ${more.high.toFixed(2)}`,
  ];
  printTable([
    ['', 'gateway, a request', 'more', '95 %', 'engine, a request', 'more', '95 %'],
    ...rows.map(({ name, gateway, engine }) => [name, ...part(gateway), ...part(engine)]),
  ]);
  if (!options.record) return;
  const facts = {
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0].model}`,
    ...{ load, rounds, milliseconds, requestsPerSecond },
  };
  writeFileSync(
    path.join(root, 'bench/results/live.json'),
    `${JSON.stringify({ ...facts, rows }, undefined, 2)}\n`,
  );
  writePage();
}

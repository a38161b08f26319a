// npm run bench:live [-- --rounds 60 --seconds 2 --record]
// What does an open page of live traffic cost the gateway? `parapet up` in front of a site, each part on a core of its
// own, at 2,000 requests a second. Turns with the page open in Chromium, with a program that reads the same stream, and
// with nobody there are taken one after the other, their order changed each round; the kernel says how long each
// process ran. What counts is by how much the turns of a round differ, in that half of the rounds in which others took
// least of the cores, with the 95 % confidence interval of the median (bootstrap); a second turn with nobody there shows
// what is noise. Run it when the machine is quiet.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { setUp } from '../scripts/setup.mjs';
import { CORES, startWhole } from './gateway/contenders.mjs';
import { startBackend } from './gateway/nginx.mjs';
import {
  coresInUse,
  coresSeconds,
  cpuMicroseconds,
  cpuSeconds,
  cpuSecondsOfEnded,
  isPinned,
  moveTo,
  pinned,
  tree,
  until,
} from './gateway/processes.mjs';
import { hasProgram, medianInterval, printTable, quantile } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
  },
});
const CONNECTIONS = 100;
const PAUSE_MS = 49;
const WARM_TURNS = 12;
const VISITORS = path.join(root, 'bench/dashboard/visitors.lua');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const TURNS = [
  { id: 'nobody', name: 'nobody is there' },
  { id: 'page', name: 'the page is open in Chromium' },
  { id: 'program', name: 'a program reads the same stream' },
  { id: 'control', name: 'nobody is there, a second turn' },
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
  const rows = await measureTurns(stand, Number(options.rounds));
  report(rows, loadBefore);
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
  const { page, pid } = await openBrowser(url, cookie);
  // The engine has a core that is not counted.
  const known = () => [...tree([program.pid, backend.program.pid, pid]), process.pid];
  return {
    parapet,
    url,
    cookie,
    page,
    known: () => known().filter((one) => !parapet.beside().includes(one)),
  };
}

async function measureTurns(stand, rounds) {
  for (let i = 0; i < WARM_TURNS; i += 1) await takeTurn(stand, TURNS[i % 2].id);
  const runs = new Map(TURNS.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1)
    for (let i = 0; i < TURNS.length; i += 1) {
      const { id } = TURNS[(round + i) % TURNS.length];
      runs.get(id).push(await takeTurn(stand, id));
    }
  return TURNS.map(({ id, name }) => rowOf(name, runs.get(id), runs.get('nobody')));
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
  return { page: await context.newPage(), pid: server.process().pid };
}

async function takeTurn(stand, id) {
  const { parapet, page, url, cookie, known } = stand;
  const heard = id === 'program' ? await readStream(`${url}/data/live?requests=1`, cookie) : undefined;
  if (id === 'page') {
    await page.goto(`${url}/live`);
    await page.getByRole('heading', { name: 'Live traffic' }).waitFor();
  }
  const engine = parapet.beside();
  const gateway = tree([parapet.programs[0].pid]).filter((pid) => !engine.includes(pid));
  const others = othersSeconds(known());
  const before = [gateway, engine].map(cpuMicroseconds);
  const [command, args] = pinned(CORES.client, 'wrk', [
    ...[
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${options.seconds}s`,
      '-s',
      VISITORS,
      `http://127.0.0.1:${parapet.port}`,
    ],
  ]);
  const env = { ...process.env, PAUSE_MS: String(PAUSE_MS) };
  const { stdout } = await promisify(execFile)(command, args, { env });
  const after = [gateway, engine].map(cpuMicroseconds);
  const othersShare = others() / coresInUse().length / Number(options.seconds);
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  if (result.wrong > 0) throw new Error(`not the answers expected: ${stdout}`);
  await expectSeen({ id, page, heard });
  heard?.stop();
  if (id === 'page') await page.goto('about:blank');
  return {
    gatewayUs: (after[0] - before[0]) / result.requests,
    engineUs: (after[1] - before[1]) / result.requests,
    requestsPerSecond: (result.requests * 1e6) / result.microseconds,
    othersShare,
  };
}

/** Returns who says how many seconds others have worked since, on the cores that count. */
function othersSeconds(known) {
  const sum = () => coresSeconds() - cpuSeconds(known) - cpuSecondsOfEnded();
  const before = sum();
  return () => Math.max(0, sum() - before);
}

/** A turn in which nothing was shown measures nothing. */
async function expectSeen({ id, page, heard }) {
  if (id === 'page' && (await page.locator('.requests tbody tr').count()) < 50)
    throw new Error('the page shows no requests');
  if (id === 'program' && heard.bytes() < 10_000) throw new Error('the stream tells of no requests');
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

function rowOf(name, runs, without) {
  const middle = (key) =>
    quantile(
      runs.map((run) => run[key]),
      0.5,
    );
  const quiet = quietHalf(runs, without);
  const more = (key) => {
    const differences = quiet.map((i) => (runs[i][key] / without[i][key] - 1) * 100);
    const [low, high] = medianInterval(differences);
    return { percent: quantile(differences, 0.5), low, high };
  };
  const of = (key) => ({ us: middle(key), ...(runs === without ? {} : { more: more(key) }) });
  return {
    name,
    gateway: of('gatewayUs'),
    engine: of('engineUs'),
    requestsPerSecond: middle('requestsPerSecond'),
  };
}

/** The numbers of those rounds in which other programs, and the host, took least of the cores. */
function quietHalf(runs, without) {
  const othersOf = (i) => Math.max(runs[i].othersShare, without[i].othersShare);
  const rounds = Array.from(runs.keys()).toSorted((a, b) => othersOf(a) - othersOf(b));
  return rounds.slice(0, Math.max(1, Math.ceil(rounds.length / 2)));
}

function report(rows, loadBefore) {
  const load = [loadBefore, loadavg()[0]].map((value) => Number(value.toFixed(1)));
  console.log(`load average ${load.join(' to ')}; ${options.rounds} rounds of ${options.seconds} s`);
  const us = (value) => `${value.toFixed(1)} us`;
  printTable([
    ['', 'gateway, a request', 'more', '95 %', 'engine, a request', 'more', '95 %', 'requests/s'],
    ...rows.map(({ name, gateway, engine, requestsPerSecond }) => [
      name,
      ...[gateway, engine].flatMap(({ us: took, more }) => [
        us(took),
        more === undefined ? '' : `${more.percent.toFixed(2)} %`,
        more === undefined ? '' : `${more.low.toFixed(2)} to ${more.high.toFixed(2)}`,
      ]),
      Math.round(requestsPerSecond),
    ]),
  ]);
  if (!options.record) return;
  const facts = {
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0].model}`,
    load,
    ...{ rounds: Number(options.rounds), seconds: Number(options.seconds) },
  };
  writeFileSync(
    path.join(root, 'bench/results/live.json'),
    `${JSON.stringify({ ...facts, rows }, undefined, 2)}\n`,
  );
  writePage();
}

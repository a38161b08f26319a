// node bench/crawl.mjs [--addresses 50000] [--learn 130] [--seconds 200] [--rate 500] [--record]
// A crawl through filters (facets) from many addresses with one to three requests each, at a shop in PHP whose filters
// cost CPU: what PHP and nginx have to do, and what people meet, with the budget of costly pages and without. The crawl
// comes with browsers' headers through a trusted proxy, so many requests a second as long as it is answered. --record writes bench/results/crawl.json and the page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { noPhpSite, phpSite } from '../scripts/phpSite.mjs';
import { setUp } from '../scripts/setup.mjs';
import { cpuSeconds, startProgram, tree, until, untilListening } from './gateway/processes.mjs';
import { freePort, quantile } from './measure.mjs';
import { writePage } from './page.mjs';

const { values } = parseArgs({
  options: {
    addresses: { type: 'string', default: '50000' },
    learn: { type: 'string', default: '130' },
    seconds: { type: 'string', default: '200' },
    rate: { type: 'string', default: '500' },
    record: { type: 'boolean', default: false },
  },
});
const ADDRESSES = Number(values.addresses);
const RATE = Number(values.rate);
const [SHOP_CORE, GATEWAY_CORE] = [1, 2];
const CRAWL_WIDTH = 64;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
// The crawl has a thread of its own: people are not to wait for its answers here.
if (!isMainThread) {
  await crawlFor(workerData.port, workerData.seconds);
  process.exit(0);
}
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
if (noPhpSite !== undefined) {
  console.log(`Skipped: ${noPhpSite}.`);
  process.exit(0);
}
setUp({ quiet: true });

// Rounds of a hash: about 2 ms for a page and 40 ms for a filter.
const SCRIPT = `<?php
$isFilter = str_starts_with($_SERVER['REQUEST_URI'], '/products?');
$x = $_SERVER['REQUEST_URI'];
for ($i = 0, $n = $isFilter ? 100000 : 5000; $i < $n; $i++) $x = hash('sha256', $x, true);
header('Cache-Control: private, no-cache');
echo '<!doctype html><title>Shop</title><link rel="stylesheet" href="/style.css"><p>', bin2hex($x);
`;

const folder = mkdtempSync(path.join(tmpdir(), 'parapet-crawl-'));

const programs = [];
const phases = [];
let crawled = 0;
try {
  const shop = await startShop();
  const guarded = await startGateway('guarded', shop.port, 'enforce');
  const normal = await phase('normal', guarded, shop, Number(values.learn), false);
  phases.push(normal);
  phases.push(await phase('a crawl, with the budget', guarded, shop, Number(values.seconds), true));
  crawled = phases[1].crawlAsked;
  await guarded.program.stop();
  const bare = await startGateway('bare', shop.port, 'off');
  phases.push(await phase('a crawl, without', bare, shop, 15, true));
  await bare.program.stop();
  const facts = {
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0].model}`,
    load: Number(loadavg()[0].toFixed(1)),
    addresses: Math.min(ADDRESSES, phases[1].crawlAddresses),
    requests: crawled,
  };
  console.log(JSON.stringify({ ...facts, phases }, undefined, 2));
  if (values.record) {
    writeFileSync(
      path.join(root, 'bench/results/crawl.json'),
      `${JSON.stringify({ ...facts, phases }, undefined, 2)}\n`,
    );
    writePage();
  }
} finally {
  agent.destroy();
  for (const program of programs.toReversed()) await program.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startShop() {
  const web = path.join(folder, 'web');
  mkdirSync(web);
  writeFileSync(path.join(web, 'index.php'), SCRIPT);
  for (const name of ['style.css', 'app.js']) writeFileSync(path.join(web, name), '/* a file */');
  const port = await freePort();
  // PHP as it comes: whatever php.ini loads on this machine is not to be measured.
  const { socket, ...site } = phpSite(folder, { root: web, port, children: 4, fpmArgs: ['-n'] });
  const php = startProgram('php-fpm', SHOP_CORE, ...site.php);
  programs.push(php);
  await untilListening(socket, php);
  const nginx = startProgram('nginx', SHOP_CORE, ...site.nginx);
  programs.push(nginx);
  await untilListening(port, nginx);
  return { port, cpuSeconds: () => cpuSeconds(tree([php.pid, nginx.pid])) };
}

async function startGateway(name, upstreamPort, mode) {
  const port = await freePort();
  const dataDir = path.join(folder, name);
  mkdirSync(dataDir);
  const config = path.join(folder, `${name}.yaml`);
  writeFileSync(
    config,
    `gateway:
  upstream: http://127.0.0.1:${upstreamPort}
  listen: [{ address: '127.0.0.1:${port}' }]
  trusted_proxies: [loopback]
  workers: 1
  costly_pages: { mode: ${mode}, learn_for: 1m }
dashboard: { listen: '127.0.0.1:${await freePort()}' }
`,
  );
  const cli = path.join(root, 'packages/cli/bin/parapet.js');
  const args = [cli, 'up', '--config', config, '--data-dir', dataDir];
  const program = startProgram(name, GATEWAY_CORE, process.execPath, args);
  programs.push(program);
  await untilListening(port, program);
  await until(async () => (await ask(port, '198.51.100.1', '/')).status === 200);
  return { port, program };
}

/** People for so long, and the crawl if there is one; returns what PHP and nginx did and what they all met. */
async function phase(name, { port }, shop, seconds, hasCrawl) {
  const endMs = performance.now() + seconds * 1000;
  const met = { page: [], filter: [], away: 0, asked: 0 };
  const before = shop.cpuSeconds();
  const startedMs = performance.now();
  const crawling = hasCrawl ? crawlThread(port, seconds) : { asked: 0, served: 0, addresses: 0 };
  await people(port, endMs, met);
  const crawl = await crawling;
  const cpuPercent = ((shop.cpuSeconds() - before) / ((performance.now() - startedMs) / 1000)) * 100;
  const row = {
    name,
    cpuPercent,
    crawlAsked: crawl.asked,
    crawlServed: crawl.served,
    crawlAddresses: crawl.addresses,
    ...{ pageP50Ms: quantile(met.page, 0.5), pageP95Ms: quantile(met.page, 0.95) },
    ...{ filterP50Ms: quantile(met.filter, 0.5), filterP95Ms: quantile(met.filter, 0.95) },
    ...{ peopleAway: met.away, peopleAsked: met.asked },
  };
  console.error(JSON.stringify(row));
  return row;
}

/** Two visits begin each second; each reads pages with their files, and filters. */
async function people(port, endMs, met) {
  const visits = [];
  for (let i = 0; performance.now() < endMs - 6000; i++) {
    visits.push(visit(port, i, met));
    await pause(500);
  }
  await Promise.all(visits);
}

async function visit(port, i, met) {
  const ip = `198.${18 + Math.floor(Math.random() * 2)}.${Math.floor(Math.random() * 250)}.${i % 250}`;
  const see = async (target, kind) => {
    const startedMs = performance.now();
    const { status } = await ask(port, ip, target);
    met.asked++;
    if (status === 200) met[kind].push(performance.now() - startedMs);
    else met.away++;
  };
  // One in ten comes from a search engine straight to a filter.
  if (i % 10 === 0) await see(facet(i), 'filter');
  for (let page = 0; page < 3; page++) {
    await see(`/node/${(i * 7 + page) % 80}`, 'page');
    await Promise.all(['/style.css', '/app.js'].map((file) => ask(port, ip, file)));
    await pause(1800);
    if (page > 0) await see(facet(i + page * 1000), 'filter');
  }
}

async function crawlThread(port, seconds) {
  const thread = new Worker(new URL(import.meta.url), { workerData: { port, seconds } });
  const [counts] = await once(thread, 'message');
  await thread.terminate();
  return counts;
}

/** Runs in the thread: addresses one after the other, each with one to three filters. */
async function crawlFor(port, seconds) {
  const crawl = { asked: 0, served: 0, addresses: 0 };
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  const crawler = async () => {
    while (performance.now() < endMs && crawl.addresses < ADDRESSES) {
      const n = crawl.addresses++;
      const ip = `100.${64 + ((n >> 16) & 63)}.${(n >> 8) & 255}.${n & 255}`;
      for (let i = 0; i <= n % 3; i++) {
        const early = startedMs + (crawl.asked++ / RATE) * 1000 - performance.now();
        if (early > 0) await pause(early);
        const { status } = await ask(port, ip, facet(1_000_000 + n * 3 + i));
        if (status === 200) crawl.served++;
      }
    }
  };
  await Promise.all(Array.from({ length: CRAWL_WIDTH }, crawler));
  parentPort.postMessage(crawl);
}

function facet(n) {
  return `/products?f%5B0%5D=colour%3A${n % 113}&f%5B1%5D=size%3A${n % 41}&f%5B2%5D=brand%3A${n}`;
}

function ask(port, ip, target) {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        path: target,
        agent,
        headers: {
          host: 'shop.example',
          'x-forwarded-for': ip,
          'user-agent':
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36',
          accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
          'accept-language': 'en-GB,en;q=0.9',
          'sec-fetch-dest': 'document',
          'sec-fetch-mode': 'navigate',
        },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

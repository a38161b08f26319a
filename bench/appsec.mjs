// node bench/appsec.mjs [--questions 10000] [--rounds 3]
// What does it cost to answer a web server's question (docs/appsec.md)? CPU time of the engine for each, from the
// socket to the answer, beside a server of node:http that reads the same question and says yes without looking.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { freePort, median, printTable } from './measure.mjs';

const { values: options } = parseArgs({
  options: { questions: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '3' } },
});
const CONNECTIONS = 16;
const TICK_MS = 10;
const questions = Number(options.questions);
setUp({ quiet: true });

const parapet = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../packages/cli/bin/parapet.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'parapet-bench-'));
const data = path.join(folder, 'data');
const made = spawnSync(process.execPath, [parapet, 'bouncers', 'add', 'b', '-o', 'raw', '--data-dir', data]);
const key = made.stdout.toString().trim();
const port = await freePort();
const floorPort = await freePort();
const config = path.join(folder, 'parapet.yaml');
writeFileSync(config, `appsec: { listen: ['127.0.0.1:${port}'] }\ndashboard: { listen: '127.0.0.1:0' }\n`);
const FLOOR = `require('node:http').createServer((req, res) => {
  req.resume().on('end', () => {
    res.setHeader('content-type', 'application/json');
    res.end('{"action":"allow","http_status":200}');
  });
}).listen(${floorPort}, '127.0.0.1', () => console.log('ready'))`;
const engine = start([parapet, 'engine', '--config', config, '--data-dir', data]);
const floor = start(['-e', FLOOR]);
try {
  await Promise.all([said(engine, 'Web servers ask at'), said(floor, 'ready')]);
  const rows = [];
  for (const [name, body] of [
    ['GET', undefined],
    [
      'POST, 1 KiB form',
      `name=Ada+Lovelace&message=${'Please+find+the+minutes+below.+'.repeat(33)}`.slice(0, 1024),
    ],
    [
      'POST, 64 KiB JSON',
      JSON.stringify({
        rows: Array.from({ length: 1100 }, (_, i) => ({ id: i, text: `a line of text ${i}` })),
      }),
    ],
  ]) {
    const each = body !== undefined && body.length > 10_000 ? Math.ceil(questions / 10) : questions;
    const own = [];
    const least = [];
    // The first is for the compiler.
    for (let round = 0; round <= Number(options.rounds); round++) {
      const ours = await cost(engine, port, each, body);
      const theirs = await cost(floor, floorPort, each, body);
      if (round === 0) continue;
      own.push(ours);
      least.push(theirs);
    }
    const [mine, plain] = [median(own), median(least)];
    rows.push([name, mine.toFixed(3), plain.toFixed(3), (mine / plain).toFixed(1)]);
  }
  printTable([['', 'ms of CPU a question', 'node:http alone', 'times'], ...rows]);
} finally {
  engine.kill();
  floor.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds of CPU that the process took for each question. */
async function cost(child, to, count, body) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = cpuMs(child.pid);
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < count) await ask(agent, to, next++, body);
    }),
  );
  agent.destroy();
  return (cpuMs(child.pid) - before) / count;
}

function ask(agent, to, i, body) {
  return new Promise((resolve, reject) => {
    const type = body?.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
    const req = http.request(
      {
        ...{ agent, host: '127.0.0.1', port: to, method: body === undefined ? 'GET' : 'POST' },
        headers: {
          accept: 'text/html',
          'accept-language': 'en-GB,en;q=0.9',
          cookie: `SESS0123456789abcdef=${i % 97}; has_js=1`,
          referer: `https://example.org/node/${i % 50}`,
          ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
          'x-crowdsec-appsec-ip': `203.0.113.${i % 250}`,
          'x-crowdsec-appsec-host': 'example.org',
          'x-crowdsec-appsec-verb': body === undefined ? 'GET' : 'POST',
          'x-crowdsec-appsec-uri': `/node/${i % 5000}?page=${i % 9}`,
          'x-crowdsec-appsec-user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0',
          'x-crowdsec-appsec-api-key': key,
        },
      },
      (res) => {
        if (res.statusCode !== 200) reject(new Error(`answered ${res.statusCode}`));
        res.resume().on('end', resolve);
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function start(args) {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  child.text = '';
  child.stdout.on('data', (chunk) => (child.text += chunk));
  return child;
}

async function said(child, words) {
  while (!child.text.includes(words)) {
    if (child.exitCode !== null) throw new Error(`It ended: ${child.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// npm run bench:signals [-- --record] [--records 50000] [--no-peer]
// What does a signal cost the engine, over each way in? CPU seconds of the engine and its relay from the first record
// until all are read by the scenarios, beside the same records as lines of a log that the engine follows, and beside
// CrowdSec 1.4.6, which has no such way in and reads them as a log too. --record keeps the result in
// bench/results/signals.json.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { makeCrowdsec } from './crowdsec.mjs';
import { freePort, hasProgram, measure, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const recorded = path.join(root, 'bench/results/signals.json');
const PARAPET = path.join(root, 'packages/cli/bin/parapet.js');
const { values: options } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    records: { type: 'string', default: '50000' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const COUNT = Number(options.records);
/** One by one takes longest, and says enough with fewer. */
const ONE_BY_ONE = Math.ceil(COUNT / 5);
const SENDERS = 32;
/** Each may ask only so often. */
const TOKENS = 8;

setUp({ quiet: true });
const folder = path.join(root, '.work/bench-signals');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

let asked = 0;
const rows = [
  await bench('HTTP, 100 at a time', COUNT, (engine, records) => postAll(engine, records, 100)),
  await bench('HTTP, one at a time', ONE_BY_ONE, (engine, records) => postAll(engine, records, 1)),
  await bench('Unix datagrams, one in each', COUNT, sendAll),
  await bench('spool, 1,000 in a file', COUNT, spoolAll),
  await bench('the same as a log', COUNT, (engine, records) =>
    writeFileSync(engine.log, `${records.join('\n')}\n`),
  ),
];
if (!options['no-peer'] && hasProgram('crowdsec')) rows.push(await peer());
else if (!options['no-peer']) console.log('CrowdSec is not compared: apt install crowdsec');
rmSync(folder, { recursive: true, force: true });

const ofLog = rows.find(({ name }) => name === 'the same as a log').perCpuSecond;
for (const row of rows) row.ofLog = row.perCpuSecond / ofLog;
printTable([
  ['', 'records', 'CPU us each', 'per CPU-second', 'of the log'],
  ...rows.map((row) => [
    row.name,
    row.records,
    row.cpuUs.toFixed(1),
    Math.round(row.perCpuSecond),
    `${Math.round(row.ofLog * 100)} %`,
  ]),
]);
if (options.record) {
  const result = {
    benchmark: 'signals',
    at: new Date().toISOString(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    load: Math.round(loadavg()[0] * 10) / 10,
    rows,
  };
  writeFileSync(recorded, `${JSON.stringify(result, undefined, 2)}\n`);
  writePage();
}

/** Failed and right logins of many visitors, of whom few are attackers. */
function recordsOf(count, startMs) {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      ...{ id: `bench-${startMs}-${i}`, time: new Date(startMs + i).toISOString() },
      ...{ type: i % 3 === 0 ? 'login.failed' : 'login.ok', site: 'www.example.org' },
      ip: `198.18.${(i >> 3) & 255}.${(i * 7) & 255}`,
      user: (i % 977).toString(16).padStart(32, '0'),
      attributes: { account_exists: true, path: '/user/login', route: 'user.login', roles: ['editor'] },
    }),
  );
}

async function bench(name, count, tell) {
  const place = path.join(folder, name.replaceAll(/\W+/g, '-'));
  const engine = await start(place);
  try {
    const records = recordsOf(count, Date.now() - 60_000);
    // Compiled and warm before it counts.
    await tell({ ...engine, log: engine.warmLog }, recordsOf(2000, Date.now() - 120_000));
    await untilRead(engine, 2000);
    const before = cpuSeconds(engine.pid);
    await tell(engine, records);
    await untilRead(engine, 2000 + count);
    const cpu = cpuSeconds(engine.pid) - before;
    return { name, records: count, cpuUs: (cpu / count) * 1e6, perCpuSecond: count / cpu };
  } finally {
    await engine.stop();
  }
}

async function start(place) {
  mkdirSync(place, { recursive: true });
  const port = await freePort();
  const dataDir = path.join(place, 'data');
  const [log, warmLog] = [path.join(place, 'a.log'), path.join(place, 'b.log')];
  for (const file of [log, warmLog]) writeFileSync(file, '');
  const config = path.join(place, 'parapet.yaml');
  const socket = path.join(place, 's.sock');
  writeFileSync(
    config,
    `api: { listen: ['${port}'] }
signals: { listen: ['unix:${socket}'], spool: '${place}/spool', records_per_second: 100000 }
logs: [{ file: '${place}/*.log', type: signal }]
metrics: { enabled: true, listen: '127.0.0.1:${await freePort()}' }
`,
  );
  const tokens = Array.from({ length: TOKENS }, (_, i) => {
    const args = ['tokens', 'add', `bench${i}`, '--scope', 'all', '-o', 'raw', '--data-dir', dataDir];
    return spawnSync(process.execPath, [PARAPET, ...args], { encoding: 'utf8' }).stdout.trim();
  });
  const child = spawn(
    process.execPath,
    [PARAPET, 'engine', '--config', config, '--data-dir', dataDir, '--from-beginning'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  while (!said.includes('The API is at')) {
    if (child.exitCode !== null) throw new Error(`The engine ended:\n${said}`);
    await pause(20);
  }
  return {
    ...{ pid: child.pid, port, socket, log, warmLog, spool: path.join(place, 'spool') },
    tokens,
    agent: new http.Agent({ keepAlive: true, maxSockets: SENDERS }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill();
      }),
  };
}

/** All ways in end in the same count of lines. */
async function untilRead(engine, count) {
  for (;;) {
    const { engine: facts } = JSON.parse(await ask(engine, 'GET', '/status'));
    if (facts.lines >= count) return;
    await pause(100);
  }
}

function ask({ port, tokens, agent }, method, target, body) {
  return new Promise((resolve, reject) => {
    const token = tokens[asked++ % tokens.length];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = http.request(
      { host: '127.0.0.1', port, path: `/api/v1${target}`, method, headers, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => (text += piece));
        response.on('end', () => resolve(response.statusCode < 300 ? text : ''));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function postAll(engine, records, size) {
  let next = 0;
  const send = async () => {
    while (next < records.length) {
      const batch = records.slice(next, (next += size));
      while ((await ask(engine, 'POST', '/signals', `[${batch.join(',')}]`)) === '') await pause(50);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

function sendAll({ socket }, records) {
  const program = [
    'import socket,sys',
    's=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)',
    's.connect(sys.argv[1])',
    'for line in sys.stdin.buffer: s.send(line)',
  ].join('\n');
  const { status, stderr } = spawnSync('python3', ['-c', program, socket], {
    input: `${records.join('\n')}\n`,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

function spoolAll({ spool }, records) {
  for (let from = 0; from < records.length; from += 1000) {
    const name = `${Date.now()}-${String(from).padStart(9, '0')}.ndjson`;
    writeFileSync(path.join(spool, `.${name}`), `${records.slice(from, from + 1000).join('\n')}\n`);
    renameSync(path.join(spool, `.${name}`), path.join(spool, name));
  }
}

/** CrowdSec reads the records as a log, with a parser that takes the same fields and the same three scenarios. */
async function peer() {
  const { config } = await makeCrowdsec(path.join(folder, 'crowdsec'), ['crowdsecurity/linux']);
  const place = path.join(folder, 'crowdsec');
  const fields = { signal_type: 'type', signal_id: 'id', source_ip: 'ip', target_user: 'user', site: 'site' };
  const statics = Object.entries(fields).map(
    ([meta, key]) => `  - meta: ${meta}\n    expression: JsonExtract(evt.Parsed.message, "${key}")\n`,
  );
  writeFileSync(
    path.join(place, 'parsers/s01-parse/signal.yaml'),
    `name: bench/signal
filter: "evt.Parsed.program == 'signal'"
onsuccess: next_stage
statics:
  - meta: service
    value: signal
${statics.join('')}  - target: evt.StrTime
    expression: JsonExtract(evt.Parsed.message, "time")
`,
  );
  for (const name of ['signal-login-bf', 'signal-account-attack', 'signal-form-rejections'])
    writeFileSync(
      path.join(place, `scenarios/${name}.yaml`),
      // Its labels are texts and nothing else.
      readFileSync(path.join(root, `packages/cli/items/scenarios/parapet/${name}.yaml`), 'utf8').replace(
        / {2}classification:\n {4}- .*\n/,
        '',
      ),
    );
  const replay = (count) => {
    const file = path.join(place, `${count}.ndjson`);
    writeFileSync(file, `${recordsOf(count, Date.now() - 60_000).join('\n')}\n`);
    const run = measure('crowdsec', ['-c', config, '-dsn', `file://${file}`, '-type', 'signal']);
    if (run.exitCode !== 0) throw new Error(run.stderr.slice(-2000));
    return run.cpuSeconds;
  };
  const few = Math.min(COUNT, 20_000);
  const cpu = replay(few) - replay(1);
  const name = 'CrowdSec 1.4.6, as a log';
  return { name, records: few, cpuUs: (cpu / few) * 1e6, perCpuSecond: few / cpu };
}

/** With the relay, which is a child. */
function cpuSeconds(pid) {
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid);
  return [pid, ...children].reduce((sum, one) => sum + ownCpuSeconds(one), 0);
}

function fieldsOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function parentOf(pid) {
  return Number(fieldsOf(pid)[1]);
}

function ownCpuSeconds(pid) {
  const fields = fieldsOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

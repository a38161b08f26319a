// npm run bench:lapi [-- --record] [--decisions 1000000] [--seconds 60] [--no-peer]
// What does the local API cost with a million decisions in force? One bouncer starts and fetches all, while another one
// polls; then 200 bouncers poll every 10 seconds for what has changed while a machine sends 1,000 alerts a minute. Beside it, in the same run,
// the local API of CrowdSec 1.4.6 from Debian's package with as many decisions. --record keeps the result in
// bench/results/lapi.json.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { makeCrowdsec } from './crowdsec.mjs';
import { freePort, hasProgram, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const recorded = path.join(root, 'bench/results/lapi.json');
const PARAPET = path.join(root, 'packages/cli/bin/parapet.js');
const BOUNCERS = 200;
const POLL_MS = 10_000;
const ALERTS_A_MINUTE = 1000;
const AGENT = 'bench/v1';
const PASSWORD = 'a-password-for-the-benchmark';
const keyOf = (bouncer) => `the-key-of-bouncer-${bouncer}`;
const { values: options } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    decisions: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '60' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const COUNT = Number(options.decisions);
const SECONDS = Number(options.seconds);

setUp({ quiet: true });
const folder = path.join(root, '.work/bench-lapi');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

const rows = [await bench('Parapet', await ourApi())];
if (!options['no-peer'] && hasProgram('crowdsec') && hasProgram('sqlite3'))
  rows.push(await bench('CrowdSec 1.4.6', await theirApi()));
else if (!options['no-peer'])
  console.log('CrowdSec is not compared: crowdsec and sqlite3 are needed (apt install crowdsec sqlite3).');
rmSync(folder, { recursive: true, force: true });

printTable([
  [
    '',
    'start of a bouncer',
    'its CPU',
    'polls beside it',
    'memory',
    'delta p50',
    'delta p99',
    'CPU a minute',
    'refused',
  ],
  ...rows.map((row) => [
    row.name,
    `${row.startSeconds.toFixed(1)} s`,
    `${row.startCpuSeconds.toFixed(1)} s`,
    `${row.besideP50Ms.toFixed(1)} ms (${row.besideMostMs.toFixed(1)} ms at most)`,
    `${row.rssMb} MB (${row.peakMb} at most)`,
    `${row.deltaP50Ms.toFixed(1)} ms`,
    `${row.deltaP99Ms.toFixed(1)} ms`,
    `${row.cpuSecondsAMinute.toFixed(1)} s`,
    `${row.failedPolls} of ${row.polls} polls, ${row.refused} batches of alerts`,
  ]),
]);
const result = {
  benchmark: 'lapi',
  at: new Date().toISOString(),
  decisions: COUNT,
  bouncers: BOUNCERS,
  alertsAMinute: ALERTS_A_MINUTE,
  seconds: SECONDS,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  node: process.version,
  load: Math.round(loadavg()[0] * 10) / 10,
  rows,
};
if (options.record) {
  writeFileSync(recorded, `${JSON.stringify(result, undefined, 2)}\n`);
  writePage();
}

/** Measures an API that runs: `{ pid, port, token, stop }`. */
async function bench(name, api) {
  try {
    const before = cpuSeconds(api.pid);
    const began = performance.now();
    const starting = get(api, '/v1/decisions/stream?startup=true', BOUNCERS);
    const beside = await pollUntil(starting, api);
    const bytes = await starting;
    const startSeconds = (performance.now() - began) / 1000;
    const startCpuSeconds = cpuSeconds(api.pid) - before;
    if (bytes < COUNT * 50) throw new Error(`${name} sent ${bytes} bytes only`);
    // The other bouncers are set up as if they had fetched everything: what is measured is what they ask all day.
    const latencies = [];
    let failedPolls = 0;
    const until = performance.now() + SECONDS * 1000;
    const cpuBefore = cpuSeconds(api.pid);
    const polls = Array.from({ length: BOUNCERS }, async (_, i) => {
      await pause((i * POLL_MS) / BOUNCERS);
      while (performance.now() < until) {
        const at = performance.now();
        await get(api, '/v1/decisions/stream', i).catch(() => failedPolls++);
        latencies.push(performance.now() - at);
        await pause(Math.max(0, POLL_MS - (performance.now() - at)));
      }
    });
    let sent = 0;
    let refused = 0;
    for (const started = performance.now(); performance.now() < until;) {
      const due = Math.floor(((performance.now() - started) / 60_000) * ALERTS_A_MINUTE);
      // As agents do, what was refused is sent again with the next.
      const isTaken = due > sent && (await postAlerts(api, sent, due).catch(() => false)) !== false;
      if (isTaken) sent = due;
      else if (due > sent) refused++;
      await pause(500);
    }
    await Promise.all(polls);
    latencies.sort((a, b) => a - b);
    return {
      ...{ name, startSeconds, startCpuSeconds, alerts: sent, refused, polls: latencies.length, failedPolls },
      ...{ rssMb: memoryMb(api.pid, 'VmRSS'), peakMb: memoryMb(api.pid, 'VmHWM') },
      besideP50Ms: beside[Math.floor(beside.length / 2)],
      besideMostMs: beside.at(-1),
      deltaP50Ms: latencies[Math.floor(latencies.length * 0.5)],
      deltaP99Ms: latencies[Math.floor(latencies.length * 0.99)],
      cpuSecondsAMinute: ((cpuSeconds(api.pid) - cpuBefore) * 60) / SECONDS,
    };
  } finally {
    await api.stop();
  }
}

/** What the polls of another bouncer take until something is over, in rising order. */
async function pollUntil(something, api) {
  let isOver = false;
  const end = () => (isOver = true);
  something.then(end, end);
  const latencies = [];
  do {
    await pause(50);
    const at = performance.now();
    await get(api, '/v1/decisions/stream', 0).catch(() => {});
    latencies.push(performance.now() - at);
  } while (!isOver);
  return latencies.sort((a, b) => a - b);
}

/** Fetches as one of the bouncers and returns how many bytes came. */
function get(api, target, bouncer) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': keyOf(bouncer), 'user-agent': AGENT };
    const request = http.get(
      { host: '127.0.0.1', port: api.port, path: target, headers, agent },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk) => (bytes += chunk.length));
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(bytes)
            : reject(new Error(`${target}: ${response.statusCode}`)),
        );
        response.on('error', reject);
      },
    );
    request.on('error', (error) => {
      if (wasGivenUp(request, error)) get(api, target, bouncer).then(resolve, reject);
      else reject(error);
    });
  });
}

/** A kept connection that the other side has just closed is no answer; real clients take a new one too. */
function wasGivenUp({ reusedSocket }, { code }) {
  return reusedSocket && code === 'ECONNRESET';
}

function post(port, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: target,
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          // CrowdSec refuses the login of a machine that does not say what it is.
          'user-agent': AGENT,
          'content-length': Buffer.byteLength(text),
          ...headers,
        },
      },
      (response) => {
        let answer = '';
        response.on('data', (chunk) => (answer += chunk));
        response.on('end', () =>
          response.statusCode < 300
            ? resolve(answer)
            : reject(new Error(`${target}: ${response.statusCode} ${answer}`)),
        );
      },
    );
    request.on('error', (error) => {
      if (wasGivenUp(request, error)) post(port, target, body, headers).then(resolve, reject);
      else reject(error);
    });
    request.end(text);
  });
}

function postAlerts({ port, token }, from, to) {
  const now = new Date().toISOString();
  const alerts = Array.from({ length: to - from }, (_, i) => {
    const value = `198.18.${((from + i) >> 8) & 255}.${(from + i) & 255}`;
    return {
      ...{
        capacity: 5,
        decisions: null,
        events_count: 6,
        leakspeed: '10s',
        message: 'probing',
        remediation: true,
      },
      ...{
        scenario: 'crowdsecurity/http-probing',
        scenario_hash: 'ab',
        scenario_version: '0.4',
        simulated: false,
      },
      events: [{ meta: [{ key: 'http_path', value: '/x' }], timestamp: now }],
      source: { scope: 'Ip', value, ip: value },
      ...{ start_at: now, stop_at: now },
    };
  });
  return post(port, '/v1/alerts', alerts, { authorization: `Bearer ${token}` });
}

function addressOf(i) {
  return `${11 + (i >> 20)}.${(i >> 12) & 255}.${(i >> 4) & 255}.${(i & 15) * 16 + 1}`;
}

async function ourApi() {
  const { openStore } = await import(pathToFileURL(path.join(root, 'packages/store/dist/index.js')).href);
  const dataDir = path.join(folder, 'data');
  const store = await openStore({ dataDir, role: 'engine', now: () => new Date() });
  const startAt = new Date();
  const expiresAt = new Date(Date.now() + 7 * 86_400_000);
  for (let i = 0; i < COUNT;) {
    const page = [];
    for (; page.length < 20_000 && i < COUNT; i++)
      page.push({
        id: randomUUID(),
        target: { scope: 'ip', value: addressOf(i) },
        remediation: 'ban',
        startAt,
        expiresAt,
        scenario: 'blocklist',
        origin: 'list/blocklist',
        mode: 'live',
      });
    await store.addDecisions(page);
  }
  const change = await store.latestChange();
  const pulls = [];
  for (let i = 0; i <= BOUNCERS; i++) {
    const name = `bouncer-${i}`;
    const keyHash = createHash('sha512').update(keyOf(i)).digest('hex');
    await store.clients.putBouncer({ name, keyHash, ip: '', type: '', version: '', createdAt: startAt });
    pulls.push([{ bouncer: name, ip: '127.0.0.1', userAgent: AGENT }, { change, at: new Date() }, startAt]);
  }
  await store.clients.note({ bouncers: [], pulls, machines: [] });
  await store.close();
  const port = await freePort();
  const config = path.join(folder, 'parapet.yaml');
  writeFileSync(config, `data_dir: ${dataDir}\nlapi: { listen: ['127.0.0.1:${port}'] }\n`);
  const add = [PARAPET, 'machines', 'add', 'bench', '--password', PASSWORD, '--config', config];
  const added = spawnSync(process.execPath, add, { encoding: 'utf8' });
  if (added.status !== 0) throw new Error(added.stderr);
  const child = spawn(process.execPath, [PARAPET, 'up', '--config', path.join(folder, 'parapet.yaml')], {
    stdio: 'ignore',
  });
  return started(child, port);
}

async function theirApi() {
  const made = await makeCrowdsec(path.join(folder, 'crowdsec'));
  const text = readFileSync(made.config, 'utf8');
  const port = Number(/listen_uri: 127\.0\.0\.1:(\d+)/.exec(text)[1]);
  const cscli = (...args) => spawnSync('cscli', ['-c', made.config, ...args], { encoding: 'utf8' });
  cscli('machines', 'add', 'bench', '--password', PASSWORD, '-f', path.join(folder, 'unused.yaml'));
  // Through its API a million decisions would take hours: they are written into its database, and so are bouncers.
  const now = new Date().toISOString().replace('T', ' ').slice(0, 19);
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().replace('T', ' ').slice(0, 19);
  const database = path.join(folder, 'crowdsec/crowdsec.db');
  const sql = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${COUNT})
    INSERT INTO decisions (created_at, updated_at, until, scenario, type, start_ip, end_ip, start_suffix, end_suffix, ip_size, scope, value, origin, simulated)
    SELECT '${now}+00:00', '${now}+00:00', '${until}+00:00', 'blocklist', 'ban', -9223372036854775808 + ((11 + (i >> 20)) << 24) + (((i >> 12) & 255) << 16) + (((i >> 4) & 255) << 8) + ((i & 15) * 16 + 1),
      -9223372036854775808 + ((11 + (i >> 20)) << 24) + (((i >> 12) & 255) << 16) + (((i >> 4) & 255) << 8) + ((i & 15) * 16 + 1), -9223372036854775808, -9223372036854775808, 4, 'Ip',
      (11 + (i >> 20)) || '.' || ((i >> 12) & 255) || '.' || ((i >> 4) & 255) || '.' || ((i & 15) * 16 + 1), 'lists', 0 FROM n;`;
  const bouncers = Array.from({ length: BOUNCERS + 1 }, (_, i) => {
    const hash = createHash('sha512').update(keyOf(i)).digest('hex');
    return `('${now}+00:00', '${now}+00:00', 'bouncer-${i}', '${hash}', 0, '${now}+00:00')`;
  });
  const known = `INSERT INTO bouncers (created_at, updated_at, name, api_key, revoked, last_pull) VALUES ${bouncers.join(', ')};`;
  const filled = spawnSync('sqlite3', [database], { input: sql + known, encoding: 'utf8' });
  if (filled.status !== 0) throw new Error(filled.stderr);
  const child = spawn('crowdsec', ['-c', made.config, '-no-cs'], { stdio: 'ignore' });
  return started(child, port);
}

async function started(child, port) {
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    });
  for (let tries = 0; ; tries++) {
    try {
      const { token } = JSON.parse(
        await post(port, '/v1/watchers/login', { machine_id: 'bench', password: PASSWORD, scenarios: [] }),
      );
      return { pid: child.pid, port, token, stop };
    } catch (error) {
      if (child.exitCode !== null) throw error;
      if (tries > 240) {
        await stop();
        throw error;
      }
      await pause(500);
    }
  }
}

function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryMb(pid, name) {
  return Math.round(
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024,
  );
}

// npm run bench:logs [-- --lines 500000 --repeat 3 --log FILE --no-peers --no-record]
// How many log lines a CPU-second does Parapet take, with all that it detects, and how many do the tools that
// people run today? All on the same generated nginx log, one core, in the same run. A peer that is not
// installed is left out and named.
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from '../scripts/setup.mjs';
import { makeCrowdsec } from './crowdsec.mjs';
import { hasProgram, measure, median, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const shared = process.env.PARAPET_SHARED ?? path.resolve(root, '../shared');
const sharedGenerator = path.join(shared, 'bench/logs/genlog.mjs');
const hasShared = existsSync(sharedGenerator);
const generatorName = hasShared ? 'genlog' : 'generate-log';
const { values: options } = parseArgs({
  options: {
    lines: { type: 'string', default: '500000' },
    repeat: { type: 'string', default: '3' },
    log: { type: 'string' },
    peers: { type: 'boolean', default: true },
    core: { type: 'string', default: '0' },
    record: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const COLLECTIONS = ['linux', 'nginx', 'apache2', 'base-http-scenarios', 'http-cve'].map(
  (name) => `crowdsecurity/${name}`,
);

setUp({ quiet: true });
const work = path.join(root, '.work/bench');
mkdirSync(work, { recursive: true });
const log = options.log ?? generateLog(Number(options.lines));
const lines = await countLines(log);
const core = Number(options.core);
const rows = [];

const hub = path.join(shared, 'data/hub');
const withHub = existsSync(hub) ? COLLECTIONS.flatMap((name) => ['--with', name]).concat('--hub', hub) : [];
if (withHub.length === 0)
  console.error('no hub folder beside the project: Parapet runs with its own items only');
add(
  `parapet${withHub.length > 0 ? ', 5 hub collections and own items' : ', own items'}`,
  lines,
  Number(options.repeat),
  () =>
    measure(
      process.execPath,
      [
        path.join(root, 'packages/cli/bin/parapet.js'),
        'replay',
        log,
        '--type',
        'nginx',
        ...withHub,
        '--json',
      ],
      { core },
    ),
);

if (options.peers) {
  const some = head(log, Math.min(lines, 100_000), 'head.log');
  const few = head(log, 5_000, 'few.log');
  peer('goaccess', 'goaccess, COMBINED (detects nothing)', lines, 1, () =>
    measure(
      'goaccess',
      [log, '--log-format=COMBINED', '--no-progress', '-o', path.join(work, 'goaccess.json')],
      { core },
    ),
  );
  for (const filter of ['nginx-botsearch', 'apache-badbots']) {
    peer('fail2ban-regex', `fail2ban-regex, one filter (${filter})`, Math.min(lines, 100_000), 1, () =>
      measure('fail2ban-regex', [some, `/etc/fail2ban/filter.d/${filter}.conf`], { core }),
    );
  }
  if (hasProgram('crowdsec')) {
    const { config } = await makeCrowdsec(path.join(work, 'crowdsec'));
    peer('crowdsec', 'crowdsec, collections linux, nginx, apache2', Math.min(lines, 5_000), 1, () =>
      measure('crowdsec', ['-c', config, '-dsn', `file://${few}`, '-type', 'nginx'], { core }),
    );
  } else console.error('crowdsec is not installed: left out');
}

const own = rows[0].linesPerCpuSecond;
printTable([
  ['', 'lines', 'CPU s', 'lines per CPU-s', 'RSS MB', 'Parapet does'],
  ...rows.map((row) => [
    row.name,
    row.lines,
    row.cpuSeconds.toFixed(2),
    Math.round(row.linesPerCpuSecond),
    row.rssMb,
    row === rows[0] ? '' : `${(own / row.linesPerCpuSecond).toFixed(1)} x`,
  ]),
]);
if (options.record) {
  const result = {
    benchmark: 'logs',
    at: new Date().toISOString(),
    node: process.version,
    machine: cpus()[0]?.model ?? 'unknown',
    generator: log === options.log ? 'given' : generatorName,
    lines,
    rows,
  };
  mkdirSync(path.join(root, 'bench/results'), { recursive: true });
  writeFileSync(path.join(root, 'bench/results/logs.json'), `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

function add(name, count, repeat, runOnce) {
  const runs = Array.from({ length: repeat }, runOnce);
  const failed = runs.find((run) => run.exitCode !== 0 && run.exitCode !== 1);
  if (failed !== undefined) {
    console.error(`${name} ended with ${failed.exitCode}: ${String(failed.stderr).slice(-500)}`);
    process.exitCode = 1;
    return;
  }
  const cpuSeconds = median(runs.map((run) => run.cpuSeconds));
  rows.push({
    name,
    lines: count,
    runs: repeat,
    cpuSeconds,
    wallSeconds: median(runs.map((run) => run.wallSeconds)),
    linesPerCpuSecond: count / cpuSeconds,
    rssMb: Math.max(...runs.map((run) => run.rssMb)),
    load: runs.at(-1).load,
  });
}

function peer(program, name, count, repeat, runOnce) {
  if (hasProgram(program)) add(name, count, repeat, runOnce);
  else console.error(`${program} is not installed: left out`);
}

/** The log that the measurements in the project's issues were made on, or our own where that is not at hand. */
function generateLog(count) {
  const file = path.join(work, `${generatorName}-${count}.log`);
  if (existsSync(file)) return file;
  const made = spawnSync(
    process.execPath,
    hasShared
      ? [sharedGenerator, file, String(count), '1', 'nginx']
      : [path.join(root, 'bench/generate-log.mjs'), file, '--lines', String(count)],
    { stdio: 'inherit' },
  );
  if (made.status !== 0) process.exit(1);
  return file;
}

function head(file, count, name) {
  const target = path.join(work, name);
  const text = readFileSync(file, 'latin1');
  let end = 0;
  for (let i = 0; i < count && end >= 0; i++) end = text.indexOf('\n', end) + 1;
  writeFileSync(target, text.slice(0, end), 'latin1');
  return target;
}

async function countLines(file) {
  let count = 0;
  for await (const _ of createInterface({ input: createReadStream(file) })) count++;
  return count;
}

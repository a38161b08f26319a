// What the learned traffic detectors find: the Numenta Anomaly Benchmark through the detector of `parapet series`, and
// made-up sites with their ordinary weeks, floods, crowds and single clients: those on which the thresholds were chosen
// first, and odd ones. Seeds 11 to 18 were looked at while the detectors were mended: evaluate on others.
//
//     npm run eval:traffic -- [--nab DIR] [--seeds 1,2] [--only nab|sites|odd] [--sites PATTERN] [--record]
//
// About a minute for the benchmark, and five minutes of one core for each seed of sites and of odd ones. --sites: only
// the odd sites whose names match.
// --record writes bench/results/traffic-eval.json and the tables of docs/traffic.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  atBest,
  atThreshold,
  leftOut,
  readCorpus,
  scoreCorpus,
  validation,
} from '../packages/cli/dist/series/nabCorpus.js';
import { evaluateOdd, evaluateTraffic } from '../packages/cli/dist/traffic/evaluate.js';
import { withRegion } from './region.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const shared = process.env.PARAPET_SHARED ?? path.resolve(root, '../shared');
const { values } = parseArgs({
  options: {
    nab: { type: 'string', default: path.join(shared, 'data/nab') },
    seeds: { type: 'string', default: '1,2' },
    only: { type: 'string' },
    sites: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
  },
});

const result = { at: new Date().toISOString(), node: process.version };
const say = (text) => process.stderr.write(`${text}\n`);
const seeds = values.seeds.split(',').map(Number);
const isWanted = (part) => values.only === undefined || values.only === part;
if (isWanted('nab')) {
  result.nab = evaluateNab();
  if (result.nab === undefined) process.stderr.write(`There is no benchmark in ${values.nab}\n`);
  else process.stdout.write(`${nabTable(result.nab)}\n`);
}
if (isWanted('sites')) {
  result.sites = { seeds, rows: evaluateTraffic(seeds, say) };
  process.stdout.write(`${sitesTable(result.sites)}\n`);
}
if (isWanted('odd')) {
  const pattern = new RegExp(values.sites);
  result.odd = { seeds, rows: evaluateOdd(seeds, say, (name) => pattern.test(name)) };
  process.stdout.write(`${oddTable(result.odd)}\n`);
}
if (values.record) record(result);

function evaluateNab() {
  const corpus = readCorpus(path.resolve(values.nab));
  if (corpus === undefined) return undefined;
  const rows = corpus.reduce((count, { values: each }) => count + each.length, 0);
  scoreCorpus(corpus);
  const before = process.cpuUsage();
  const files = scoreCorpus(corpus);
  const { user, system } = process.cpuUsage(before);
  return {
    files: corpus.length,
    rows,
    usPerRow: (user + system) / rows,
    scores: [
      ...validation(corpus),
      atBest('Parapet, as the benchmark scores: the best threshold', files),
      atThreshold('Parapet, the shipped threshold of 0.5', files),
      leftOut(corpus),
    ],
  };
}

function nabTable({ files, rows, usPerRow, scores }) {
  return [
    `${files} series, ${rows} rows, ${usPerRow.toFixed(2)} µs of CPU a row.`,
    '',
    '| NAB | standard | few false alarms | few misses |',
    '|---|---:|---:|---:|',
    ...scores.map(
      (row) =>
        `| ${row.name} | ${row.standard.toFixed(1)} | ${row.lowFalsePositives.toFixed(1)} | ${row.lowFalseNegatives.toFixed(1)} |`,
    ),
  ].join('\n');
}

function sitesTable({ seeds, rows }) {
  return [
    `Seeds ${seeds.join(', ')}, three sites each.`,
    '',
    '| | is | wanted |',
    '|---|---:|---:|',
    ...rows.map(({ name, value, wanted }) => `| ${name} | ${value} | ${wanted} |`),
  ].join('\n');
}

function oddTable({ seeds, rows }) {
  const shares = ({ shares: of }, names) => names.map((name) => of[name] ?? '').join(' | ');
  const ofAttack = ['x3', 'x1.5', 'rising', 'pulsing', 'attack windows', 'attack requests stopped'];
  const ofCrowd = [
    'crowd windows',
    'crowd windows not taken for attack',
    'shoppers blocked',
    'shoppers slowed',
  ];
  const head =
    '| | x3 in 2 min | x1.5 in 30 min | rising to x3 | a minute in three | told as attack | stopped |';
  const sites = rows.filter(({ falseAlerts }) => falseAlerts !== undefined);
  const attacks = rows.filter(({ falseAlerts }) => falseAlerts === undefined);
  return [
    `Seeds ${seeds.join(', ')}.`,
    '',
    `${head} told as crowd | not as attack | shoppers blocked | slowed | false alerts in a week |`,
    `|---|${'---:|'.repeat(10)}---|`,
    ...sites.map(
      (row) => `| ${row.name} | ${shares(row, ofAttack)} | ${shares(row, ofCrowd)} | ${row.falseAlerts} |`,
    ),
    '',
    head,
    `|---|${'---:|'.repeat(6)}`,
    ...attacks.map((row) => `| ${row.name} | ${shares(row, ofAttack)} |`),
  ].join('\n');
}

/** Parts that were not measured this time keep what was recorded of them. */
function record(measured) {
  const file = path.join(root, 'bench/results/traffic-eval.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const recorded = { ...before, ...measured };
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  const page = path.join(root, 'docs/traffic.md');
  let text = readFileSync(page, 'utf8');
  const tables = {
    nab: recorded.nab && nabTable(recorded.nab),
    sites: recorded.sites && sitesTable(recorded.sites),
    odd: recorded.odd && oddTable(recorded.odd),
  };
  for (const [name, body] of Object.entries(tables)) {
    if (body === undefined) continue;
    const said = `${recorded.at.slice(0, 10)}, Node ${recorded.node}.`;
    text = withRegion(page, text, name, 'bench/traffic-eval.mjs', `${said} ${body}`);
  }
  writeFileSync(page, text);
}

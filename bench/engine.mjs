// npm run bench:engine [-- --record] [--seconds 1] [--only WORD]
// How fast are the parts of the engine by themselves, and what do their short ways gain over the plain ones? Every
// comparison runs both sides in this process, in turns, on the same input, and checks that they answer the same.
// --record keeps the result in bench/results/engine.json; without it the result is compared with the recorded one.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setUp } from '../scripts/setup.mjs';
import { median, printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const shared = process.env.PARAPET_SHARED ?? path.resolve(root, '../shared');
const recorded = path.join(root, 'bench/results/engine.json');
const { values: options } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});

setUp({ quiet: true });
const built = (file) => import(pathToFileURL(path.join(root, 'packages', file)).href);
const [
  { loadPipeline, Event, EventSchema },
  buckets,
  { bucketEnvironments },
  filterIndexes,
  expressions,
  patterns,
] = await Promise.all([
  built('engine/dist/index.js'),
  built('engine/dist/detectors/buckets/index.js'),
  built('engine/dist/detectors/buckets/environment.js'),
  built('engine/dist/detectors/buckets/filterIndex.js'),
  built('engine/dist/expressions/index.js'),
  built('engine/dist/patterns/index.js'),
]);
const { BucketFaults } = await built('engine/dist/detectors/buckets/faults.js');
const { collectItems } = await built('cli/dist/hub/collectItems.js');

const work = path.join(root, '.work/bench');
mkdirSync(work, { recursive: true });
const lines = readLines();
const { pipeline, scenarios, functions } = loadEngine();
const { schema } = pipeline.stages.event;
const events = parsedEvents();
const rows = [];

benchPours();
benchBucketMemory();
benchFilters();
benchExpression();
benchGrok();
benchSets();
report();

/** Pours into one scenario of each type, for 20,000 addresses, Zipf-like. */
function benchPours() {
  const kinds = {
    trigger: 'type: trigger',
    leaky: 'type: leaky\ncapacity: 40\nleakspeed: 1s',
    distinct: 'type: leaky\ncapacity: 40\nleakspeed: 1s\ndistinct: evt.Meta.http_path',
  };
  const own = new EventSchema();
  const drafts = Array.from({ length: 4096 }, (_, i) => {
    const event = new Event(own);
    const address = Math.floor(20_000 * ((i * 0.618_033_988_7) % 1) ** 3);
    event.set(own.slot('Meta', 'source_ip'), `203.${address >> 8}.${address & 255}.7`);
    event.set(own.slot('Meta', 'http_path'), `/page/${i % 211}`);
    return event;
  });
  for (const [kind, keys] of Object.entries(kinds)) {
    const text = `name: bench/${kind}\ndescription: bench\nfilter: evt.Meta.source_ip != ''\ngroupby: evt.Meta.source_ip\n${keys}\n`;
    const loaded = buckets.loadScenarios('bench.yaml', text, { schema: own, functions });
    if (loaded.scenarios.length !== 1) throw new Error(JSON.stringify(loaded.problems));
    const manager = new buckets.BucketManager({ scenarios: loaded.scenarios, schema: own, clock: 'event' });
    let at = Date.UTC(2026, 2, 2);
    let next = 0;
    measure(`pour into ${kind}`, 'pours/s', {
      parapet: () => {
        const event = drafts[next++ & 4095];
        event.timeMs = at += 5;
        event.marshaledTime = new Date(at).toISOString();
        manager.pour(event, at);
      },
    });
  }
}

/** What a hundred thousand buckets with one event each take. */
function benchBucketMemory() {
  if (!'live buckets'.includes(options.only)) return;
  const own = new EventSchema();
  const text =
    'name: bench/memory\ndescription: bench\ntype: leaky\nfilter: evt.Meta.source_ip != ""\ngroupby: evt.Meta.source_ip\ncapacity: 5\nleakspeed: 1h\n';
  const { scenarios: one } = buckets.loadScenarios('bench.yaml', text, { schema: own, functions });
  const manager = new buckets.BucketManager({ scenarios: one, schema: own, clock: 'event' });
  const count = 100_000;
  const before = memory();
  for (let i = 0; i < count; i++) {
    const event = new Event(own);
    event.set(own.slot('Meta', 'source_ip'), `2001:db8::${i.toString(16)}`);
    event.set(own.slot('Meta', 'http_path'), `/page/${i % 997}`);
    event.set(
      own.slot('Meta', 'http_user_agent'),
      'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101',
    );
    event.timeMs = Date.UTC(2026, 2, 2) + i;
    event.marshaledTime = new Date(event.timeMs).toISOString();
    manager.pour(event, event.timeMs);
  }
  if (manager.size !== count) throw new Error(`${manager.size} buckets instead of ${count}`);
  rows.push({
    name: 'live buckets of one event, evidence included',
    unit: 'bytes each',
    value: (memory() - before) / count,
  });
}

function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  collect();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

function benchFilters() {
  const environment = bucketEnvironments(schema, functions).event;
  const faults = new BucketFaults();
  const set = new expressions.FilterSet(
    scenarios.map(({ filter }) => filter),
    environment,
    (frame) => frame.evt.values,
    () => undefined,
  );
  const every = new filterIndexes.EveryFilter(scenarios, faults);
  const frames = events.map((evt) => ({ evt, bucket: undefined, signal: undefined }));
  for (const frame of frames) same('filters', set.matching(frame), every.matching(frame));
  compare(`which of ${scenarios.length} filters match an event`, 'events/s', frames, {
    parapet: (frame) => set.matching(frame),
    'each in turn': (frame) => every.matching(frame),
  });
}

function benchExpression() {
  const environment = bucketEnvironments(schema, functions).event;
  const source =
    "evt.Meta.log_type in ['http_access-log', 'http_error-log'] && Upper(evt.Meta.http_path) contains '/NODE/' && evt.Parsed.verb == 'GET'";
  const compiled = expressions.compileExpression(source, environment);
  if (!compiled.ok) throw new Error(compiled.error.message);
  const slots = ['log_type', 'http_path'].map((name) => schema.slot('Meta', name));
  const verb = schema.slot('Parsed', 'verb');
  const byHand = ({ evt }) =>
    ['http_access-log', 'http_error-log'].includes(evt.values[slots[0]] ?? '') &&
    (evt.values[slots[1]] ?? '').toUpperCase().includes('/NODE/') &&
    (evt.values[verb] ?? '') === 'GET';
  const frames = events.map((evt) => ({ evt, bucket: undefined, signal: undefined }));
  const { test } = compiled.expression;
  for (const frame of frames) same('expression', test(frame), byHand(frame));
  compare('evaluate an expression', 'evaluations/s', frames, { parapet: test, 'written by hand': byHand });
}

function benchGrok() {
  const library = patterns.GrokLibrary.standard();
  const expression =
    '%{IPORHOST:remote_addr} - %{DATA:remote_user} \\[%{HTTPDATE:time_local}\\] "%{WORD:verb} %{DATA:request} HTTP/%{NUMBER:http_version}" %{NUMBER:status} %{NUMBER:body_bytes_sent} "%{DATA:http_referer}" "%{DATA:http_user_agent}"';
  const compiled = library.compile(expression);
  if (!compiled.ok) throw new Error(compiled.error.message);
  const { grok } = compiled;
  const viaRegExp = (text) => {
    const groups = grok.matcher.exec(text);
    return groups === null ? null : grok.groups.map((group) => groups[group] ?? '');
  };
  const some = lines.slice(0, 2_000);
  for (const line of some) same('grok', grok.exec(line), viaRegExp(line));
  compare('read an access line with grok', 'lines/s', some, {
    parapet: (line) => grok.exec(line),
    'the same as a RegExp': viaRegExp,
  });
}

function benchSets() {
  const words = readFileSync(path.join(root, 'packages/cli/items/data/parapet_scanner_paths.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const targets = lines.slice(0, 2_000).map((line) => line.split('"')[1]);
  const set = new patterns.LiteralSet(words);
  const eachLiteral = (text) => words.flatMap((word, i) => (text.includes(word) ? [i] : []));
  for (const text of targets) same('literals', set.indexesIn(text), eachLiteral(text));
  compare(`which of ${words.length} literals occur`, 'texts/s', targets, {
    parapet: (text) => set.indexesIn(text),
    'each in turn': eachLiteral,
  });

  const sources = words.map((word) => `${word.replaceAll(/[^\w/]/g, '\\$&')}(?:[?#]|$)`);
  const compiled = sources.map((source) => patterns.compilePattern(source)).map((one) => one.pattern);
  const plain = sources.map((source) => new RegExp(source));
  const many = new patterns.PatternSet(compiled);
  const eachPattern = (text) => plain.flatMap((one, i) => (one.test(text) ? [i] : []));
  for (const text of targets) same('patterns', many.matches(text), eachPattern(text));
  compare(`which of ${sources.length} patterns match`, 'texts/s', targets, {
    parapet: (text) => many.matches(text),
    'each RegExp in turn': eachPattern,
  });
}

/** Measures each way over the same inputs, taking turns so that a busy machine is unfair to all alike. */
function compare(name, unit, inputs, ways) {
  measure(
    name,
    unit,
    Object.fromEntries(
      Object.entries(ways).map(([way, run]) => {
        let next = 0;
        return [way, () => run(inputs[next++ % inputs.length])];
      }),
    ),
  );
}

function measure(name, unit, ways) {
  if (!name.includes(options.only)) return;
  const rounds = 5;
  const sliceMs = (Number(options.seconds) * 1_000) / rounds;
  const results = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (const run of Object.values(ways)) timed(run, sliceMs); // warm
  for (let round = 0; round < rounds; round++)
    for (const [way, run] of Object.entries(ways)) results[way].push(timed(run, sliceMs));
  const [own, other] = Object.entries(results).map(([way, values]) => ({ way, value: median(values) }));
  rows.push({
    name,
    unit,
    value: own.value,
    ...(other === undefined
      ? {}
      : { against: other.way, againstValue: other.value, ratio: own.value / other.value }),
  });
}

function timed(run, ms) {
  const startedAt = performance.now();
  let count = 0;
  let passedMs = 0;
  do {
    for (let i = 0; i < 256; i++) run();
    count += 256;
    passedMs = performance.now() - startedAt;
  } while (passedMs < ms);
  return (count * 1_000) / passedMs;
}

function same(what, one, other) {
  if (JSON.stringify(one) !== JSON.stringify(other))
    throw new Error(`${what}: ${JSON.stringify(one)} is not ${JSON.stringify(other)}`);
}

function report() {
  const before = existsSync(recorded) ? JSON.parse(readFileSync(recorded, 'utf8')) : undefined;
  const old = new Map(before?.rows.map((row) => [row.name, row]));
  printTable([
    ['', 'unit', 'parapet', 'other way', 'gain', 'recorded', 'change'],
    ...rows.map((row) => [
      row.name,
      row.unit,
      Math.round(row.value),
      row.against === undefined ? '' : `${Math.round(row.againstValue)} ${row.against}`,
      row.ratio === undefined ? '' : `${row.ratio.toFixed(1)} x`,
      old.has(row.name) ? Math.round(old.get(row.name).value) : '',
      old.has(row.name) ? `${Math.round((row.value / old.get(row.name).value - 1) * 100)} %` : '',
    ]),
  ]);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
  if (before !== undefined && before.machine !== machine)
    console.log(`The recorded result is of another machine (${before.machine}).`);
  if (!options.record) return;
  const result = { benchmark: 'engine', at: new Date().toISOString(), node: process.version, machine, rows };
  mkdirSync(path.dirname(recorded), { recursive: true });
  writeFileSync(recorded, `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

function readLines() {
  const file = path.join(work, 'engine.log');
  const made = spawnSync(
    process.execPath,
    [path.join(root, 'bench/generate-log.mjs'), file, '--lines', '20000'],
    { stdio: 'inherit' },
  );
  if (made.status !== 0) process.exit(1);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

function loadEngine() {
  const hub = path.join(shared, 'data/hub');
  const problems = [];
  const { items, dataFile } = collectItems(
    {
      dataDir: work,
      folders: existsSync(hub) ? [hub] : [],
      with: existsSync(hub)
        ? ['linux', 'nginx', 'base-http-scenarios', 'http-cve'].map((name) => `crowdsecurity/${name}`)
        : [],
      ownItems: true,
    },
    problems,
  );
  return loadPipeline({ items, dataFile, mode: 'replay', hostname: 'bench', nowMs: Date.now }, {});
}

function parsedEvents() {
  const { parsers } = pipeline.stages;
  const origin = { src: 'bench', module: 'file', labels: { type: 'nginx' } };
  return lines.slice(0, 4_000).flatMap((line) => {
    const event = new Event(schema);
    event.resetTo(line, origin, 0);
    return parsers.parse(event) ? [event] : [];
  });
}

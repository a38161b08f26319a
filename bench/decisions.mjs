// npm run bench:decisions [-- --record] [--quick] [--only addresses,ranges]
// What does it cost to ask the decision table about an address, to change it, to keep it, and to write and read
// decisions.bin? The ways that others do it run in the same process, in turns, on the same questions, half of them
// hits in random order; ours is asked questions that all hit, and ones that hardly ever do, as well. Figures are
// processor time, the least of several rounds, since the machine may be shared, and beside them stands what one read
// of memory outside the core's own cache took meanwhile, which no look-up of a hit among a million can do without.
// --record keeps the result in bench/results/decisions.json; --quick leaves out ten million entries, --only all kinds
// but those named.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { cpus, freemem, loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setUp } from '../scripts/setup.mjs';
import { printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const recorded = path.join(root, 'bench/results/decisions.json');
const { values: options } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
setUp({ quiet: true });
const built = (file) => import(pathToFileURL(path.join(root, 'packages', file)).href);
const { DecisionTable, decodeSnapshot, encodeSnapshot } = await built('enforcement/dist/index.js');
const { ipBits, parseIp } = await built('kinds/dist/index.js');

const NOW = 1_772_366_400;
const QUESTIONS = 1 << 16;
/** How many of a hundred ranges have which length: like the lists that are about, mostly /24. */
const LENGTHS = [
  ...Array(66).fill(24), ...Array(6).fill(23), ...Array(7).fill(22), ...Array(4).fill(21), ...Array(4).fill(20),
  ...Array(3).fill(19), 18, 18, 17, 16, 16, 25, 26, 27, 28, 29, 29, 14,
]; // prettier-ignore
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
let state = 1;
const lookups = [];
const changes = [];
const files = [];
const memoryNs = [];

const random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};
const dotted = (word) => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
const hex = (number) => number.toString(16);

/**
 * Processor time of changes, sixty-four in a row at a time: what one takes is too little to be measured, and the
 * clock would measure what else the machine does.
 */
class Stretches {
  #times;
  #started;

  constructor(changes) {
    this.#times = new Float64Array(changes >> 6);
  }

  get byteLength() {
    return this.#times.byteLength;
  }

  before(i) {
    if ((i & 63) === 0) this.#started = process.cpuUsage();
  }

  after(i) {
    if ((i & 63) !== 63) return;
    const { user, system } = process.cpuUsage(this.#started);
    this.#times[i >> 6] = user + system;
  }

  spread() {
    const sorted = this.#times.toSorted();
    return {
      medianUs: sorted[sorted.length >> 1] / 64,
      p999Us: sorted[Math.floor(sorted.length * 0.999)],
      worstUs: sorted.at(-1),
    };
  }
}

/** Makes sets of values: the n-th value as text, and a question that hits it. */
const kinds = {
  addresses: () => {
    const word = random();
    return { scope: 'ip', value: dotted(word), ask: [word] };
  },
  ranges: () => {
    const word = random();
    return { scope: 'range', value: `${dotted(word)}/${LENGTHS[random() % LENGTHS.length]}`, ask: [word] };
  },
  'IPv6 addresses': () => {
    const ask = [(0x2a000000 | (random() & 0x3fffff)) >>> 0, random(), random(), random()];
    return { scope: 'ip', value: six(ask), ask };
  },
  'IPv6 ranges': () => {
    const ask = [(0x2a000000 | (random() & 0x3fffff)) >>> 0, random(), random(), random()];
    return {
      scope: 'range',
      value: `${six(ask)}/${[64, 64, 64, 64, 64, 56, 56, 48, 48, 48, 44, 32][random() % 12]}`,
      ask,
    };
  },
};

const isWanted = (kind) => options.only === '' || options.only.split(',').includes(kind);
for (const entries of [10_000, 1_000_000]) {
  if (isWanted('addresses')) await withTable('addresses', entries, benchPeersOfAddresses);
  if (isWanted('ranges')) await withTable('ranges', entries, benchPeersOfRanges);
}
if (isWanted('IPv6 addresses')) await withTable('IPv6 addresses', 1_000_000);
if (isWanted('IPv6 ranges')) await withTable('IPv6 ranges', 1_000_000);
if (!options.quick && isWanted('addresses') && freemem() > 4e9) await benchTenMillion();
report();

/** Builds a table as the engine's messages do, one decision after the other, and measures all there is. */
async function withTable(kind, entries, peers = () => {}) {
  state = 2_463_534_242;
  const before = await held();
  const table = new DecisionTable({ seed: 7 });
  const asks = [];
  const values = [];
  const growing = new Stretches(entries);
  for (let i = 0; i < entries; i++) {
    const { scope, value, ask } = kinds[kind]();
    if ((i & 15) === 0 || entries <= 10_000) asks.push(ask);
    if (i >= entries - 10_000) values.push({ scope, value, id: idOf(i) });
    const decision = decisionOf(scope, value, i);
    growing.before(i);
    table.add(decision);
    growing.after(i);
  }
  const bytes = ((await held()) - before - growing.byteLength) / table.size;
  const wanted = questions(kind, asks);
  const texts = wanted.slice(0, 1 << 14).map((ask) => (ask.length === 1 ? dotted(ask[0]) : six(ask)));
  const ways = {
    ...waysToAsk(table, {
      parapet: wanted,
      'parapet, hits': questions(kind, asks, 1),
      'parapet, misses': questions(kind, asks, 0),
    }),
    'parapet, from text': {
      count: texts.length,
      run: () => {
        let hits = 0;
        for (const text of texts) if (table.lookup(ipBits(parseIp(text)), NOW) !== 0) hits++;
        return hits;
      },
    },
    ...peers(entries, kind, wanted, texts),
  };
  const results = leastOf(ways);
  const {
    parapet,
    'parapet, hits': hits,
    'parapet, misses': misses,
    'parapet, from text': fromText,
    ...others
  } = results;
  lookups.push({
    name: `Parapet, ${kind}`,
    entries,
    ns: parapet.ns,
    hitNs: hits.ns,
    missNs: misses.ns,
    textNs: fromText.ns,
    bytes,
  });
  memoryNs.push(oneRead());
  for (const [name, { ns, isText }] of Object.entries(others))
    lookups.push({ name: `${name}, ${kind}`, entries, ...(isText ? { textNs: ns } : { ns }) });
  if (entries < 1_000_000) return;
  benchChanges(table, kind, values, growing);
  benchSnapshot(table, kind);
}

/** The words are put into one array each time: a connection has its own at hand, and it is in the cache. */
function waysToAsk(table, sets) {
  return Object.fromEntries(
    Object.entries(sets).map(([name, asks]) => {
      const width = asks[0].length;
      const columns = Array.from({ length: width }, (_, i) => Uint32Array.from(asks, (ask) => ask[i]));
      const [first] = columns;
      const one = columns.map(() => 0xffffffff);
      const run =
        width === 1
          ? () => {
              let hits = 0;
              for (let i = 0; i < first.length; i++) {
                one[0] = first[i];
                if (table.lookup(one, NOW) !== 0) hits++;
              }
              return hits;
            }
          : () => {
              let hits = 0;
              for (let i = 0; i < first.length; i++) {
                for (let j = 0; j < 4; j++) one[j] = columns[j][i];
                if (table.lookup(one, NOW) !== 0) hits++;
              }
              return hits;
            };
      return [name, { count: asks.length, run }];
    }),
  );
}

/** What a read costs that waits for the one before and finds nothing in the core's own cache. */
function oneRead() {
  const slots = 1 << 22;
  const order = Int32Array.from({ length: slots }, (_, i) => i);
  for (let i = slots - 1; i > 0; i--) {
    const j = random() % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const next = new Int32Array(slots);
  for (let i = 0; i < slots; i++) next[order[i]] = order[(i + 1) % slots];
  let at = 0;
  const { read } = leastOf({
    read: {
      count: 100_000,
      run: () => {
        for (let i = 0; i < 100_000; i++) at = next[at];
        return at;
      },
    },
  });
  return read.ns;
}

function benchPeersOfAddresses(entries, kind, wanted, texts) {
  state = 2_463_534_242;
  const set = new Set();
  const map = new Map();
  for (let i = 0; i < entries; i++) {
    const { value, ask } = kinds[kind]();
    set.add(ask[0]);
    map.set(value, i);
  }
  const sorted = Uint32Array.from(set).sort();
  const first = Uint32Array.from(wanted, (ask) => ask[0]);
  return {
    'Map of strings': {
      isText: true,
      count: texts.length,
      run: () => {
        let hits = 0;
        for (const text of texts) if (map.has(text)) hits++;
        return hits;
      },
    },
    'Set of numbers': {
      count: first.length,
      run: () => first.reduce((hits, word) => hits + Number(set.has(word)), 0),
    },
    'sorted array, binary search': {
      count: first.length,
      run: () => {
        let hits = 0;
        for (let i = 0; i < first.length; i++) {
          const at = firstAbove(sorted, first[i]) - 1;
          if (at >= 0 && sorted[at] === first[i]) hits++;
        }
        return hits;
      },
    },
  };
}

function benchPeersOfRanges(entries, kind, wanted, texts) {
  if (entries > 10_000) return {}; // a question takes them milliseconds then
  state = 2_463_534_242;
  const list = new BlockList();
  const linear = [];
  for (let i = 0; i < entries; i++) {
    const { value } = kinds[kind]();
    const [address, length] = value.split('/');
    list.addSubnet(address, Number(length), 'ipv4');
    const mask = (-1 << (32 - Number(length))) >>> 0;
    linear.push({ mask, network: (ipBits(parseIp(address))[0] & mask) >>> 0 });
  }
  const some = texts.slice(0, 64);
  return {
    'net.BlockList': {
      isText: true,
      count: some.length,
      run: () => some.reduce((hits, text) => hits + Number(list.check(text)), 0),
    },
    'each range in turn': {
      count: 64,
      run: () => {
        let hits = 0;
        for (let i = 0; i < 64; i++)
          if (linear.some(({ mask, network }) => (wanted[i][0] & mask) >>> 0 === network)) hits++;
        return hits;
      },
    },
  };
}

/** Too many to be added one by one in a bench: put in from the side, as reading a snapshot does. */
async function benchTenMillion() {
  const entries = 10_000_000;
  state = 2_463_534_242;
  const before = await held();
  const table = new DecisionTable({ seed: 7 });
  const { ip4, classes } = table.parts();
  const kind = classes.take({ remediation: 'ban', scenario: 'list', origin: 'list', simulated: false });
  ip4.reserve(entries);
  const asks = [];
  for (let i = 0; i < entries; i++) {
    const word = random();
    if ((i & 127) === 0) asks.push([word]);
    classes.retain(kind);
    ip4.insert([word], NOW + 3600, i, kind);
  }
  const bytes = ((await held()) - before) / table.size;
  const results = leastOf(
    waysToAsk(table, {
      half: questions('addresses', asks),
      hits: questions('addresses', asks, 1),
      misses: questions('addresses', asks, 0),
    }),
  );
  const { half, hits, misses } = results;
  lookups.push({
    name: 'Parapet, addresses',
    entries,
    ns: half.ns,
    hitNs: hits.ns,
    missNs: misses.ns,
    bytes,
  });
}

/** Removes and adds again what is there; the times of growing were taken while the table was built. */
function benchChanges(table, kind, values, growing) {
  const removing = new Stretches(values.length);
  const adding = new Stretches(values.length);
  for (const [i, { scope, value, id }] of values.entries()) {
    const target = { scope, value };
    removing.before(i);
    const isGone = table.remove(id, target);
    removing.after(i);
    if (!isGone) throw new Error(`${value} was not there`);
  }
  for (const [i, { scope, value }] of values.entries()) {
    const decision = decisionOf(scope, value, i);
    adding.before(i);
    table.add(decision);
    adding.after(i);
  }
  for (const [name, stretches] of Object.entries({
    'add, growing from nothing': growing,
    add: adding,
    remove: removing,
  }))
    changes.push({ name: `${name}, ${kind}`, ...stretches.spread() });
}

function benchSnapshot(table, kind) {
  const head = { generation: 1, createdAtMs: NOW * 1000 };
  const bytes = encodeSnapshot(table, head);
  const found = decodeSnapshot(bytes);
  if (!found.ok || found.table.size !== table.size) throw new Error('the snapshot is not the table');
  const { write, read } = leastOf(
    {
      write: { count: 1, run: () => encodeSnapshot(table, head).length },
      read: { count: 1, run: () => decodeSnapshot(bytes).table.size },
    },
    3,
  );
  files.push({
    name: kind,
    entries: table.size,
    writeMs: write.ns / 1e6,
    readMs: read.ns / 1e6,
    bytes: bytes.length,
  });
}

/** Bytes of array buffers once all that nothing holds any more is gone; some of that happens in another thread. */
async function held() {
  let least = Infinity;
  for (let same = 0; same < 3;) {
    collect();
    await setTimeout(50);
    const { arrayBuffers } = process.memoryUsage();
    same = arrayBuffers < least ? 0 : same + 1;
    least = Math.min(least, arrayBuffers);
  }
  return least;
}

/** So much of them hits, in random order; what is none by intention may be one by chance, as with ranges. */
function questions(kind, asks, share = 0.5) {
  return Array.from({ length: QUESTIONS }, () =>
    random() < share * 2 ** 32 ? asks[random() % asks.length] : kinds[kind]().ask,
  );
}

/** Runs the ways in turns; the least processor time each took for one question. */
function leastOf(ways, rounds = 7) {
  const results = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { run, count, isText }] of Object.entries(ways)) {
      const startedAt = process.cpuUsage();
      let times = 0;
      let used;
      let result;
      do {
        result = run();
        times++;
        const { user, system } = process.cpuUsage(startedAt);
        used = user + system;
      } while (used < 20_000 && rounds > 3);
      const ns = (used * 1000) / (times * count);
      // The first round warms up.
      if (round > 0) results[name] = { ns: Math.min(ns, results[name]?.ns ?? Infinity), result, isText };
    }
  }
  return results;
}

function firstAbove(sorted, word) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] > word) high = middle;
    else low = middle + 1;
  }
  return low;
}

function idOf(i) {
  return `${hex(i).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

function decisionOf(scope, value, i) {
  return {
    id: idOf(i),
    target: { scope, value },
    remediation: 'ban',
    expiresAtMs: (NOW + 3600) * 1000,
    scenario: `crowdsecurity/scenario-${i % 50}`,
    origin: 'crowdsec',
    simulated: false,
  };
}

function six(words) {
  return words.flatMap((word) => [hex(word >>> 16), hex(word & 0xffff)]).join(':');
}

function report() {
  const round = (value, digits = 0) => (value === undefined ? '' : value.toFixed(digits));
  printTable([
    ['look-up', 'entries', 'ns, half hits', 'all hits', 'no hits', 'ns, text', 'bytes an entry'],
    ...lookups.map((row) => [
      row.name,
      row.entries,
      round(row.ns),
      round(row.hitNs),
      round(row.missNs),
      round(row.textNs),
      round(row.bytes, 1),
    ]),
  ]);
  console.log(`One read of memory: ${memoryNs.map((ns) => round(ns)).join(', ')} ns.`);
  printTable([
    ['change at 1,000,000', 'median us', '64 in a row: 99.9 % us', 'worst us'],
    ...changes.map((row) => [row.name, round(row.medianUs, 1), round(row.p999Us, 1), round(row.worstUs)]),
  ]);
  printTable([
    ['decisions.bin', 'entries', 'make ms', 'read ms', 'MB'],
    ...files.map((row) => [
      row.name,
      row.entries,
      round(row.writeMs),
      round(row.readMs),
      round(row.bytes / 1e6, 1),
    ]),
  ]);
  const before = existsSync(recorded) ? JSON.parse(readFileSync(recorded, 'utf8')) : undefined;
  const old = before?.lookups.find(
    ({ name, entries }) => name === 'Parapet, addresses' && entries === 1_000_000,
  );
  if (old !== undefined) console.log(`Recorded: ${round(old.ns)} ns for one of a million addresses.`);
  if (!options.record) return;
  const result = {
    benchmark: 'decisions',
    at: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    load: Math.round(loadavg()[0] * 10) / 10,
    memoryNs: [Math.min(...memoryNs), Math.max(...memoryNs)],
    lookups,
    changes,
    files,
  };
  mkdirSync(path.dirname(recorded), { recursive: true });
  writeFileSync(recorded, `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}

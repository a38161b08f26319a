// node bench/page.mjs [--check]
// Writes the tables of docs/benchmarks.md from bench/results, so that no figure there is typed by hand. With --check
// nothing is written, and the exit code is 1 when the page is not what the results say.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withRegion } from './region.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const page = path.join(root, 'docs/benchmarks.md');
const count = (value) => Math.round(value).toLocaleString('en');

/** Writes the page; returns whether it was already right. */
export function writePage({ check = false } = {}) {
  const before = readFileSync(page, 'utf8');
  let text = before;
  for (const [name, table] of Object.entries({
    logs: logsTable,
    engine: engineTable,
    gateway: gatewayTable,
    inspection: inspectionTable,
    fuzz: fuzzTable,
    decisions: decisionsTable,
    lapi: lapiTable,
    signals: signalsTable,
    dashboard: dashboardTable,
    live: liveTable,
    crawl: crawlTable,
    drupal: drupalTable,
  })) {
    const file = path.join(root, 'bench/results', `${name}.json`);
    const body = existsSync(file) ? table(JSON.parse(readFileSync(file, 'utf8'))) : 'Not recorded yet.';
    text = withRegion(page, text, name, 'bench/page.mjs', body);
  }
  if (!check && text !== before) writeFileSync(page, text);
  return text === before;
}

function crawlTable({ at, node, machine, load, addresses, requests, phases }) {
  const ms = (value) => `${value.toFixed(0)} ms`;
  const [normal] = phases;
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, load average ${load}; ${count(addresses)} addresses, ${count(requests)} requests of the crawl.`,
    '',
    '| | CPU of PHP and nginx | of normal | crawl served | people: pages p50, p95 | people: filters p50, p95 | people asked for the check |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...phases.map(
      (row) =>
        `| ${row.name} | ${row.cpuPercent.toFixed(1)} % of a core | ${(row.cpuPercent / normal.cpuPercent).toFixed(2)} x | ${row.crawlAsked === 0 ? '' : `${count(row.crawlServed)} of ${count(row.crawlAsked)}`} | ${ms(row.pageP50Ms)}, ${ms(row.pageP95Ms)} | ${ms(row.filterP50Ms)}, ${ms(row.filterP95Ms)} | ${count(row.peopleAway)} of ${count(row.peopleAsked)} |`,
    ),
  ].join('\n');
}

function drupalTable({ at, machine, load, version, blocks, rounds, requests, bans, sites, looks, turns }) {
  const us = (value) => `${count(value)} µs`;
  const [names, clocks] = [
    { without: 'without the module', with: 'with the module', control: 'without it, once more' },
    { look: 'the look', getClientIp: '`Request::getClientIp()`', nothing: 'neither' },
  ];
  return [
    `${at.slice(0, 10)}, Drupal ${version}, ${machine}, load average ${load}; ${blocks} blocks of ${rounds} rounds of ${requests} pages from the cache, ${count(bans)} bans.`,
    '',
    '| site | CPU of PHP for a page, p10 | p50 | more (95 %) |',
    '|---|---:|---:|---:|',
    ...sites.map(
      ({ name, p10Us, p50Us, more }) =>
        `| ${names[name]} | ${us(p10Us)} | ${us(p50Us)} | ${more === undefined ? '' : `${more.percent.toFixed(2)} % (${more.low.toFixed(2)} to ${more.high.toFixed(2)})`} |`,
    ),
    '',
    '| by the clock in the process | least | p50 | p95 |',
    '|---|---:|---:|---:|',
    ...looks.map(
      ({ name, leastUs, p50Us, p95Us }) =>
        `| ${clocks[name]} | ${[leastUs, p50Us, p95Us].map((value) => `${value.toFixed(1)} µs`).join(' | ')} |`,
    ),
    '',
    `| the look, by the CPU time of one process asked in turns (${count(turns[0].rounds)} rounds) | more | of a page (95 %) |`,
    '|---|---:|---:|',
    ...turns.map(
      ({ than, us: more, percent, low, high }) =>
        `| than ${than === 'nothing' ? 'neither' : clocks[than]} | ${more.toFixed(1)} µs | ${percent.toFixed(2)} % (${low.toFixed(2)} to ${high.toFixed(2)}) |`,
    ),
  ].join('\n');
}

function inspectionTable({ at, node, machine, inProcess, throughput }) {
  return [
    `${at.slice(0, 10)}, Node ${node}, one core of ${machine}.`,
    '',
    ...(inProcess.length === 0
      ? []
      : [
          '| one inspection | bytes | p50 | p99 |',
          '|---|---:|---:|---:|',
          ...inProcess.map(
            ({ name, bytes, p50Us, p99Us }) =>
              `| ${name} | ${count(bytes)} | ${count(p50Us)} us | ${count(p99Us)} us |`,
          ),
          '',
        ]),
    '| | request | requests per CPU-second | of nginx | of ModSecurity |',
    '|---|---|---:|---:|---:|',
    ...throughput.map(
      (row) =>
        `| ${row.name} | ${row.kind} | ${count(row.requestsPerCpuSecond)} | ${row.ofNginx === undefined ? '' : `${Math.round(row.ofNginx * 100)} %`} | ${row.ofModSecurity === undefined ? '' : `${row.ofModSecurity.toFixed(1)} x`} |`,
    ),
  ].join('\n');
}

function fuzzTable({ at, node, machine, load, from, runs, faults, heapMb, residentMb, rows, slowest }) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  return [
    `${at.slice(0, 10)}, Node ${node}, one core of ${machine}, load average up to ${load}; ${count(runs)} requests from number ${count(from)} on; ${faults} faults, at most ${heapMb} MB of heap, ${residentMb} MB resident.`,
    '',
    '| thread held | p50 | p99 | p99.9 | most | above 20 ms |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${ms(row.p50Ms)} | ${ms(row.p99Ms)} | ${ms(row.p999Ms)} | ${ms(row.mostMs)} | ${row.stalls} |`,
    ),
    '',
    '| the slowest | number | best | first try |',
    '|---|---:|---:|---:|',
    ...slowest
      .slice(0, 5)
      .map(({ kind, run, bestMs, firstMs }) => `| ${kind} | ${run} | ${ms(bestMs)} | ${ms(firstMs)} |`),
  ].join('\n');
}

function dashboardTable({ at, node, machine, load, alerts, events, pages, live, browser }) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, load average ${load}; ${count(alerts)} alerts, ${count(events)} events.`,
    '',
    '| page | CPU p50 | CPU p95 | wall p95 |',
    '|---|---:|---:|---:|',
    ...pages.map((row) => `| ${row.name} | ${ms(row.cpuMs)} | ${ms(row.cpuP95Ms)} | ${ms(row.wallP95Ms)} |`),
    '',
    '| | the engine, for each request | of a core at 2,000 requests a second |',
    '|---|---:|---:|',
    ...live.map(
      ({ name, nsPerRequest }) =>
        `| ${name} | ${count(nsPerRequest)} ns | ${((nsPerRequest * 2000) / 1e7).toFixed(3)} % |`,
    ),
    ...(browser === undefined
      ? []
      : [
          '',
          `In Chromium on the same machine, the first page can be used ${browser.usableMs.toFixed(0)} ms after it is asked for. At ${count(browser.live.requestsPerSecond)} requests a second the live view is drawn ${browser.live.framesPerSecond.toFixed(0)} times a second, 95 % of the frames at most ${browser.live.frameP95Ms.toFixed(0)} ms apart, with ${browser.live.longTasks} tasks over 50 ms in ${browser.live.watchedSeconds} s.`,
        ]),
  ].join('\n');
}

function liveTable({ at, node, machine, load, rounds, milliseconds, requestsPerSecond, rows }) {
  const part = ({ us, aloneUs, more }) =>
    `${aloneUs.toFixed(1)} to ${us.toFixed(1)} µs | ${more.percent.toFixed(2)} % (${more.low.toFixed(2)} to ${more.high.toFixed(2)})`;
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, load average ${load}; ${count(requestsPerSecond)} requests a second, ${rounds} pairs of turns of ${milliseconds} ms for each line.`,
    '',
    '| beside a turn with nobody there | CPU of the gateway for a request | more (95 %) | CPU of the engine for a request | more (95 %) |',
    '|---|---:|---:|---:|---:|',
    ...rows.map(({ name, gateway, engine }) => `| ${name} | ${part(gateway)} | ${part(engine)} |`),
  ].join('\n');
}

function signalsTable({ at, node, machine, load, rows }) {
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, load average ${load}.`,
    '',
    '| | records | CPU of the engine for each | records per CPU-second | of the log |',
    '|---|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${count(row.records)} | ${count(row.cpuUs)} us | ${count(row.perCpuSecond)} | ${Math.round(row.ofLog * 100)} % |`,
    ),
  ].join('\n');
}

function logsTable({ at, node, machine, generator, lines, rows }) {
  const [own] = rows;
  return [
    `${at.slice(0, 10)}, Node ${node}, one core of ${machine}, ${count(lines)} lines made by \`${generator}\`; load average during the runs ${Math.max(...rows.map(({ load }) => load))}.`,
    '',
    '| | lines read | CPU seconds | lines per CPU-second | peak memory | Parapet does |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${count(row.lines)} | ${row.cpuSeconds.toFixed(2)} | ${count(row.linesPerCpuSecond)} | ${count(row.rssMb)} MB | ${row === own ? '' : `${(own.linesPerCpuSecond / row.linesPerCpuSecond).toFixed(1)} x`} |`,
    ),
  ].join('\n');
}

function lapiTable({ at, node, machine, load, decisions, bouncers, alertsAMinute, rows }) {
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, load average ${load}. ${count(decisions)} decisions in force, ${bouncers} bouncers that poll every 10 seconds, ${count(alertsAMinute)} alerts a minute.`,
    '',
    '| | everything to a bouncer that starts | CPU for it | memory, at most | what has changed: median | 99th percentile | CPU a minute |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${row.startSeconds.toFixed(1)} s | ${row.startCpuSeconds.toFixed(1)} s | ${count(row.rssMb)} MB, ${count(row.peakMb)} MB | ${row.deltaP50Ms.toFixed(1)} ms | ${row.deltaP99Ms.toFixed(1)} ms | ${row.cpuSecondsAMinute.toFixed(1)} s |`,
    ),
  ].join('\n');
}

function engineTable({ at, node, machine, rows }) {
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}.`,
    '',
    '| | Parapet | the plain way | gain |',
    '|---|---:|---:|---:|',
    ...rows.map(
      ({ name, unit, value, against, againstValue, ratio }) =>
        `| ${name} | ${count(value)} ${unit} | ${against === undefined ? '' : `${count(againstValue)} (${against})`} | ${ratio === undefined ? '' : `${ratio.toFixed(1)} x`} |`,
    ),
  ].join('\n');
}

function gatewayTable({ at, node, machine, connections, throughput, latency, bars }) {
  const [nginx] = throughput;
  const of = (row) => throughput.find(({ id, size }) => id === nginx.id && size === row.size);
  const share = (row) =>
    `${(100 * (row.ofNginx ?? row.requestsPerCpuSecond / of(row).requestsPerCpuSecond)).toFixed(1)} %`;
  const others = throughput.map(({ othersShare = 0 }) => Math.round(100 * othersShare));
  const added = latency.find(({ id }) => id === nginx.id)?.addedP50Us;
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}, ${connections} connections; load average during the runs up to ${Math.max(...throughput.map(({ load }) => load))}${throughput.some(({ othersShare }) => othersShare !== undefined) ? `; others took ${Math.min(...others)} to ${Math.max(...others)} % of the cores in the turns that count` : ''}.`,
    '',
    '| | answer | requests per CPU-second | of nginx | resident memory | engine beside |',
    '|---|---:|---:|---:|---:|---:|',
    ...throughput.map(
      (row) =>
        `| ${row.name} | ${row.size === '1k' ? '1 KiB' : '20 KiB'} | ${count(row.requestsPerCpuSecond)} | ${share(row)} | ${row.residentMb} MB | ${row.besideCpuShare === undefined ? '' : `+${Math.round(row.besideCpuShare * 100)} %`} |`,
    ),
    '',
    '| one idle connection | median | 5 % take at most | added to the median | of what nginx adds |',
    '|---|---:|---:|---:|---:|',
    ...latency.map(
      (row) =>
        `| ${row.name} | ${count(row.p50Us)} µs | ${count(row.p5Us)} µs | ${row.addedP50Us === undefined ? '' : `${count(row.addedP50Us)} µs`} | ${row.addedP50Us === undefined ? '' : `${(row.addedP50Us / added).toFixed(2)} x`} |`,
    ),
    '',
    '| what is expected | is | wanted |',
    '|---|---:|---:|',
    ...bars.map(
      ({ what, value, wanted, isMet }) =>
        `| ${what} | ${value.toFixed(2)} | ${wanted}${isMet ? '' : ', not met'} |`,
    ),
  ].join('\n');
}

function decisionsTable({ at, node, machine, load, memoryNs, lookups, changes, files }) {
  const ns = (value) => (value === undefined ? '' : `${count(value)} ns`);
  const memory =
    memoryNs === undefined
      ? ''
      : `; one read of memory outside the core's own cache took ${memoryNs.map((value) => count(value)).join(' to ')} ns meanwhile`;
  return [
    `${at.slice(0, 10)}, Node ${node}, ${machine}; load average at the end ${load}${memory}.`,
    '',
    '| look-up | entries | parsed address, half hits | all hits | no hits | from text, half hits | bytes an entry |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lookups.map(
      (row) =>
        `| ${row.name} | ${count(row.entries)} | ${ns(row.ns)} | ${ns(row.hitNs)} | ${ns(row.missNs)} | ${ns(row.textNs)} | ${row.bytes === undefined ? '' : row.bytes.toFixed(1)} |`,
    ),
    '',
    '| change, at 1,000,000 | each, median | 64 in a row, 99.9 % are within | 64 in a row, worst |',
    '|---|---:|---:|---:|',
    ...changes.map(
      (row) =>
        `| ${row.name} | ${row.medianUs.toFixed(1)} µs | ${count(row.p999Us)} µs | ${(row.worstUs / 1000).toFixed(1)} ms |`,
    ),
    '',
    '| decisions.bin | entries | making | reading | size |',
    '|---|---:|---:|---:|---:|',
    ...files.map(
      (row) =>
        `| ${row.name} | ${count(row.entries)} | ${count(row.writeMs)} ms | ${count(row.readMs)} ms | ${(row.bytes / 1e6).toFixed(1)} MB |`,
    ),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  if (!writePage({ check }) && check) {
    console.error('docs/benchmarks.md is not what bench/results say: node bench/page.mjs');
    process.exitCode = 1;
  }
}

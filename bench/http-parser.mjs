// node bench/http-parser.mjs [--rounds 7]
// What does it cost to read the head of a request? Ours, as offsets and with the strings that a guard asks for,
// beside llhttp (WebAssembly out of undici) in the same run: nanoseconds of CPU a head, the least of the rounds.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { printTable } from './measure.mjs';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
setUp({ quiet: true });
const { GATEWAY_LIMITS, RequestHead } = await import('../packages/gateway/dist/index.js');

// Such as a browser sends to a site: 14 headers, a session, a long query.
const head = Buffer.from(
  [
    'GET /en/node/1234/revisions?search_api_fulltext=annual%20report&sort_by=created&sort_order=DESC&page=3&utm_source=newsletter HTTP/1.1',
    'Host: www.example.org',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-GB,en;q=0.5',
    'Accept-Encoding: gzip, deflate, br',
    'Connection: keep-alive',
    'Cookie: SESSd41d8cd98f00=0aBcDeFgHiJkLmNo',
    'Upgrade-Insecure-Requests: 1',
    'Sec-Fetch-Dest: document',
    'Sec-Fetch-Site: same-origin',
    '',
    '',
  ].join('\r\n'),
);

const reader = new RequestHead(GATEWAY_LIMITS);
let sink = 0;
const contenders = {
  'parapet, offsets': () => {
    reader.clear();
    sink += reader.parse(head, 0, head.length);
  },
  'parapet, with method, target, host, user agent, cookie': () => {
    reader.clear();
    reader.parse(head, 0, head.length);
    sink += reader.method.length + reader.rawTarget.length + reader.host.length;
    sink += reader.header('user-agent').length + reader.header('cookie').length;
  },
  'parapet, byte by byte': () => {
    reader.clear();
    for (let end = 1; end <= head.length; end++) sink += reader.parse(head, 0, end);
  },
  ...makeLlhttp(),
};

const rows = [[`head of ${head.length} bytes`, 'ns']];
const best = new Map();
for (const run of Object.values(contenders)) time(run, 20_000);
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const ns = time(run, name.includes('byte by byte') ? 5000 : 100_000);
    best.set(name, Math.min(best.get(name) ?? Infinity, ns));
  }
}
for (const [name, ns] of best) rows.push([name, Math.round(ns).toLocaleString('en')]);
printTable(rows);
if (sink === 0) throw new Error('nothing was read');

function time(run, times) {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / times;
}

function makeLlhttp() {
  const load = createRequire(import.meta.url);
  const spans = [];
  const strings = [];
  let isStrings = false;
  const take = (_, at, length) => {
    if (isStrings) strings.push(memoryBytes.latin1Slice(at, at + length));
    else spans.push(at, length);
    return 0;
  };
  const { exports: wasm } = new WebAssembly.Instance(
    new WebAssembly.Module(load('undici/lib/llhttp/llhttp_simd-wasm.js')),
    {
      env: {
        wasm_on_message_begin: () => 0,
        wasm_on_url: take,
        wasm_on_status: () => 0,
        wasm_on_header_field: take,
        wasm_on_header_value: take,
        wasm_on_headers_complete: () => 0,
        wasm_on_body: () => 0,
        wasm_on_message_complete: () => 0,
      },
    },
  );
  wasm._initialize();
  const parser = wasm.llhttp_alloc(1);
  const at = wasm.malloc(4096);
  const memoryBytes = Buffer.from(wasm.memory.buffer);
  const run = (withStrings) => () => {
    isStrings = withStrings;
    spans.length = strings.length = 0;
    memoryBytes.set(head, at);
    if (wasm.llhttp_execute(parser, at, head.length) !== 0) throw new Error('llhttp refused the head');
    sink += spans.length + strings.length;
  };
  return { 'llhttp (wasm), offsets': run(false), 'llhttp (wasm), all strings': run(true) };
}

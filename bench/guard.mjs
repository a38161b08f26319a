// node bench/guard.mjs [--rounds 5] [--decisions 1000000]
// What does it cost to decide on a request? The guard with a table of a million decisions, asked by visitors without
// a decision and by those who have one, beside the look-up alone and beside a token bucket such as rate limiters for
// Node keep it (an object for each client in a Map): nanoseconds of CPU a request, the least of the rounds.
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { printTable } from './measure.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, decisions: { type: 'string', default: '1000000' } },
});
setUp({ quiet: true });
const { Challenge, DecisionTable, LocalLink, SiteGuard } =
  await import('../packages/enforcement/dist/index.js');
const { GATEWAY_LIMITS, RequestHead } = await import('../packages/gateway/dist/index.js');
const { ipBits, parseIp } = await import('../packages/kinds/dist/index.js');
const { SiteCosts } = await import('../packages/engine/dist/index.js');

const CLIENTS = 4096;
let sink = 0;
const nowMs = () => Date.now();
const sleep = () => new Promise(() => {});
const secrets = [Buffer.alloc(32, 7)];

const table = new DecisionTable();
for (let i = 0; i < Number(options.decisions); i++)
  decide(`${1 + (i % 90)}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, 'ban', i);
// As many as an attack has at a time: the tokens of their pages are remembered.
const banned = clientsIn('198.18', 'ban').map((_, i, all) => all[i % 1024]);
const slowed = clientsIn('198.19', 'throttle');
const strangers = clientsIn('203.0');

const challenge = new Challenge({ secrets, nowMs, random: (n) => Buffer.alloc(n, 1), delay: sleep });
const site = { name: 'main', mode: 'enforce', closedPaths: [], neverChallenge: [] };
const throttle = { throttle: { perSecond: 1000, burst: 10_000, queue: 0, maxWaitMs: 0 } };
const link = new LocalLink({}, nowMs);
const settings = { sites: [site], throttle };
const common = { table, challenge, link, secrets, trustEpoch: 1, nowMs, sleep };
const guard = new SiteGuard({ ...common, settings });
const costGuard = new SiteGuard({
  ...common,
  settings: { ...settings, costlyPages: 'enforce' },
  costs: new SiteCosts(1_800_000),
});

const plain = heads('');
const views = heads('', 16_384);
const withCookies = heads(
  'Cookie: SESSd41d8cd98f00b204e9800998ecf8427e=0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789; _ga=GA1.2.1234.5678\r\n',
);
const html = heads('Accept: text/html\r\nAccept-Language: de\r\n');
const buckets = new Map();
const contenders = {
  'the look-up alone': (i) => {
    sink += table.lookup(strangers[i % CLIENTS].words, Math.floor(Date.now() / 1000));
  },
  'no decision': (i) => ask(plain, strangers, i),
  'no decision, with cookies': (i) => ask(withCookies, strangers, i),
  'no decision, answered': (i) => askAndEnd(guard, i),
  'the same, what pages cost is learned': (i) => askAndEnd(costGuard, i),
  'slowed down, its turn': (i) => ask(plain, slowed, i),
  'banned, the page in German': (i) => ask(html, banned, i),
  'a token bucket in a Map of objects': (i) => {
    const { ip } = slowed[i % CLIENTS];
    const now = Date.now();
    let bucket = buckets.get(ip);
    if (bucket === undefined) buckets.set(ip, (bucket = { tokens: 10_000, at: now }));
    bucket.tokens = Math.min(10_000, bucket.tokens + (now - bucket.at));
    bucket.at = now;
    if (bucket.tokens >= 1) bucket.tokens -= 1;
    sink += bucket.tokens;
  },
};

const best = new Map();
for (const run of Object.values(contenders)) time(run, 20_000);
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, run] of Object.entries(contenders))
    best.set(name, Math.min(best.get(name) ?? Infinity, time(run, 300_000)));
}
const rows = [[`a request, ${table.size.toLocaleString('en')} decisions`, 'ns']];
for (const [name, ns] of best) rows.push([name, Math.round(ns).toLocaleString('en')]);
printTable(rows);
if (sink === 0) throw new Error('nothing was decided');

function ask(requests, clients, i) {
  const action = guard.onRequest(requests[i % requests.length], clients[i % CLIENTS], 'main');
  sink += action.kind.length;
}

/** No two addresses in a row are the same. */
function askAndEnd(one, i) {
  const request = views[i % views.length];
  const client = strangers[i % CLIENTS];
  sink += one.onRequest(request, client, 'main').kind.length;
  const answered = { status: 200, upstreamMs: 3, totalMs: 3, cacheStatus: '', answer: undefined };
  one.onEnd({ site: 'main', request, client, startedAtMs: Date.now(), ...answered });
}

function time(run, times) {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) run(i);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / times;
}

function decide(ip, remediation, number) {
  table.add({
    id: `${(number >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    target: { scope: 'ip', value: ip },
    remediation,
    expiresAtMs: Date.now() + 86_400_000,
    scenario: 'parapet/http-probing',
    origin: 'scenario',
    simulated: false,
  });
}

function clientsIn(prefix, remediation) {
  return Array.from({ length: CLIENTS }, (_, i) => {
    const ip = parseIp(`${prefix}.${i >> 8}.${i & 255}`);
    if (remediation !== undefined) decide(ip, remediation, 0x80000000 + i);
    return { ip, words: ipBits(ip), peerIp: ip, scheme: 'https' };
  });
}

/** Several, as connections have one each; their targets are strings already, as the log needs them anyway. */
function heads(more, count = 64) {
  return Array.from({ length: count }, (_, i) => {
    const bytes = Buffer.from(
      `GET /en/node/1234?page=${i}&sort=changed&keys=the+library HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept-Encoding: gzip, deflate, br\r\n${more}Connection: keep-alive\r\n\r\n`,
    );
    const head = new RequestHead(GATEWAY_LIMITS);
    head.parse(bytes, 0, bytes.length);
    sink += head.rawTarget.length;
    return head;
  });
}

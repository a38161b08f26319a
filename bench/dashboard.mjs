// npm run bench:dashboard [-- --record] [--alerts 50000]
// How long does a page of the dashboard take with 50,000 alerts of 20 events each and 20,000 findings in the store, and
// what do the live view and the counting of bots cost the engine for each request? Each page is asked for 40 times; CPU
// is user and system. Where Chromium is, also: how soon the first page can be used, and how evenly the live view is
// drawn at 2,000 requests a second. --record keeps the result in bench/results/dashboard.json.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureBrowser } from './dashboard/browser.mjs';
import { printTable } from './measure.mjs';
import { writePage } from './page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const recorded = path.join(root, 'bench/results/dashboard.json');
const { values: options } = parseArgs({
  options: { record: { type: 'boolean', default: false }, alerts: { type: 'string', default: '50000' } },
});
const ALERTS = Number(options.alerts);
const EVENTS = 20;
const TIMES = 40;
const WEEK_MS = 7 * 86_400_000;
const REQUESTS = 400_000;
const FINDINGS = 20_000;
const MORE_SCENARIOS = 55;
const RULES = ['sql-names', 'sql', 'traversal', 'env-file', 'scanner-agent', 'php-call'];
/** Of an agency: each has one alert in so many, and a tenth of all is of no known site. */
const SITES = Array.from({ length: 200 }, (_, i) => `site-${i}`);
const NODES = 200;
const SCENARIOS = ['http-injection', 'http-scanner-paths', 'drupal-login-bf', 'perimeter', 'http-404-burst'];

const RULE = `parapet/${SCENARIOS[0]}`;

setUp({ quiet: true });
const load = (file) => import(pathToFileURL(path.join(root, 'packages', file)).href);
const { openStore } = await load('store/dist/index.js');
const { createDashboard, DASHBOARD_ASSETS, Feed, makeInvitation } = await load(
  'dashboard/dist/server/index.js',
);
const { DashboardDesk } = await load('cli/dist/up/dashboardDesk.js');
const { BotCounts } = await load('cli/dist/up/botCounts.js');
const { crawlerPolicyOf } = await load('cli/dist/up/aiCrawlers.js');
const { ruleDesk } = await load('cli/dist/up/ruleDesk.js');
const { settingsView } = await load('cli/dist/up/settingsView.js');
const { openChosenModes } = await load('cli/dist/engine/chosenModes.js');
const { DEFAULT_CONFIG } = await load('cli/dist/config/defaults.js');
const { botsView } = await load('cli/dist/up/botDesk.js');
const { VisitorBook } = await load('cli/dist/up/visitorBook.js');
const { processContext } = await load('cli/dist/context.js');
const { diagnose } = await load('cli/dist/doctor/diagnose.js');
const { notificationDesk } = await load('cli/dist/up/notificationDesk.js');
const { OwnRules } = await load('cli/dist/notifications/ownRules.js');
const { reportMaker } = await load('cli/dist/report/files.js');
const { serveDashboard } = await load('cli/dist/up/dashboardServer.js');
const { makeTarget } = await load('cli/dist/target.js');
const { nodesOf } = await load('cli/dist/up/nodes.js');
const { sitesView } = await load('cli/dist/up/siteViews.js');
const folder = mkdtempSync(path.join(tmpdir(), 'parapet-bench-'));
const now = () => new Date();
const store = await openStore({ dataDir: folder, role: 'engine', now });
try {
  await fill();
  const { dashboard, ask, askOfHalf, feed, session } = await openPages();
  const pages = [...(await measurePages(ask)), ...(await measureSites(ask, askOfHalf))];
  const browser = await measureInBrowser(dashboard, feed, session());
  const live = [measureLive(false), measureLive(true)];
  printTable([
    ['page', 'CPU p50', 'CPU p95', 'wall p95'],
    ...pages.map(({ name, cpuMs, cpuP95Ms, wallP95Ms }) => [name, cpuMs, cpuP95Ms, wallP95Ms].map(shown)),
  ]);
  for (const { name, nsPerRequest } of live) console.log(`${name}: ${Math.round(nsPerRequest)} ns a request`);
  if (browser !== undefined)
    console.log(
      `first page usable after ${browser.usableMs.toFixed(0)} ms; live view at ${browser.live.requestsPerSecond.toFixed(0)} requests a second: ` +
        `${browser.live.framesPerSecond.toFixed(0)} frames a second, p95 ${browser.live.frameP95Ms.toFixed(0)} ms apart, ${browser.live.longTasks} tasks over 50 ms`,
    );
  if (options.record) {
    mkdirSync(path.dirname(recorded), { recursive: true });
    const facts = {
      at: now().toISOString(),
      node: process.version,
      machine: `${cpus().length} x ${cpus()[0].model}`,
      load: Number(loadavg()[0].toFixed(1)),
      ...{ alerts: ALERTS, events: ALERTS * EVENTS },
    };
    writeFileSync(recorded, `${JSON.stringify({ ...facts, pages, live, browser }, undefined, 2)}\n`);
    writePage();
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}

async function fill() {
  for (let from = 0; from < ALERTS; from += 500) {
    const alerts = Array.from({ length: Math.min(500, ALERTS - from) }, (_, i) => alertOf(from + i));
    const decided = alerts.filter((_, i) => i % 5 < 3);
    store.record({ alerts, decisions: decided.map(decisionOf) });
    await store.flush();
  }
  for (let from = 0; from < FINDINGS; from += 500)
    await store.inspections.add(Array.from({ length: 500 }, (_, i) => findingOf(from + i)));
  const machine = { isValidated: true, ip: '192.0.2.1', version: 'v1.6.8', scenarios: SCENARIOS };
  for (let i = 0; i < NODES; i++)
    await store.clients.putMachine({ ...machine, name: `web${i}`, createdAt: now(), seenAt: now() });
  const minutes = Array.from({ length: 1440 }, (_, i) => ({
    at: new Date(Date.now() - i * 60_000),
    lines: 900,
  }));
  await store.minutes.add(minutes.map((minute) => ({ ...minute, stopped: 3, alerts: 1 })));
}

function alertOf(i) {
  const at = new Date(Date.now() - (ALERTS - i) * (WEEK_MS / ALERTS));
  const ip = `203.${i % 113}.${(i * 7) % 251}.${i % 250}`;
  const meta = (j) => [
    ['http_path', `/page-${j}?q=1+union+select+${i}`],
    ['http_status', '404'],
    ['http_user_agent', `Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/${i}`],
    ['http_verb', 'GET'],
    ...(i % 10 === 0 ? [] : [['target_fqdn', SITES[i % SITES.length]]]),
  ];
  return {
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    scenario: `parapet/${SCENARIOS[i % SCENARIOS.length]}`,
    ...{
      scenarioVersion: '0.1',
      scenarioHash: 'ab',
      startAt: at,
      stopAt: at,
      knownAt: at,
      eventsCount: EVENTS,
    },
    source: { scope: 'ip', value: ip, ip, countryCode: 'FR' },
    events: Array.from({ length: EVENTS }, (_, j) => ({ at, meta: meta(j) })),
    ...{ message: '', remediation: true, simulated: false, labels: {}, capacity: 5, leakSpeedMs: 10_000 },
  };
}

function findingOf(i) {
  const reasons = RULES.map((rule, j) => ({
    ...{ detector: `parapet/${rule}`, class: 'sqli', text: 'asks for more than the page would' },
    ...{ weight: 6 - j, foundIn: { placement: 'query', name: 'q', excerpt: `1' union select ${i}` } },
  }));
  return {
    ...{ id: i.toString(16).padStart(8, '0'), at: new Date(Date.now() - i * (WEEK_MS / FINDINGS)) },
    ...{ site: '', ip: `203.0.${i % 251}.${i % 250}`, method: 'GET', path: '/search', route: '/search' },
    ...{
      action: 'block',
      isEnforced: true,
      score: 0.99,
      reasons,
      findings: [],
      network: 1,
      isVouched: false,
    },
  };
}

function decisionOf({ id, source, scenario, knownAt }) {
  return {
    ...{ id: id.replace('0000', 'd0d0'), target: { scope: 'ip', value: source.value }, remediation: 'ban' },
    ...{ startAt: knownAt, expiresAt: new Date(knownAt.getTime() + 14_400_000) },
    ...{ scenario, origin: 'crowdsec', mode: 'live', alertId: id },
  };
}

/** The dashboard of an engine, as far as pages need one, and somebody who is logged in. */
async function openPages() {
  const secret = new Uint8Array(32);
  const nothing = () => {};
  const more = Array.from({ length: MORE_SCENARIOS }, (_, i) => `scenario-${i}`);
  const scenarios = [...SCENARIOS, ...more].map((name) => ({
    ...{ name: `parapet/${name}`, description: name, labels: {}, file: '', remediation: true },
  }));
  const rules = ruleDesk({
    engine: { scenarios, isSimulated: () => false, chosen: openChosenModes(folder), dataDir: folder },
    ...{ config: DEFAULT_CONFIG, folder, store, nowMs: Date.now, isInspecting: true },
    ...{ current: () => DEFAULT_CONFIG, knowledge: () => [], onChosen: nothing },
  });
  const context = { ...processContext(), folder, env: {} };
  const notifications = notificationDesk(context, DEFAULT_CONFIG, folder, new OwnRules(folder, nothing));
  const makers = new WeakMap();
  const reportsOf = (shown) => {
    if (!makers.has(shown))
      makers.set(
        shown,
        reportMaker(shown, now, {}, () => DEFAULT_CONFIG.notifications),
      );
    return makers.get(shown);
  };
  const live = { current: DEFAULT_CONFIG, written: DEFAULT_CONFIG, chosen: () => undefined };
  const visitors = fullBook();
  const feed = new Feed();
  const dashboard = createDashboard({
    ...{ store, now, version: '', secret, feed, assets: DASHBOARD_ASSETS, hosts: [], isSecure: false },
    engine: () => ({ startedMs: 0, lastLineMs: Date.now(), findings: [], isObserving: false }),
    diagnose: async () => (await diagnose(context, { dataDir: folder })).cards,
    readTarget: makeTarget,
    visits: (places, people) => visitors.within(places, Date.now(), people),
    reasonToSpare: async () => undefined,
    rules: async () => rules,
    notifications: async () => notifications,
    reports: async (shown) => reportsOf(shown),
    siteNames: () => SITES,
    settings: async () => settingsView({ context, live, dataDir: folder, ask: async () => undefined }),
    closings: { find: nothing, keep: nothing },
    choices: { allows: () => true, chosen: live.chosen, choose: nothing },
    nodes: async () => nodesOf(store, Date.now(), 0),
    bots: async () => botsView(botCounts(), live, folder, Date.now()),
    sites: () =>
      sitesView({
        ...{ live, folder, dataDir: folder, version: '', startedMs: 0, nowMs: Date.now() },
        ask: async () => undefined,
      }),
    ...{ onAdded: nothing, onLifted: nothing, onAccess: nothing, onFault: console.error },
  });
  const comeIn = async (name, invitation) => {
    let cookie = '';
    let csrf = '';
    const ask = async (address, body) => {
      const headers = {
        ...{ host: 'localhost:1', cookie, 'content-type': 'application/json', 'x-parapet-csrf': csrf },
      };
      const given = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const request = new Request(`http://localhost:1/data${address}`, { headers, ...given });
      const response = await dashboard(request, { ip: '127.0.0.1' });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      const answered = await response.json();
      csrf = answered.csrf ?? csrf;
      return answered;
    };
    const expiresAt = new Date(Date.now() + 600_000);
    const token = makeInvitation(secret, { role: 'admin', expiresAt, ...invitation });
    await ask('/welcome', { token, name, password: 'seven brave otters' });
    return { ask, session: () => cookie.split('=', 2)[1] };
  };
  const { ask, session } = await comeIn('bench', {});
  const { ask: askOfHalf } = await comeIn('half', { sites: SITES.slice(0, SITES.length / 2) });
  return { dashboard, ask, askOfHalf, feed, session };
}

/** As many visitors as are remembered at most. */
function fullBook() {
  const book = new VisitorBook(folder);
  for (let day = 0; day < 7; day++)
    for (let i = 0; i < 10_000; i++)
      book.visit(`203.${i % 113}.${(i * 7 + day) % 251}.${i % 250}`, Date.now() - day * 86_400_000);
  return book;
}

async function measurePages(ask) {
  const first = await timed(() => ask('/overview'));
  const { incidents } = await ask('/incidents');
  const largest = incidents.toSorted((a, b) => b.alerts - a.alerts)[0];
  const once = (name, run) => ({ name, ...run, cpuP95Ms: run.cpuMs, wallP95Ms: run.wallMs });
  const rows = [once('overview, the first time', first)];
  // Kept for a minute.
  for (const name of ['reports', 'health'])
    rows.push(once(`${name}, the first time`, await timed(() => ask(`/${name}`))));
  rows.push(
    ...(await measureEach(ask, [
      ['overview', '/overview'],
      ['incidents', '/incidents'],
      ['incidents, searched', '/incidents?q=203.5'],
      [`an incident of ${largest.alerts} alerts`, `/incidents/${largest.id}`],
      ['decisions in force', '/decisions'],
      ['decisions with history', '/decisions?all=1'],
      ['decisions, searched by scenario', '/decisions?q=injection&all=1'],
      ['decisions inside a range', '/decisions?q=203.5.0.0/16&all=1'],
      ['whom a ban of a /16 would hit', '/decisions/effect', { values: ['203.5.0.0/16'] }],
      ['bots', '/bots'],
      ['rules', '/rules'],
      ['rules, searched', '/rules?q=sql&kind=content'],
      ['sites, with 200 nodes', '/sites'],
      ['settings', '/settings'],
      ['what a rule would have stopped', '/rules/preview', { name: RULE, mode: 'observe' }],
      ['whom a rule for a crawler is about', '/bots/preview', { who: 'GPTBot', rule: 'block' }],
      ['reports', '/reports'],
      ['notifications', '/notifications'],
      ['health', '/health'],
      ['users', '/users'],
      ['audit log', '/audit'],
      ['account', '/account/passkeys'],
    ])),
  );
  return rows;
}

/** As who chose one of 200 sites among all, and as who has a role for half of them. */
async function measureSites(ask, askOfHalf) {
  const rows = [];
  for (const [who, asks, query] of [
    ['one site', ask, 'site=site-7'],
    ['100 sites', askOfHalf, ''],
  ]) {
    const once = await timed(() => asks(`/overview?${query}`));
    rows.push({
      name: `overview of ${who}, the first time`,
      ...once,
      cpuP95Ms: once.cpuMs,
      wallP95Ms: once.wallMs,
    });
    rows.push(
      ...(await measureEach(asks, [
        [`overview of ${who}`, `/overview?${query}`],
        [`incidents of ${who}`, `/incidents?${query}`],
        [`decisions of ${who}, with history`, `/decisions?all=1&${query}`],
        [`rules, as of ${who}`, `/rules?${query}`],
        [`reports of ${who}`, `/reports?${query}`],
      ])),
    );
  }
  return rows;
}

async function measureEach(ask, pages) {
  const rows = [];
  for (const [name, address, body] of pages) {
    const runs = [];
    for (let i = 0; i < TIMES; i++) runs.push(await timed(() => ask(address, body)));
    const at = (share, key) =>
      runs.map((run) => run[key]).toSorted((a, b) => a - b)[Math.floor(TIMES * share)];
    rows.push({ name, cpuMs: at(0.5, 'cpuMs'), cpuP95Ms: at(0.95, 'cpuMs'), wallP95Ms: at(0.95, 'wallMs') });
  }
  return rows;
}

async function measureInBrowser(dashboard, feed, session) {
  const server = await serveDashboard('127.0.0.1:0', dashboard, false);
  try {
    const { url } = server;
    const { desk, event } = liveDesk(feed);
    return await measureBrowser({
      ...{ url, cookie: `parapet-${new URL(url).port}=${session}` },
      request: () => {
        desk.event(event);
        desk.lines(1);
      },
      ...{ turn: () => feed.turn(), pulse: () => desk.pulse() },
    });
  } finally {
    await server.close();
  }
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs };
}

/** What the engine does for the dashboard with each request, 2,000 of them a second, with one turn in 400 ms. */
function measureLive(isWatched) {
  const feed = new Feed();
  if (isWatched) feed.listen((moment) => JSON.stringify(moment), true);
  const { desk, event } = liveDesk(feed);
  const run = (count) => {
    for (let i = 0; i < count; i++) {
      desk.event(event);
      desk.lines(1);
      if (i % 800 === 0) feed.turn();
      if (i % 2000 === 0) desk.pulse();
    }
  };
  run(REQUESTS / 4);
  const cpu = process.cpuUsage();
  run(REQUESTS);
  const { user, system } = process.cpuUsage(cpu);
  const name = isWatched ? 'a page of live traffic is open' : 'no page is open';
  return { name, nsPerRequest: ((user + system) * 1000) / REQUESTS };
}

function liveDesk(feed) {
  const desk = new DashboardDesk(feed, Date.now, () => 0);
  desk.countVisitors(botCounts(), new VisitorBook(folder));
  const values = ['203.0.113.7', '200', '/shop/red-orach?colour=deep', 'GET', 'Mozilla/5.0 (X11)', ''];
  const names = ['source_ip', 'http_status', 'http_path', 'http_verb', 'http_user_agent', 'gateway_action'];
  return {
    desk,
    event: { schema: { slot: (_, name) => names.indexOf(name) }, values, timeMs: Date.now() },
  };
}

function botCounts() {
  return new BotCounts(folder, crawlerPolicyOf(DEFAULT_CONFIG.gateway.ai_crawlers));
}

function shown(value) {
  return typeof value === 'number' ? `${value.toFixed(1)} ms` : value;
}

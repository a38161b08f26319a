// npm run bench:drupal [-- --root WEBROOT --bans 50000 --blocks 42 --rounds 10 --requests 20 --looks 1500 --turns 150
//   --record]
// What does the Drupal module cost a page that comes from the page cache? Three copies of an installed Drupal on SQLite
// (--root or PARAPET_DRUPAL_ROOT) behind nginx and php-fpm, one with the module and a file of decisions, two without
// it, each with one process of PHP on the same core. They are asked in turns, the order changed each round; the kernel
// says how long each process ran (user and system). After a block of rounds all three are started anew, since where
// memory happens to lie makes a process a few per cent quicker or slower as long as it lives. Printed: the median of what
// each block's pair differs by, with its 95 % confidence interval (bootstrap); for the second copy without the module as
// well: what is seen there is noise. Last, how long a request stays in the module, by the clock in the process.
// The databases are written anew before, since the place of a page of SQLite costs more than a look-up of ours. Run it
// when the machine is quiet.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomInt } from 'node:crypto';
import { Agent, get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { noPhpSite, phpSite } from '../scripts/phpSite.mjs';
import { addClock, LOOK_TIME_SETTINGS, lookCpu, lookTime } from './drupal/lookTime.mjs';
import { startProgram, untilListening } from './gateway/processes.mjs';
import { freePort, medianInterval, printTable, quantile } from './measure.mjs';
import { writePage } from './page.mjs';

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: process.env.PARAPET_DRUPAL_ROOT ?? '' },
    bans: { type: 'string', default: '50000' },
    blocks: { type: 'string', default: '42' },
    rounds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '20' },
    looks: { type: 'string', default: '1500' },
    turns: { type: 'string', default: '150' },
    record: { type: 'boolean', default: false },
  },
});
const CORE = 1;
const WARM_UP = 60;
const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const hasDrupal = existsSync(path.join(values.root, 'sites/default/files/.sqlite'));
if (noPhpSite !== undefined || !hasDrupal) {
  console.log(`Skipped: ${noPhpSite ?? 'neither --root nor PARAPET_DRUPAL_ROOT names a Drupal on SQLite'}.`);
  process.exit(0);
}

const folder = mkdtempSync(path.join(tmpdir(), 'parapet-drupal-bench-'));
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const programs = [];
const rows = { without: [], with: [], control: [] };
const differences = { with: [], control: [] };
try {
  const sites = [makeSite('without', false), makeSite('with', true), makeSite('control', false)];
  const loadBefore = loadavg()[0];
  for (let block = 0; block < Number(values.blocks); block++) {
    const started = [];
    for (let i = 0; i < sites.length; i++) started.push(await start(sites[(block + i) % sites.length]));
    const costs = { without: [], with: [], control: [] };
    for (let round = 0; round < Number(values.rounds); round++)
      for (let turn = 0; turn < started.length; turn++) {
        const site = started[(round + turn) % started.length];
        costs[site.name].push(await cpuOf(site));
      }
    for (const [name, list] of Object.entries(costs)) rows[name].push(quantile(list, 0.5));
    const [without, control] = [rows.without.at(-1), rows.control.at(-1)];
    differences.with.push((rows.with.at(-1) / ((without + control) / 2) - 1) * 100);
    differences.control.push((control / without - 1) * 100);
    if (block === Number(values.blocks) - 1) {
      const files = await loadedFiles(started.find(({ name }) => name === 'with'));
      console.log(`the module's files that a hit loads: ${files}`);
    }
    await stopAll();
  }
  const load = `${loadBefore.toFixed(1)} to ${loadavg()[0].toFixed(1)}`;
  const site = sites.find(({ name }) => name === 'with');
  report({ load, web: site.web, ...(await clocked(site)) });
} finally {
  agent.destroy();
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}

/** Prints what was measured, and records it where that is wanted. */
function report({ load, web, looks, turns }) {
  const machine = `${cpus().length} x ${cpus()[0].model}`;
  const more = (list) => {
    const [low, high] = medianInterval(list);
    return { percent: quantile(list, 0.5), low, high };
  };
  const sites = Object.entries(rows).map(([name, list]) => ({
    name,
    p10Us: quantile(list, 0.1),
    p50Us: quantile(list, 0.5),
    ...(name === 'without' ? {} : { more: more(differences[name]) }),
  }));
  const [blocks, rounds, requests, bans] = ['blocks', 'rounds', 'requests', 'bans'].map((name) =>
    Number(values[name]),
  );
  console.log(
    `${machine}, load average ${load}; ${blocks} blocks of ${rounds} rounds of ${requests} page-cache hits, ${bans} bans`,
  );
  printTable([
    ['', 'CPU of PHP for a hit, p10', 'p50', 'more', '95 %'],
    ...sites.map(({ name, p10Us, p50Us, more: one }) => [
      name,
      `${p10Us.toFixed(0)} µs`,
      `${p50Us.toFixed(0)} µs`,
      ...(one === undefined
        ? ['', '']
        : [`${one.percent.toFixed(2)} %`, `${one.low.toFixed(2)} to ${one.high.toFixed(2)}`]),
    ]),
  ]);
  printTable([
    ['by the clock in the process', 'least', 'p50', 'p95'],
    ...looks.map(({ name, leastUs, p50Us, p95Us }) => [
      name,
      ...[leastUs, p50Us, p95Us].map((us) => `${us.toFixed(1)} µs`),
    ]),
  ]);
  printTable([
    ['the look by CPU in turns', 'more', '', '95 %'],
    ...turns.map(({ than, us, percent, low, high }) => [
      `than ${than}`,
      `${us.toFixed(1)} µs`,
      `${percent.toFixed(2)} %`,
      `${low.toFixed(2)} to ${high.toFixed(2)}`,
    ]),
  ]);
  if (!values.record) return;
  const version = php(web, 'echo \\Drupal::VERSION, " on PHP ", PHP_VERSION;');
  const facts = { at: new Date().toISOString(), machine, load, version, blocks, rounds, requests, bans };
  writeFileSync(
    path.join(project, 'bench/results/drupal.json'),
    `${JSON.stringify({ ...facts, sites, looks, turns }, undefined, 2)}\n`,
  );
  writePage();
}

/** Puts the clock into the site with the module, and asks it. */
async function clocked(site) {
  const name = addClock(site.web);
  appendFileSync(path.join(site.web, 'sites/default/settings.php'), LOOK_TIME_SETTINGS);
  php(site.web, `\\Drupal::service('module_installer')->install(['${name}']);`);
  site.isFresh = true;
  const running = await start(site);
  const looks = await lookTime((headers) => answerOf(running, headers), Number(values.looks));
  return { looks, turns: await lookCpu((headers) => cpuOf(running, headers), Number(values.turns)) };
}

async function stopAll() {
  for (const program of programs.splice(0).toReversed()) await program.stop();
}

/** Makes a site, with its page in the cache and its database in order. */
function makeSite(name, hasModule) {
  const own = path.join(folder, name);
  mkdirSync(own);
  const root = path.resolve(values.root);
  cpSync(path.dirname(root), path.join(own, 'site'), { recursive: true, verbatimSymlinks: true });
  const web = path.join(own, 'site', path.basename(root));
  const target = path.join(web, 'modules/custom/parapet');
  rmSync(target, { recursive: true, force: true });
  const settings = path.join(web, 'sites/default/settings.php');
  chmodSync(path.dirname(settings), 0o755);
  chmodSync(settings, 0o644);
  appendFileSync(
    settings,
    `
$settings['reverse_proxy'] = TRUE;
$settings['reverse_proxy_addresses'] = ['127.0.0.1'];
$settings['trusted_host_patterns'] = [];
$settings['parapet_directory'] = '${own}/parapet';
`,
  );
  if (hasModule) {
    cpSync(path.join(project, 'drupal/parapet'), target, { recursive: true });
    php(web, `\\Drupal::service('module_installer')->install(['parapet']);`);
    php(
      web,
      `use Drupal\\parapet\\Core\\Decisions\\{Decision, SnapshotWriter};
      mt_srand(2);
      $made = [];
      for ($i = 0; $i < ${Number(values.bans)}; $i++) {
        $ip = implode('.', [mt_rand(1, 202), mt_rand(0, 255), mt_rand(0, 255), mt_rand(0, 255)]);
        $made[] = $i % 20 === 0
          ? new Decision('range', "$ip/24", 'ban', 'bench', 'list', 4000000000, sprintf('%08x', $i))
          : new Decision('ip', $ip, 'ban', 'bench', 'list', 4000000000, sprintf('%08x', $i));
      }
      SnapshotWriter::replace('${own}/engine.bin', SnapshotWriter::encode($made, [], 1, time()));
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('mode', 'file')->set('engine.decisions_file', '${own}/engine.bin')->save();`,
    );
  } else php(web, 'drupal_flush_all_caches();');
  return { name, own, web, isFresh: true };
}

/** Starts the servers of a site, and asks until everything is warm. */
async function start(site) {
  const { name, own, web } = site;
  const port = await freePort();
  // Coverage counters are for tests only.
  const commands = phpSite(own, { root: web, port, children: 1, fpmArgs: ['-d', 'pcov.enabled=0'] });
  const fpm = startProgram(`php-fpm ${name}`, CORE, ...commands.php);
  programs.push(fpm);
  await untilListening(commands.socket, fpm);
  const nginx = startProgram(`nginx ${name}`, 0, ...commands.nginx);
  programs.push(nginx);
  await untilListening(port, nginx);
  const running = { name, port, web };
  if (site.isFresh) {
    await ask(running);
    php(
      web,
      `$database = \\Drupal::database();
      foreach (['cache_page', 'watchdog'] as $table) $database->delete($table)->execute();
      $database->delete('cache_container')->condition('cid', '%' . $database->escapeLike(realpath('.')) . '/%', 'NOT LIKE')->execute();
      $database->query('VACUUM');`,
    );
    site.isFresh = false;
  }
  for (let i = 0; i < WARM_UP; i++) await ask(running);
  if ((await ask(running)) !== 'HIT') throw new Error(`the page of ${name} does not come from the cache`);
  const [worker] = readFileSync(`/proc/${fpm.pid}/task/${fpm.pid}/children`, 'utf8').trim().split(' ');
  return { ...running, worker };
}

/** Runs code in a Drupal; returns what it prints. */
function php(web, code) {
  const script = path.join(project, 'test/drupal/do.php');
  const args = ['-d', 'memory_limit=1G', script, web, code];
  return execFileSync('php', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Microseconds of CPU for each of some requests, after one that is not counted. */
async function cpuOf(site, headers = {}) {
  const ran = () => Number(readFileSync(`/proc/${site.worker}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  const count = Number(values.requests);
  await answerOf(site, headers);
  const before = ran();
  for (let i = 0; i < count; i++) await answerOf(site, headers);
  return (ran() - before) / count;
}

/** Which files of the module a page from the cache loads. */
async function loadedFiles({ port, web }) {
  const list = path.join(folder, 'loaded.json');
  appendFileSync(
    path.join(web, 'sites/default/settings.php'),
    `register_shutdown_function(static fn () => file_put_contents('${list}', json_encode(get_included_files())));\n`,
  );
  // OPcache looks at a file again after some seconds.
  for (let tries = 0; tries < 100 && !existsSync(list); tries++) {
    await ask({ port });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const files = JSON.parse(readFileSync(list, 'utf8')).filter((file) => file.includes('/custom/parapet/'));
  return files.map((file) => path.basename(file)).join(', ');
}

/** Asks for the front page; resolves with what Drupal says of its cache. */
async function ask(site) {
  return (await answerOf(site, {}))['x-drupal-cache'];
}

/**
 * Asks for the front page as another visitor each time, none of them banned (bans end with 202.255.255.255); resolves
 * with the headers of the answer.
 */
function answerOf({ port }, more) {
  const visitor = `${203 + randomInt(21)}.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  const headers = { ...more, 'X-Forwarded-For': visitor };
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.headers));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

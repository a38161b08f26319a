// node scripts/php.mjs [--static]
// Tests and checks the Drupal module (drupal/parapet): PHPUnit with at least 90 % of the lines of src/Core, phpcs and
// phpstan. --static leaves PHPUnit out. Where PHP 8.2 or Composer is not there, it says so and ends well, unless
// PARAPET_REQUIRE_PHP is set, as in CI.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tools = path.join(root, 'drupal/tools');
const module = path.join(root, 'drupal/parapet');
const LEAST_COVERAGE = 90;

const missing = whatIsMissing();
if (missing !== undefined) {
  console.log(`The tests of the Drupal module are skipped: ${missing}.`);
  process.exit(process.env.PARAPET_REQUIRE_PHP ? 1 : 0);
}
install();
parse();
if (!process.argv.includes('--static')) phpunit();
php('phpcs', '-q', '--runtime-set', 'installed_paths', path.join(tools, 'vendor/slevomat/coding-standard'));
const stan = ['analyse', '--no-progress', '--memory-limit=2G', '-c'];
php('phpstan', ...stan, 'phpstan.neon.dist');
if (process.env.PARAPET_DRUPAL_ROOT) php('phpstan', ...stan, 'phpstan.drupal.neon.dist');
else console.log('The adapters were not analysed: PARAPET_DRUPAL_ROOT names no Drupal.');

function whatIsMissing() {
  if (spawnSync('php', ['-r', 'exit(PHP_VERSION_ID >= 80200 ? 0 : 1);']).status !== 0)
    return 'PHP 8.2 is not here';
  const needed = ['dom', 'mbstring', 'tokenizer', 'xml', 'xmlwriter'];
  const has = spawnSync('php', ['-m'], { encoding: 'utf8' }).stdout.toLowerCase().split('\n');
  const absent = needed.filter((name) => !has.includes(name));
  if (absent.length > 0) return `PHP has no ${absent.join(', ')}`;
  return spawnSync('composer', ['--version']).error === undefined ? undefined : 'Composer is not here';
}

/** Every package is pinned in composer.json, so what is there stays until that changes. */
function install() {
  const stamp = path.join(tools, 'vendor/.parapet-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(tools, 'composer.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing what tests the Drupal module …');
  const args = ['update', '--no-interaction', '--no-progress', '--quiet', '--no-audit'];
  const env = { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_NO_AUDIT: '1' };
  // A registry that does not answer at once does the second time.
  for (let tries = 1; ; tries++) {
    const { status } = spawnSync('composer', args, { cwd: tools, stdio: 'inherit', env });
    if (status === 0) break;
    if (tries === 3) process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** What needs a Drupal to be analysed has to be PHP at least. */
function parse() {
  const files = readdirSync(module, { recursive: true }).filter((name) =>
    /\.(?:php|module|install)$/.test(name),
  );
  for (const file of files) {
    const { status, stdout, stderr } = spawnSync('php', ['-l', file], { cwd: module, encoding: 'utf8' });
    if (status === 0) continue;
    console.error(stdout + stderr);
    process.exit(1);
  }
}

function phpunit() {
  const hasCoverage = spawnSync('php', ['-m'], { encoding: 'utf8' }).stdout.includes('pcov');
  const options = ['-d', 'apc.enable_cli=1'];
  if (hasCoverage) options.push('-d', 'pcov.enabled=1', '-d', 'pcov.directory=src/Core');
  const report = path.join(tools, 'vendor/coverage.txt');
  const coverage = hasCoverage ? [`--coverage-text=${report}`, '--only-summary-for-coverage-text'] : [];
  php({ name: 'phpunit', options }, ...coverage);
  if (!hasCoverage) return console.log('Lines were not counted: PHP has no pcov.');
  const percent = Number(/Lines:\s+([\d.]+)%/.exec(readFileSync(report, 'utf8'))?.[1] ?? 0);
  console.log(`src/Core: ${percent} % of the lines are run by its tests.`);
  if (percent < LEAST_COVERAGE) {
    console.error(`That is less than ${LEAST_COVERAGE} %.`);
    process.exit(1);
  }
}

function php(tool, ...args) {
  const { name, options } = typeof tool === 'string' ? { name: tool, options: [] } : tool;
  const file = path.join(tools, 'vendor/bin', name);
  const { status } = spawnSync('php', [...options, file, ...args], { cwd: module, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Makes a fresh clone ready: dependencies as the lock file says, then a build. Does nothing when both are
// up to date, so that `npm start` and `npm test` can call it every time. Needs no compiler.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the root of the project with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) {
    console.error(`parapet: '${command}' could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

export function setUp({ quiet = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `parapet: needs Node 20.19 or newer, this is ${process.version}. Install a current LTS and try again.`,
    );
    process.exit(1);
  }
  const stdio = quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit';
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.parapet-installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    if (!quiet) console.log('Installing dependencies …');
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { stdio });
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, lock);
  }
  run('npx', ['--no-install', 'tsc', '-b'], { stdio });
  run(process.execPath, [path.join(root, 'scripts/build-web.mjs')], { stdio });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();

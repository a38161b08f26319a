// What people meet when they run and stop `parapet up`: the built program, in a process of its own.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entry } from './rotatedLog.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const isBuilt = fs.existsSync(path.resolve(import.meta.dirname, '../../dist/main.js'));
const LIMIT_MS = 60_000;
const NOBODY = 65_534;
const SCANNED = [
  '.env',
  '.git/config',
  'wp-login.php',
  'wp-config.php.bak',
  '.aws/credentials',
  'backup.sql',
];
const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';

describe.skipIf(!isBuilt)(`parapet up as a process${skipped}`, { timeout: LIMIT_MS }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 after %s', async (signal) => {
    const folder = newFolder();
    const log = path.join(folder, 'access.log');
    fs.writeFileSync(log, '');
    const up = start(folder, [log]);
    await up.says('Parapet watches');
    up.child.kill(signal);
    expect(await up.ended).toEqual([0, null]);
  });

  it('is refused a folder that another engine uses, and told which process that is', async () => {
    const folder = newFolder();
    const log = path.join(folder, 'access.log');
    fs.writeFileSync(log, '');
    const first = start(folder, [log]);
    await first.says('Parapet watches');
    const second = start(folder, [log]);
    expect(await second.ended).toEqual([1, null]);
    expect(second.text()).toContain('E_STORE_LOCKED');
    expect(second.text()).toContain(`process ${first.child.pid}`);
    await scan(log, '198.18.0.1', first);
  });

  it('tells once of a log that it may not read, and follows the others', async ({ skip }) => {
    const folder = newFolder();
    const log = path.join(folder, 'access.log');
    const closed = path.join(folder, 'closed.log');
    for (const file of [log, closed]) fs.writeFileSync(file, '');
    fs.chmodSync(closed, 0);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      // Root may read everything, so that the engine runs as somebody else.
      for (const file of [folder, log]) fs.chownSync(file, NOBODY, NOBODY);
      const { status } = spawnSync(process.execPath, [PARAPET, '--version'], { uid: NOBODY, gid: NOBODY });
      skip(status !== 0, 'nobody but root can run Parapet here');
    }
    const up = start(folder, [closed, log], isRoot ? { uid: NOBODY, gid: NOBODY } : {});
    await up.says('E_LOG_UNREADABLE');
    await scan(log, '198.18.0.2', up);
    // Long enough for it to be tried several times more.
    await pause(2500);
    expect(up.text().split('E_LOG_UNREADABLE')).toHaveLength(2);
    expect(up.child.exitCode).toBeNull();
  });

  it('refuses a folder in place of a log', async () => {
    const folder = newFolder();
    const up = start(folder, [folder]);
    expect(await up.ended).toEqual([2, null]);
    expect(up.text()).toContain('is a folder');
  });

  it('tells once of a log that is not there yet, and reads it when it is', async () => {
    const folder = newFolder();
    const log = path.join(folder, 'access.log');
    const up = start(folder, [log]);
    await up.says('is not there yet');
    await pause(1500);
    await scan(log, '198.18.0.3', up);
    expect(up.text().split('E_LOG_ABSENT')).toHaveLength(2);
    expect(up.text().split('is not there yet')).toHaveLength(2);
  });

  it('follows a log that is copied and emptied', async () => {
    const folder = newFolder();
    const log = path.join(folder, 'access.log');
    fs.writeFileSync(log, '');
    const up = start(folder, [log]);
    await up.says('Parapet watches');
    await scan(log, '198.18.0.4', up);
    fs.copyFileSync(log, `${log}.1`);
    fs.truncateSync(log);
    await scan(log, '198.18.0.5', up);
    fs.truncateSync(log);
    await scan(log, '198.18.0.6', up);
    expect(up.text().split('198.18.0.4').length).toBeLessThan(4);
  });
});

interface Up {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  text: () => string;
  /** Resolves when the words have been printed. */
  says: (words: string) => Promise<void>;
}

function start(folder: string, logs: readonly string[], user: { uid?: number; gid?: number } = {}): Up {
  const args = logs.flatMap((log) => ['--log', `${log}=nginx`]);
  const child = spawn(
    process.execPath,
    [PARAPET, 'up', ...args, '--from-beginning', '--data-dir', path.join(folder, 'data')],
    {
      cwd: folder,
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const add = (chunk: Buffer): void => void (text += chunk.toString());
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  return {
    child,
    ended: once(child, 'close'),
    text: () => text,
    says: async (words) => {
      const until = performance.now() + LIMIT_MS / 3;
      while (!text.includes(words)) {
        if (performance.now() > until || child.exitCode !== null)
          throw new Error(`It never said "${words}", but:\n${text}`);
        await pause(20);
      }
    },
  };
}

/** Writes what a scanner leaves in the log, and waits until the engine has told of it. */
async function scan(log: string, ip: string, up: Up): Promise<void> {
  const lines = Array.from({ length: 24 }, (_, i) =>
    entry(ip, new Date(), `GET /${SCANNED[i % SCANNED.length]}?${i}`, 404),
  );
  fs.appendFileSync(log, `${lines.join('\n')}\n`);
  await up.says(ip);
}

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-up-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

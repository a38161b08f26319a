import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '@parapet/store';
import { accessLog, RotatedLog, seeded } from './rotatedLog.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const LINES = 100_000;
const KILLS = 20;
const LIMIT_MS = 180_000;

describe('kill -9 while a log is written and rotated', () => {
  it('loses no alert and doubles none', { timeout: LIMIT_MS }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-kill-'));
    const random = seeded(Number(process.env['PARAPET_KILL_SEED'] ?? 7));
    const startMs = Math.floor(Date.now() / 1000) * 1000 - LINES * 5;
    const log = new RotatedLog(folder, accessLog(LINES, startMs, random));
    const children: ChildProcess[] = [];
    const start = (): ChildProcess => {
      const child = startUp(folder, log.path);
      children.push(child);
      return child;
    };
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });

    for (let kill = 0; kill < KILLS; kill++) {
      const child = start();
      const isOver = once(child, 'exit');
      // Some die while they start, most while they work.
      const isEarly = kill % 5 === 4;
      if (!isEarly) await isWatching(child);
      // Whatever was rotated before an engine had ever seen the log is nothing that it promised to read.
      if (kill === 0) await waitFor(async () => (await cursorsIn(folder)) > 1);
      const lifeMs = random() * (isEarly ? 700 : 1500);
      const until = performance.now() + lifeMs;
      const quota = Math.floor((log.size * (kill + 1)) / (KILLS + 1)) - log.written;
      const chunk = Math.ceil(quota / (lifeMs / 4 + 1));
      const end = log.written + quota;
      while (performance.now() < until) {
        if (log.written < end) log.write(1 + Math.floor(random() * 2 * chunk));
        if (random() < 0.003) log.rotate();
        await pause(4);
      }
      expect(child.exitCode).toBeNull();
      child.kill('SIGKILL');
      await isOver;
      if (random() < 0.5) log.rotate();
    }

    const last = start();
    const isOver = once(last, 'exit');
    await isWatching(last);
    while (log.written < log.size) {
      log.write(20_000);
      if (random() < 0.05) log.rotate();
      await pause(4);
    }
    log.close();
    const expected = await replayed(path.join(folder, 'all-lines.txt'));
    expect(expected.length).toBeGreaterThan(500);
    await waitFor(async () => (await stored(folder)).length >= expected.length);
    last.kill('SIGTERM');
    expect(await isOver).toEqual([0, null]);
    const found = await stored(folder);
    expect(without(found, expected), `alerts that nobody expects, ${folder}`).toEqual([]);
    expect(without(expected, found), `alerts that were lost, ${folder}`).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  });
});

function startUp(folder: string, log: string): ChildProcess {
  return spawn(
    process.execPath,
    [PARAPET, 'up', '--log', `${log}=nginx`, '--from-beginning', '--data-dir', path.join(folder, 'data')],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

/** Resolves with the line in which the engine says that it watches; what it says later is thrown away. */
async function isWatching(child: ChildProcess): Promise<void> {
  for (let text = ''; !text.includes('Parapet watches');) {
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]; // nothing has set an encoding
    text += chunk.toString();
  }
  child.stdout!.resume();
}

async function stored(folder: string): Promise<readonly string[]> {
  const store = await openStore({
    dataDir: path.join(folder, 'data'),
    role: 'reader',
    now: () => new Date(),
  });
  try {
    const alerts = await store.listAlerts({});
    return alerts
      .map(({ scenario, source, knownAt, eventsCount }) =>
        [scenario, source.value, knownAt.toISOString(), eventsCount].join(' '),
      )
      .toSorted();
  } finally {
    await store.close();
  }
}

async function cursorsIn(folder: string): Promise<number> {
  const store = await openStore({
    dataDir: path.join(folder, 'data'),
    role: 'reader',
    now: () => new Date(),
  });
  const { size } = await store.cursors();
  await store.close();
  return size;
}

async function replayed(file: string): Promise<readonly string[]> {
  const args = [PARAPET, 'replay', '--type', 'nginx', '--json', '--no-inspection', file];
  // Findings end it with 1.
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 28 }).catch(
    (error: { stdout: string; stderr: string }) => {
      if (error.stdout === '') throw new Error(error.stderr);
      return error;
    },
  );
  const { alerts } = JSON.parse(stdout) as { alerts: readonly ReplayedAlert[] }; // replay's contract
  return alerts
    .map((alert) => [alert.scenario, alert.value, alert.startAt, alert.eventsCount].join(' '))
    .toSorted();
}

interface ReplayedAlert {
  readonly scenario: string;
  readonly value: string;
  readonly startAt: string;
  readonly eventsCount: number;
}

/** What is left of a list after each of the others was taken out once. */
function without(list: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...list];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await isTrue()) && performance.now() < until) await pause(100);
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { openStore } from '../src/index.ts';
import { NOON } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const KILLS = 20;
const LINES = 60_000;
/** As in the child. */
const UNHEARD = 3;

/** Runs the child; kills it when it has come so far after opening. Returns whether it ended by itself. */
async function run(dataDir: string, killAfter: number): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      'tsx',
      path.join(import.meta.dirname, 'kill.child.ts'),
      dataDir,
      String(LINES),
      String(killAfter),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let batches = -1;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('open')) batches = 0;
    if (batches >= 0) batches += text.replace(/[^.]/g, '').length;
    if (batches >= killAfter) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not `close`, which waits for the pipe: that was seen to be lost when many tests shared the process.
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === UNHEARD) resolve(run(dataDir, killAfter));
      else if (code === 0) resolve(true);
      else reject(new Error(`the child ended with ${code ?? signal}`));
    });
  });
}

describe('kill -9 in the middle of transactions', () => {
  it('loses nothing and doubles nothing', async () => {
    const dataDir = temporaryFolder();
    let kills = 0;
    let seen = 0;
    for (let i = 0; i < KILLS; i++) {
      // Some die while opening, some with a queue that was never written, most between two writes.
      if (!(await run(dataDir, (i * 37) % 300))) kills += 1;
      const store = await openStore({ dataDir, role: 'engine', now: () => NOON });
      const cursor = Number((await store.cursors()).get('log') ?? 0);
      const lines = (await store.listAlerts({})).map(({ source }) => Number(source.value));
      expect(lines.toSorted((a, b) => a - b)).toEqual(Array.from({ length: cursor }, (_, n) => n));
      expect(await store.countDecisions({})).toBe(cursor);
      expect(cursor).toBeGreaterThanOrEqual(seen);
      seen = cursor;
      await store.close();
    }
    expect(kills).toBe(KILLS);
    expect(seen).toBeGreaterThan(0);
  }, 300_000);
});

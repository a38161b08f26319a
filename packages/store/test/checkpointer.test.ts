import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { Checkpointer } from '../src/checkpointer.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the checkpointer', () => {
  it('runs its thread once for each time the log was written, and ends with it', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.db');
    const script = path.join(folder, 'thread.mjs');
    fs.writeFileSync(
      script,
      `import fs from 'node:fs'; import { workerData } from 'node:worker_threads';
       fs.appendFileSync(workerData + '.done', 'x');`,
    );
    const checkpointer = Checkpointer.begin(file, 5, pathToFileURL(script));
    expect(checkpointer).toBeDefined();
    const done = (): number => fs.statSync(`${file}.done`, { throwIfNoEntry: false })?.size ?? 0;
    fs.writeFileSync(`${file}-wal`, 'a');
    await vi.waitFor(() => expect(done()).toBe(1), { timeout: 20_000 });
    fs.utimesSync(`${file}-wal`, 1, 1);
    await vi.waitFor(() => expect(done()).toBe(2), { timeout: 20_000 });
    await checkpointer?.close();
    expect(done()).toBe(2);
  });

  it('outlives a thread that fails, and is absent where there is none', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.db');
    const script = path.join(folder, 'thread.mjs');
    fs.writeFileSync(
      script,
      `import fs from 'node:fs'; import { workerData } from 'node:worker_threads';
       fs.appendFileSync(workerData + '.done', 'x'); throw new Error('a bad disk');`,
    );
    const checkpointer = Checkpointer.begin(file, 5, pathToFileURL(script));
    fs.writeFileSync(`${file}-wal`, 'a');
    await vi.waitFor(() => expect(fs.existsSync(`${file}.done`)).toBe(true), { timeout: 20_000 });
    await checkpointer?.close();
    expect(Checkpointer.begin(file, 5, pathToFileURL(path.join(folder, 'none.js')))).toBeUndefined();
  });
});

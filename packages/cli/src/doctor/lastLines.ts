// The end of a log: what is written now, not what was written when it was begun.

import type { FileHandle } from '@parapet/engine';
import { realFiles } from '../io/files.ts';

export interface LastLines {
  readonly lines: readonly string[];
  readonly modifiedAtMs: number;
}

const MAX_BYTES = 4_194_304;

/** Returns the last lines of a file, at most `count`; undefined when there is none. Rejects when it may not be read. */
export async function readLastLines(file: string, count: number): Promise<LastLines | undefined> {
  const handle = await realFiles.open(file);
  if (handle === undefined) return undefined;
  try {
    const { size, mtimeMs, kind } = await handle.stat();
    if (kind === 'directory') throw new Error('it is a folder');
    const from = Math.max(0, size - MAX_BYTES);
    const text = await readFrom(handle, from, size - from);
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    // The first line was cut when reading began in its middle; what follows the last line end is being written.
    if (from > 0) lines.shift();
    if (lines.at(-1) === '') lines.pop();
    return { lines: lines.filter((line) => line !== '').slice(-count), modifiedAtMs: mtimeMs };
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, from: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = await handle.read(bytes.subarray(done), from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.toString('utf8', 0, done);
}

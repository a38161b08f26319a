// The real file system, as the engine's sources want it.

import { watch as watchDirectory, type BigIntStats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle, FileStat, FileSystem } from '@parapet/engine';

export const realFiles: FileSystem = {
  async stat(path: string): Promise<FileStat | undefined> {
    const stats = await absentAsUndefined(stat(path, { bigint: true }));
    return stats === undefined ? undefined : toFileStat(stats);
  },

  async list(directory: string): Promise<readonly string[]> {
    return (await absentAsUndefined(readdir(directory))) ?? [];
  },

  async open(path: string): Promise<FileHandle | undefined> {
    const handle = await absentAsUndefined(open(path, 'r'));
    if (handle === undefined) return undefined;
    // Named pipes cannot be read at a position; they are read in order, which is all a replay needs.
    const isSeekable = (await handle.stat()).isFile();
    return {
      stat: async () => toFileStat(await handle.stat({ bigint: true })),
      read: async (into, position) =>
        (await handle.read(into, 0, into.length, isSeekable ? position : null)).bytesRead,
      close: async () => {
        await handle.close();
      },
    };
  },

  watch(directory: string, onChange: () => void): () => void {
    try {
      const watcher = watchDirectory(directory, { persistent: false }, () => onChange());
      // No more watches, or the directory is gone: polling goes on without the hint.
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => {};
    }
  },
};

function toFileStat(stats: BigIntStats): FileStat {
  return {
    dev: stats.dev.toString(),
    ino: stats.ino.toString(),
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeMs),
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
  };
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

async function absentAsUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return undefined;
    throw error;
  }
}

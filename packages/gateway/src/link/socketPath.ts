// Unix sockets in the data directory. The path of one may be no longer than 107 bytes on Linux and 103 on others,
// and data directories have no such limit: where it is too long, Linux is given the directory as an open
// descriptor, and others a link in the folder for temporary files.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Where an engine listens for workers, in the data directory. */
export const ENGINE_SOCKET = 'engine.sock';
/** Where the decisions in force are, for whoever starts. */
export const SNAPSHOT_FILE = 'decisions.bin';

const MAX_PATH_BYTES = 103;

export interface SocketFolder {
  /** The path to listen on or to connect to; valid until `close`. */
  pathOf(name: string): string;
  /** Closing it again does nothing. */
  close(): void;
}

/** Opens a folder for sockets, as the process sees it; throws when it is not there. */
export function openSocketFolder(folder: string, longestName: number = 32): SocketFolder {
  if (Buffer.byteLength(folder) + 1 + longestName <= MAX_PATH_BYTES)
    return { pathOf: (name) => path.join(folder, name), close: () => {} };
  if (existsSync('/proc/self/fd')) {
    const descriptor = openSync(folder, 'r');
    let isOpen = true;
    return {
      pathOf: (name) => `/proc/self/fd/${descriptor}/${name}`,
      // Once only: the number is soon another file's.
      close: () => {
        if (isOpen) closeSync(descriptor);
        isOpen = false;
      },
    };
  }
  const link = linkTo(folder);
  return { pathOf: (name) => path.join(link, name), close: () => {} };
}

/** In a folder of this user's alone: in a shared one, somebody else could put a link in its place. */
function linkTo(folder: string): string {
  const uid = process.getuid?.() ?? 0;
  const own = path.join(tmpdir(), `parapet-${uid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const stats = lstatSync(own);
  if (!stats.isDirectory() || stats.uid !== uid || (stats.mode & 0o077) !== 0)
    throw new Error(`${own} belongs to somebody else`);
  const link = path.join(own, createHash('sha256').update(folder).digest('hex').slice(0, 12));
  try {
    unlinkSync(link);
  } catch {
    // it was not there
  }
  symlinkSync(folder, link);
  return link;
}

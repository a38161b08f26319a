// What tests leave behind in the folder for temporary files goes when they have ended.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes a folder for all tests of this run, and returns who removes it. Paths of Unix sockets are short: so is its name. */
export default function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'pt-'));
  // As open as the folder that it stands for: some tests run a process as another user.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

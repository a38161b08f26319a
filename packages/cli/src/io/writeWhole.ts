// Writes a file so that a reader, or a power cut, meets the old text or the new one and never half of it.

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** Replaces the file, or makes it; it keeps its permissions. Throws the file system's error and leaves no rest. */
export function writeWhole(file: string, text: string | Uint8Array, modeOfNew = 0o644): void {
  const next = `${file}.next`;
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : modeOfNew;
  try {
    const fd = openSync(next, 'w', mode);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

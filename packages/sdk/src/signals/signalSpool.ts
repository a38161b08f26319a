// Records on the disk until somebody takes them: files of one record a line, the oldest first by their names, as the
// spool of Parapet has them, so that its own folder may be used. Several processes may share it: should two of them
// send the same file, its ids count once.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

export interface SpooledFile {
  readonly name: string;
  readonly records: readonly string[];
}

const NAME = /^[^.].*\.ndjson$/;
const RIGHTS = 0o640;

export class SignalSpool {
  readonly #folder: string;
  readonly #mostBytes: number;
  #serial = 0;
  #mayHaveMore = true;

  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Whether there may be something in it. */
  get mayHaveMore(): boolean {
    return this.#mayHaveMore;
  }

  /**
   * Writes the records into a file of their own, and gives up the oldest files while there are too many bytes. Returns
   * how many records were given up. Rejects when the disk does not take them.
   */
  async add(records: readonly string[]): Promise<number> {
    await mkdir(this.#folder, { recursive: true });
    const name = this.#newName();
    const hidden = path.join(this.#folder, `.${name}`);
    await writeFile(hidden, textOf(records), { mode: RIGHTS });
    await rename(hidden, path.join(this.#folder, name));
    this.#mayHaveMore = true;
    return this.#shrink();
  }

  /** The same while nothing can be waited for, whatever its size; returns whether it was done. */
  addAtOnce(records: readonly string[]): boolean {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const name = this.#newName();
      const hidden = path.join(this.#folder, `.${name}`);
      writeFileSync(hidden, textOf(records), { mode: RIGHTS });
      renameSync(hidden, path.join(this.#folder, name));
      return true;
    } catch {
      return false;
    }
  }

  /** The oldest file that can be read; undefined when there is none. */
  async oldest(): Promise<SpooledFile | undefined> {
    for (const name of await this.#names()) {
      try {
        const text = await readFile(path.join(this.#folder, name), 'utf8');
        return { name, records: text.split('\n').filter((line) => isJson(line)) };
      } catch {
        // Taken by another process, or none of ours.
      }
    }
    this.#mayHaveMore = false;
    return undefined;
  }

  async remove(name: string): Promise<void> {
    await unlink(path.join(this.#folder, name)).catch(() => {});
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => NAME.test(name)).toSorted();
  }

  async #shrink(): Promise<number> {
    const files: { readonly name: string; readonly size: number }[] = [];
    for (const name of await this.#names()) {
      const size = await stat(path.join(this.#folder, name)).then(
        (found) => found.size,
        () => 0,
      );
      files.push({ name, size });
    }
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    let lost = 0;
    // The newest stays, whatever its size.
    for (const { name, size } of files.slice(0, -1)) {
      if (bytes <= this.#mostBytes) break;
      const text = await readFile(path.join(this.#folder, name), 'utf8').catch(() => '');
      await this.remove(name);
      lost += text.split('\n').length - 1;
      bytes -= size;
    }
    return lost;
  }

  /** By time; two of one millisecond by their turn. */
  #newName(): string {
    const turn = String(this.#serial++).padStart(6, '0');
    return `${Date.now()}-${process.pid}-${turn}.ndjson`;
  }
}

function textOf(records: readonly string[]): string {
  return `${records.join('\n')}\n`;
}

/** A line that was cut when a disk was full is given up; its neighbours are not. */
function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

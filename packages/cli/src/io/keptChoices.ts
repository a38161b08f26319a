// What people chose in the dashboard, in a file of the data directory: a value for each name. It counts at once and
// survives restarts.

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from './writeWhole.ts';

/** Takes what stands in the file; what is none of its values is left out. */
export type ReadChoices<V> = (value: unknown) => ReadonlyMap<string, V>;

export class KeptChoices<V> {
  readonly #file: string;
  readonly #read: ReadChoices<V>;
  #values: ReadonlyMap<string, V>;

  constructor(file: string, read: ReadChoices<V>) {
    this.#file = file;
    this.#read = read;
    this.#values = readChoices(file, read);
  }

  /** Undefined when nobody chose. */
  of(name: string): V | undefined {
    return this.#values.get(name);
  }

  all(): ReadonlyMap<string, V> {
    return this.#values;
  }

  /** Chooses, or takes the choice back; throws when the file cannot be written, and then nothing is changed. */
  choose(name: string, value: V | undefined): void {
    this.change(new Map([[name, value]]));
  }

  /** The same for several names at once. */
  change(chosen: ReadonlyMap<string, V | undefined>): void {
    // Another process may have chosen since.
    const values = new Map(readChoices(this.#file, this.#read));
    for (const [name, value] of chosen) {
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    }
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o750 });
    const sorted = Object.fromEntries([...values].toSorted(([one], [other]) => (one < other ? -1 : 1)));
    writeWhole(this.#file, `${JSON.stringify(sorted, undefined, 2)}\n`);
    this.#values = values;
  }
}

/** Returns what is in the file; nothing when there is none, or none that can be read: all is as it was written. */
export function readChoices<V>(file: string, read: ReadChoices<V>): ReadonlyMap<string, V> {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return new Map();
  }
}

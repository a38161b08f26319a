// What is to be told and what waits to be delivered, in one file that is replaced as a whole: a crash leaves the state
// before or after a turn, never half of one. Writing happens beside the engine's work, one write at a time.

import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { appendFile, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DeskState } from '../desk/desk.ts';
import type { DeliveryRecord, Job } from './outbox.ts';

const VERSION = 1;
const MAX_LOG_BYTES = 1_048_576;

export interface Spooled {
  readonly desk: DeskState;
  readonly jobs: readonly Job[];
}

export class Spool {
  readonly #file: string;
  readonly #log: string;
  #writing: Promise<void> = Promise.resolve();
  #logging: Promise<void> = Promise.resolve();

  /** `folder` is made when it is not there. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, 'outbox.json');
    this.#log = deliveryLogFile(folder);
  }

  /** Returns what was saved last; what cannot be read is put aside under another name. */
  load(onNote: (text: string) => void): Spooled | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return undefined;
    }
    try {
      const spooled: unknown = JSON.parse(text);
      if (!isSpooled(spooled)) throw new Error('it has another format');
      return spooled;
    } catch (error) {
      renameSync(this.#file, `${this.#file}.damaged`);
      const why = error instanceof Error ? error.message : String(error);
      onNote(
        `What waited to be told could not be read and is put aside (${path.basename(this.#file)}.damaged): ${why}`,
      );
      return undefined;
    }
  }

  /** Resolves when it is on disk; rejects when it cannot be. */
  save(spooled: Spooled): Promise<void> {
    const text = JSON.stringify({ version: VERSION, ...spooled });
    const next = this.#writing.catch(() => {}).then(() => this.#write(text));
    this.#writing = next;
    return next;
  }

  /** Adds to the delivery log; the log is for people, and a failure to write it is nobody's. */
  record(record: DeliveryRecord): void {
    this.#logging = this.#logging.then(() => appendRecord(this.#log, record)).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#logging;
  }

  async #write(text: string): Promise<void> {
    const file = await open(`${this.#file}.next`, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.#file}.next`, this.#file);
  }
}

/** Returns the delivery log in a folder of notifications; the older half has `.1` behind its name. */
export function deliveryLogFile(folder: string): string {
  return path.join(folder, 'deliveries.jsonl');
}

/** Adds a line, and begins anew when the file is full. */
export async function appendRecord(file: string, record: DeliveryRecord): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`);
  await appendFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** Returns the latest records, the newest last; a line that is no record is left out. */
export function readDeliveryLog(folder: string, most: number): readonly DeliveryRecord[] {
  const file = deliveryLogFile(folder);
  const lines = [`${file}.1`, file].flatMap((name) => {
    try {
      return readFileSync(name, 'utf8').split('\n');
    } catch {
      return [];
    }
  });
  const records: DeliveryRecord[] = [];
  for (let i = lines.length - 1; i >= 0 && records.length < most; i--) {
    try {
      const record: unknown = JSON.parse(lines[i]!);
      // Written by `appendRecord` of this version or an earlier one: all its fields are texts and numbers.
      if (typeof record === 'object' && record !== null && 'outcome' in record)
        records.push(record as DeliveryRecord);
    } catch {
      // the end of a line that a crash has cut
    }
  }
  return records.toReversed();
}

/** Of a file that this class wrote; another version of it has another number. */
function isSpooled(value: unknown): value is Spooled {
  return (
    typeof value === 'object' &&
    value !== null &&
    Reflect.get(value, 'version') === VERSION &&
    Array.isArray(Reflect.get(value, 'jobs')) &&
    typeof Reflect.get(value, 'desk') === 'object'
  );
}

// decisions.bin: what is in force, for workers that start and for other programs. Written whole at the start and
// after changes: within a second, or later where there are so many that it would take the engine's time; when that is not possible it is said once and tried again, and workers are told of
// changes anyway.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeSnapshot, type DecisionTable } from '@parapet/enforcement';
import { SNAPSHOT_FILE } from '@parapet/gateway';

export interface SnapshotOptions {
  readonly dataDir: string;
  readonly table: DecisionTable;
  readonly nowMs: () => number;
  readonly onNote: (text: string) => void;
}

const AFTER_MS = 400;
/** A million are written every five seconds at most, which is a tenth of the time of a processor. */
const MS_PER_DECISION = 0.005;
/** A disk that is full is asked again. */
const AGAIN_MS = 5000;

export class SnapshotFile {
  readonly #options: SnapshotOptions;
  readonly #file: string;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #hasChanged = false;
  #isClosed = false;
  #generation = 0;
  #error: string | undefined;

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#file = path.join(options.dataDir, SNAPSHOT_FILE);
  }

  /** Why the file is not what is in force; undefined while it is. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Writes the first one; what an engine that was killed left half written is taken away. */
  async open(): Promise<void> {
    const { dataDir } = this.#options;
    for (const name of readdirSync(dataDir))
      if (name.startsWith(`${SNAPSHOT_FILE}.`) && name.endsWith('.next')) rmSync(path.join(dataDir, name));
    await this.#write();
  }

  /** Writes soon, once for all changes until then. */
  changed(): void {
    this.#hasChanged = true;
    if (!this.#isClosed) this.#timer ??= setTimeout(() => void this.#write(), this.#pauseMs);
  }

  get #pauseMs(): number {
    return Math.max(AFTER_MS, this.#options.table.size * MS_PER_DECISION);
  }

  /** Writes what has not been written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    if (this.#hasChanged) await this.#write();
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeNow().finally(() => {
      this.#writing = undefined;
      if (this.#hasChanged && !this.#isClosed)
        this.#timer ??= setTimeout(
          () => void this.#write(),
          this.#error === undefined ? this.#pauseMs : AGAIN_MS,
        );
    });
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { table, nowMs, onNote } = this.#options;
    this.#hasChanged = false;
    const createdAtMs = nowMs();
    // Rising from run to run, by the clock.
    this.#generation = Math.max(this.#generation + 1, Math.floor(createdAtMs / 1000));
    const fault = await writeSnapshot(this.#file, table, { generation: this.#generation, createdAtMs });
    if (fault !== undefined) {
      this.#hasChanged = true;
      if (this.#error === undefined)
        onNote(
          `${SNAPSHOT_FILE}: ${fault.message} (${fault.code}). Decisions reach the gateway all the same.`,
        );
    } else if (this.#error !== undefined) {
      onNote(`${SNAPSHOT_FILE} is written again.`);
    }
    this.#error = fault?.message;
  }
}

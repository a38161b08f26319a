// Moves the write-ahead log into the file on a thread of its own. That waits for the disk (fsync), which can take a
// tenth of a second and more, and in that time the engine would neither read lines nor answer bouncers. The thread
// lives for as long as one takes: it costs some 25 MB while it is there. Should it fail, SQLite does the work in the
// engine's own commits, less often: `AUTO_PAGES` bounds the log.
import fs from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Pages of 4 kB after which a commit does it after all. */
export const AUTO_PAGES = 16_384;
const EVERY_MS = 10_000;
const CLOSE_MS = 5000;
/** Without bounds V8 would reserve for it what it does for a program. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };

export class Checkpointer {
  readonly #file: string;
  readonly #script: URL;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #worker: Worker | undefined;
  #doneToMs = 0;

  private constructor(file: string, script: URL, everyMs: number) {
    this.#file = file;
    this.#script = script;
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  /** Begins; undefined where there is no script to run: the sources run without a build. */
  static begin(
    file: string,
    everyMs: number = EVERY_MS,
    script: URL = new URL('./checkpointThread.js', import.meta.url),
  ): Checkpointer | undefined {
    return fs.existsSync(script) ? new Checkpointer(file, script, everyMs) : undefined;
  }

  /** Resolves when the file is let go of. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const timer = setTimeout(() => void this.#worker?.terminate(), CLOSE_MS);
    await this.#running;
    clearTimeout(timer);
  }

  #look(): void {
    if (this.#running !== undefined) return;
    const writtenMs = lastWriteMs(`${this.#file}-wal`);
    if (writtenMs === this.#doneToMs) return;
    this.#doneToMs = writtenMs;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#worker = undefined;
    });
  }

  #run(): Promise<void> {
    return new Promise((resolve) => {
      const worker = new Worker(this.#script, {
        workerData: this.#file,
        resourceLimits: LIMITS,
        execArgv: [],
      });
      worker.unref();
      this.#worker = worker;
      // What is wrong with the disk shows in the engine's own writes.
      worker.once('error', () => {});
      worker.once('exit', () => resolve());
    });
  }
}

function lastWriteMs(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

// Follows all logs that match some patterns. Files are polled by stat, quickly while they are active and a few
// times a second while they are not; a directory watch, where there is one, only shortens the wait.

import type { LineOrigin, Problem } from '@parapet/kinds';
import { parsePosition, type FilePosition } from './file-position.ts';
import { expandGlob, isGlob } from './glob.ts';
import { cursorName, cursorsOf, type LineBatch } from './line-batch.ts';
import { PathTail, type PathTailContext } from './path-tail.ts';
import { isCompressedName, rotatedNames } from './rotated-names.ts';
import type { Clock, FileSystem } from './surroundings.ts';

export interface TailOptions {
  /** Names the cursors of this tail; keep it the same between runs. */
  readonly source: string;
  /** Paths and globs. */
  readonly patterns: readonly string[];
  readonly isExcluded?: (path: string) => boolean;
  /** Says what the lines of a path are; called with the lines of each batch (see originsByType). */
  readonly originOf: (path: string, lines: readonly string[]) => LineOrigin;
  /** All saved cursors. None of this source means that it has never run. */
  readonly cursors: ReadonlyMap<string, unknown>;
  /** Where a log starts that is there when the source runs for the first time; later ones start at their beginning. */
  readonly startAt?: 'end' | 'beginning';
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Problem) => void;
  /** Called once, when it is known from where each log that is there is read. */
  readonly onPlaced?: () => void;
  readonly pollMs?: number;
  readonly scanMs?: number;
  /** How long a renamed file is still read: writers keep it open until they are told to reopen. */
  readonly lateMs?: number;
  /** After how much silence a file is closed; it is opened again when it changes. */
  readonly parkMs?: number;
}

/** The cursor that says that the source has run before, even if there was no file yet. */
const MARKER = '';
const QUICKEST_POLL_MS = 25;
const MAX_LEFT = 1000;
const GONE_MS = 60_000;

/** Yields new lines until the signal is aborted. */
export async function* tailFiles(options: TailOptions): AsyncGenerator<LineBatch> {
  const tail = new Tail(options);
  try {
    yield* tail.run();
  } finally {
    await tail.close();
  }
}

class Tail {
  readonly #options: TailOptions;
  readonly #context: PathTailContext;
  readonly #tails = new Map<string, PathTail>();
  readonly #saved = new Map<string, FilePosition[]>();
  readonly #left = new Map<string, FilePosition>();
  readonly #goneSinceMs = new Map<string, number>();
  readonly #troubles = new Set<string>();
  readonly #unwatch: (() => void)[] = [];
  readonly #isFirstRun: boolean;
  #isFirstScan = true;
  #found: ReadonlySet<string> = new Set();
  #wake = (): void => {};

  constructor(options: TailOptions) {
    this.#options = options;
    const cursors = cursorsOf(options.source, options.cursors);
    this.#isFirstRun = cursors.size === 0;
    for (const [key, value] of cursors) {
      const position = key === MARKER ? undefined : parsePosition(value);
      if (position === undefined) continue;
      this.#saved.set(position.path, [...(this.#saved.get(position.path) ?? []), position]);
    }
    this.#context = {
      ...options,
      lateMs: options.lateMs ?? 60_000,
      parkMs: options.parkMs ?? 600_000,
      onLeft: (position) => this.#remember(position),
    };
  }

  async *run(): AsyncGenerator<LineBatch> {
    const { clock, signal, source, pollMs = 250, scanMs = 1000 } = this.#options;
    if (this.#isFirstRun) yield { lines: [], cursors: new Map([[cursorName(source, MARKER), true]]) };
    let scanAtMs = 0;
    let isPlaced = false;
    let restMs = QUICKEST_POLL_MS;
    while (!signal.aborted) {
      const isScanDue = clock.nowMs() >= scanAtMs;
      if (isScanDue) {
        await this.#scan();
        scanAtMs = clock.nowMs() + scanMs;
      }
      let isBusy = false;
      for (const tail of this.#tails.values()) {
        if (tail.isParked && !isScanDue) continue;
        if (yield* tail.turn()) isBusy = true;
        if (signal.aborted) return;
      }
      if (!isPlaced) this.#options.onPlaced?.();
      isPlaced = true;
      if (isScanDue) yield* this.#dropVanished();
      if (isBusy) {
        restMs = QUICKEST_POLL_MS;
        this.#stopWatching();
        continue;
      }
      const wasWoken = await this.#rest(restMs, restMs === pollMs);
      if (wasWoken) scanAtMs = 0;
      restMs = wasWoken ? QUICKEST_POLL_MS : Math.min(pollMs, restMs * 2);
    }
  }

  async close(): Promise<void> {
    this.#stopWatching();
    for (const tail of this.#tails.values()) await tail.close();
  }

  /** Finds new files, in an order that does not depend on the file system. */
  async #scan(): Promise<void> {
    const { patterns, isExcluded } = this.#options;
    const named = new Set(patterns.filter((pattern) => !isGlob(pattern)));
    const found = new Set<string>(named);
    for (const pattern of patterns) {
      try {
        const paths = await expandGlob(this.#options.files, pattern);
        if (paths.length === 0) this.#complain(pattern, 'E_LOG_ABSENT', absence(pattern));
        else this.#troubles.delete(pattern);
        for (const path of paths) found.add(path);
      } catch (error) {
        this.#complain(pattern, 'E_LOG_UNREADABLE', error instanceof Error ? error.message : String(error));
      }
    }
    if (this.#isFirstScan) for (const path of this.#saved.keys()) found.add(path);
    for (const path of [...found].sort()) {
      if (this.#tails.has(path) || isExcluded?.(path) === true) continue;
      if (!named.has(path) && isLeftOver(path, found)) continue;
      await this.#add(path);
    }
    this.#isFirstScan = false;
    this.#found = found;
  }

  /** Logs with a date in their name come and go: what is gone and has been read leaves nothing behind. */
  async *#dropVanished(): AsyncGenerator<LineBatch> {
    const { source, patterns, clock } = this.#options;
    for (const tail of [...this.#tails.values()]) {
      if (!tail.isRead || this.#found.has(tail.path) || patterns.includes(tail.path)) {
        this.#goneSinceMs.delete(tail.path);
        continue;
      }
      // A log is also absent for a moment in each rotation.
      const since = this.#goneSinceMs.get(tail.path) ?? clock.nowMs();
      this.#goneSinceMs.set(tail.path, since);
      if (clock.nowMs() - since < GONE_MS) continue;
      this.#goneSinceMs.delete(tail.path);
      this.#tails.delete(tail.path);
      const cursors = new Map<string, unknown>();
      for (const key of tail.parkedKeys) cursors.set(cursorName(source, key), undefined);
      if (cursors.size > 0) yield { lines: [], cursors };
    }
  }

  async #add(path: string): Promise<void> {
    const { files, startAt = 'end' } = this.#options;
    const stat = await files.stat(path).catch(() => undefined);
    if (stat !== undefined) {
      if (stat.kind === 'directory') return;
      // A link to a log that is followed already, or that log under its new name.
      if ([...this.#tails.values()].some((tail) => tail.holds(stat))) return;
    }
    const left = stat === undefined ? undefined : this.#left.get(`${stat.dev}:${stat.ino}`);
    const resume = left === undefined ? (this.#saved.get(path) ?? []) : [{ ...left, path }];
    // A named log that is not there yet will be a new one when it appears, and is read from its beginning.
    const isOld = stat !== undefined && this.#isFirstRun && this.#isFirstScan;
    const start = isOld ? startAt : 'beginning';
    const tail = new PathTail(path, this.#context, resume, start, stat, left !== undefined);
    this.#saved.delete(path);
    this.#tails.set(path, tail);
  }

  /** Waits; returns whether a watch has ended the wait. */
  async #rest(ms: number, isQuiet: boolean): Promise<boolean> {
    const { clock, signal } = this.#options;
    const alarm = new AbortController();
    const stop = (): void => alarm.abort();
    let wasWoken = false;
    signal.addEventListener('abort', stop);
    // Watched only while nothing happens: on a busy log, a callback for every write would cost more than polling.
    if (isQuiet) this.#watch();
    this.#wake = () => {
      wasWoken = true;
      alarm.abort();
    };
    if (!signal.aborted) await clock.sleep(ms, alarm.signal);
    this.#wake = () => {};
    signal.removeEventListener('abort', stop);
    if (wasWoken) this.#stopWatching();
    return wasWoken;
  }

  #watch(): void {
    const { files } = this.#options;
    if (files.watch === undefined || this.#unwatch.length > 0) return;
    const directories = new Set([...this.#tails.keys()].map((path) => directoryOf(path)));
    for (const directory of directories) this.#unwatch.push(files.watch(directory, () => this.#wake()));
  }

  #stopWatching(): void {
    for (const unwatch of this.#unwatch.splice(0)) unwatch();
  }

  #remember(position: FilePosition): void {
    this.#left.set(`${position.dev}:${position.ino}`, position);
    if (this.#left.size > MAX_LEFT) this.#left.delete(this.#left.keys().next().value!);
  }

  #complain(pattern: string, code: string, message: string): void {
    if (this.#troubles.has(pattern)) return;
    this.#troubles.add(pattern);
    this.#options.onProblem({
      code,
      file: pattern,
      line: 0,
      column: 0,
      message,
      hint: 'Check the path and the rights of the engine; it is tried again every second',
    });
  }
}

function absence(pattern: string): string {
  return isGlob(pattern)
    ? 'No file matches the pattern yet'
    : 'The log is not there yet, and is read from its beginning as soon as it is';
}

/** Whether the file is what rotation left of another file that is followed, or cannot be followed at all. */
function isLeftOver(path: string, found: ReadonlySet<string>): boolean {
  if (isCompressedName(path)) return true;
  const slash = path.lastIndexOf('/') + 1;
  return rotatedNames(path.slice(slash)).some((one) => found.has(path.slice(0, slash) + one.base));
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash) || '/';
}

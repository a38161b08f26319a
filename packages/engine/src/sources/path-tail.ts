// Follows one log through everything that rotation does to it. What is open now is `current`; files that were left
// behind stay open for a while (`late`), because writers go on writing to a renamed file until they reopen.
// Each step looks at the directory anew, so nothing goes wrong when it changes between two steps.

import type { LineOrigin, Problem } from '@parapet/kinds';
import { findCandidates, findPosition, isOtherCopy, type Candidate } from './candidates.ts';
import { lastLineStart, openReading, type FileReading } from './file-reading.ts';
import { HEAD_BYTES, isSameFile, positionKey, type FilePosition } from './file-position.ts';
import { cursorName, type LineBatch } from './line-batch.ts';
import type { Clock, FileStat, FileSystem } from './surroundings.ts';

export interface PathTailContext {
  readonly source: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly originOf: (path: string, lines: readonly string[]) => LineOrigin;
  readonly onProblem: (problem: Problem) => void;
  /** Called with the last position in a file that will not be read any more. */
  readonly onLeft: (position: FilePosition) => void;
  readonly lateMs: number;
  readonly parkMs: number;
}

interface Held {
  readonly reading: FileReading;
  grewAtMs: number;
  hasCursor: boolean;
}

/** Chunks per turn, so that one file with a large backlog does not keep the others waiting. */
const CHUNKS_PER_TURN = 16;
/** Files opened per turn: a directory in which everything changes all the time must not hold up the rest. */
const STEPS_PER_TURN = 32;
const MAX_LATE = 8;
const REOPEN_TRIES = 5;
const ABSENT_LOOK_MS = 2000;

export class PathTail {
  readonly path: string;
  readonly #context: PathTailContext;
  #start: 'end' | 'beginning';
  /** Saved positions that have not been taken up yet. */
  #resume: FilePosition[];
  /** Whether nothing is lost when the resumed file is gone: it had been read to its end. */
  #isResumeSure: boolean;
  #current: Held | undefined;
  #late: Held[] = [];
  #forget: string[] = [];
  /** Files that are done with. As long as an older one has a cursor, a restart would come by them again. */
  #spent: { readonly key: string; readonly older: readonly Held[] }[] = [];
  #parkedStat: FileStat | undefined;
  /** What the path named when it was last looked at. */
  #named: FileStat | undefined;
  /** Where reading stood in the file before the current one. */
  #anchor: FilePosition | undefined;
  #trouble: string | undefined;
  #hasSaidCut = false;
  #lookAgainAtMs = 0;

  constructor(
    path: string,
    context: PathTailContext,
    resume: readonly FilePosition[],
    start: 'end' | 'beginning',
    named: FileStat | undefined,
    isResumeSure = false,
  ) {
    this.path = path;
    this.#context = context;
    this.#resume = [...resume];
    this.#start = start;
    this.#named = named;
    this.#isResumeSure = isResumeSure;
  }

  get isParked(): boolean {
    return this.#current === undefined;
  }

  /** Whether nothing of the log is known to be unread. */
  get isRead(): boolean {
    return this.#current === undefined && (this.#resume.length === 0 || this.#isResumeSure);
  }

  /** The cursors of a log that is parked. */
  get parkedKeys(): readonly string[] {
    return this.#resume.map((position) => positionKey(this.path, position));
  }

  /** Whether the file is this log, or was this log before rotation. */
  holds(file: Pick<FileStat, 'dev' | 'ino'>): boolean {
    if (this.#parkedStat !== undefined && isSameFile(this.#parkedStat, file)) return true;
    if (this.#named !== undefined && isSameFile(this.#named, file)) return true;
    return this.#hasOpen(file);
  }

  #hasOpen(file: Pick<FileStat, 'dev' | 'ino'>): boolean {
    return [this.#current, ...this.#late].some((held) => held && isSameFile(held.reading.file, file));
  }

  /** Reads what is new. Returns whether there was anything: then another turn is due at once. */
  async *turn(): AsyncGenerator<LineBatch, boolean> {
    try {
      const isBusy = yield* this.#follow();
      return isBusy;
    } catch (error) {
      this.#complain(this.path, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async close(): Promise<void> {
    for (const held of [...this.#late, this.#current]) await held?.reading.close();
    this.#late = [];
    this.#current = undefined;
  }

  async *#follow(): AsyncGenerator<LineBatch, boolean> {
    const { files } = this.#context;
    const stat = await files.stat(this.path);
    this.#named = stat;
    let isBusy = false;
    for (const held of [...this.#late]) {
      if ((yield* this.#drain(held)) === 'more') isBusy = true;
    }
    if (this.#current === undefined && !(yield* this.#open(stat))) return isBusy;
    for (let step = 0; step < STEPS_PER_TURN && this.#current !== undefined; step++) {
      const held: Held = this.#current;
      const isTheLog = stat !== undefined && isSameFile(stat, held.reading.file) && !held.reading.isFinished;
      if (isTheLog && held.reading.isUpToDate(stat)) break;
      if (stat !== undefined && held.reading.isBlank && (await this.#findMissed(held))) continue;
      const outcome = yield* this.#drain(held);
      if (outcome === 'more') return true;
      if (outcome === 'truncated') await this.#reopenTruncated(held);
      else if (isTheLog || !this.#mayLook(stat) || !(yield* this.#moveOn(held))) break;
      isBusy = true;
    }
    yield* this.#dismissLate();
    await this.#park(stat);
    return isBusy;
  }

  /** While the log is absent, its neighbours are looked at only now and then. */
  #mayLook(stat: FileStat | undefined): boolean {
    if (stat !== undefined) return true;
    const now = this.#context.clock.nowMs();
    if (now < this.#lookAgainAtMs) return false;
    this.#lookAgainAtMs = now + ABSENT_LOOK_MS;
    return true;
  }

  async *#drain(held: Held): AsyncGenerator<LineBatch, 'more' | 'end' | 'truncated'> {
    for (let chunk = 0; chunk < CHUNKS_PER_TURN; chunk++) {
      const lines: string[] = [];
      const outcome = await held.reading.read(lines);
      if (outcome !== 'read') return outcome;
      held.grewAtMs = this.#context.clock.nowMs();
      // What was still written to a file before this one came first, and was there when this was read.
      if (held === this.#current) for (const late of [...this.#late]) yield* this.#drain(late);
      if (lines.length > 0) yield this.#batch(held, lines);
    }
    return 'more';
  }

  #batch(held: Held, texts: readonly string[]): LineBatch {
    const { source, clock, originOf } = this.#context;
    const origin = originOf(this.path, texts);
    const readAtMs = clock.nowMs();
    if (held.reading.cutLines > 0 && !this.#hasSaidCut) {
      this.#hasSaidCut = true;
      this.#context.onProblem({
        code: 'E_LINE_TOO_LONG',
        file: this.path,
        line: 0,
        column: 0,
        message: 'A line longer than 64 KiB was cut',
        hint: 'Check that the file is a log with one entry per line',
      });
    }
    held.hasCursor = true;
    const kept = new Set([this.#current, ...this.#late].map((one) => one?.reading.key));
    const cursors = new Map<string, unknown>();
    for (const { key, older } of this.#spent.splice(0)) {
      if (older.some((one) => this.#late.includes(one))) this.#spent.push({ key, older });
      else this.#forget.push(key);
    }
    for (const key of this.#forget) {
      if (!kept.has(key)) cursors.set(cursorName(source, key), undefined);
    }
    this.#forget = [];
    cursors.set(cursorName(source, held.reading.key), held.reading.position());
    return { lines: texts.map((raw) => ({ raw, origin, readAtMs })), cursors };
  }

  /** Opens what is to be read first; returns whether anything was opened. */
  async *#open(stat: FileStat | undefined): AsyncGenerator<LineBatch, boolean> {
    if (this.#resume.length > 0) {
      if (stat !== undefined && this.#parkedStat !== undefined && isUnchanged(stat, this.#parkedStat))
        return false;
      return await this.#openResumed();
    }
    if (stat === undefined || stat.kind !== 'file') return false;
    const candidate = (await this.#candidates()).at(-1);
    if (candidate?.path !== this.path) return false;
    this.#parkedStat = undefined;
    const offset = this.#start === 'end' ? await lastLineStart(this.#context.files, candidate) : 0;
    if (!(await this.#hold(candidate, offset))) return false;
    this.#start = 'beginning';
    // Saved before any line is read: a restart then goes on here, even if the log has been rotated by then.
    yield this.#batch(this.#current!, []);
    return true;
  }

  async #openResumed(): Promise<boolean> {
    const candidates = await this.#candidates();
    const matches = new Map<Candidate, FilePosition>();
    // Whole matches first: a copy must not be taken by the position of the file it was copied from.
    const inOrder = [...this.#resume].sort(
      (a, b) => Number(isAmong(b, candidates)) - Number(isAmong(a, candidates)),
    );
    for (const position of inOrder) {
      const found = findPosition(position, candidates, (candidate) => !matches.has(candidate));
      if (found !== undefined && !matches.has(found)) matches.set(found, position);
    }
    const oldest = candidates.find((candidate) => matches.has(candidate));
    const keys = this.#resume.map((position) => positionKey(this.path, position));
    if (oldest !== undefined) {
      const position = matches.get(oldest)!;
      if (!(await this.#hold(oldest, position.offset))) return false;
      this.#resume = [...matches.values()].filter((one) => one !== position);
      this.#forget = keys.filter((key) => !this.#resume.some((one) => positionKey(this.path, one) === key));
    } else {
      const log = candidates.at(-1);
      if (log?.path !== this.path) return false;
      if (!(await this.#hold(log, 0))) return false;
      if (!this.#isResumeSure) {
        this.#context.onProblem({
          code: 'E_LOG_POSITION_LOST',
          file: this.path,
          line: 0,
          column: 0,
          message: 'The file that was being read is gone, and some of its last lines may not have been read',
          hint: 'Keep one rotated file uncompressed or as .gz beside the log',
        });
      }
      this.#forget = keys;
      this.#resume = [];
    }
    this.#parkedStat = undefined;
    return true;
  }

  /** Goes on to the file after this one; returns false when there is none yet. */
  async *#moveOn(held: Held): AsyncGenerator<LineBatch, boolean> {
    const position = held.reading.position();
    const { next, isSameLog } = await this.#after(held.reading);
    if (next === undefined) return false;
    const unresumed = this.#resume.length;
    if (!(await this.#takeUp(next, isSameLog ? position.offset : undefined))) return false;
    this.#anchor = position;
    // The unfinished last line of a log that is found once more is read again there, so it is not delivered here.
    if (isSameLog) {
      await held.reading.close();
      this.#forget.push(held.reading.key);
    } else if (held.reading.isFinished) yield* this.#dismiss(held, this.#late);
    else this.#late.push(held);
    // At once: no line may be left in it, and without a cursor a restart would read it from its beginning.
    if (isSameLog || this.#resume.length < unresumed) yield this.#batch(this.#current!, []);
    return true;
  }

  /** Opens the next file: one that was being read before the restart goes on where it was, a new one starts at 0. */
  async #takeUp(next: Candidate, offset?: number): Promise<boolean> {
    const resumed = this.#resume.find((one) => findPosition(one, [next]) !== undefined);
    if (!(await this.#hold(next, offset ?? resumed?.offset ?? 0))) return false;
    // Only now: when the file has just been renamed, it is taken up again under its new name.
    if (resumed !== undefined) {
      this.#resume = this.#resume.filter((one) => one !== resumed);
      this.#forget.push(positionKey(this.path, resumed));
    }
    return true;
  }

  /** Returns the file after the one that was read; `isSameLog` when that holds the same lines and perhaps more. */
  async #after(reading: FileReading): Promise<{ next: Candidate | undefined; isSameLog: boolean }> {
    const position = reading.position();
    const candidates = await this.#candidates();
    // A new file that starts like the old one is taken for the old one rewritten only if all of the
    // fingerprint is there: short logs may well start alike.
    const here = findPosition(
      position,
      candidates,
      (one) => one.path !== this.path || position.fingerprint.length >= HEAD_BYTES,
    );
    const log = candidates.at(-1)?.path === this.path ? candidates.at(-1) : undefined;
    if (here === undefined)
      return { next: log && !this.#hasOpen(log.stat) ? log : undefined, isSameLog: false };
    if (here === log && !isSameFile(here.stat, position)) return { next: here, isSameLog: true };
    // An archive that was still being written when it was opened: its original may be gone by now.
    if (here.isGzip && isSameFile(here.stat, position) && !reading.isUpToDate(here.stat))
      return { next: here, isSameLog: true };
    const younger = candidates.slice(candidates.indexOf(here) + 1);
    const next = younger.find((one) => !this.#hasOpen(one.stat));
    return { next, isSameLog: next !== undefined && isOtherCopy(position, next, next === log) };
  }

  /**
   * A log that was empty when it was looked at last may have been written, copied and emptied since: then its copy
   * stands between the file before it and the log.
   */
  async #findMissed(held: Held): Promise<boolean> {
    if (this.#anchor === undefined) return false;
    const candidates = await this.#candidates();
    const before = findPosition(this.#anchor, candidates);
    const at = before === undefined ? candidates.length : candidates.indexOf(before) + 1;
    // Strictly between the two: what is younger than this file has its turn after it has been read.
    const next = candidates[at];
    if (next === undefined || this.#hasOpen(next.stat)) return false;
    if (candidates.findIndex((one) => isSameFile(one.stat, held.reading.file)) < at) return false;
    if (!(await this.#takeUp(next))) return false;
    await held.reading.close();
    // From here on only younger files count: of two empty ones, neither may lead back to the other.
    this.#anchor = this.#current?.reading.position();
    return true;
  }

  /** The file was emptied under us. Its rest may be in a copy (copytruncate); then it starts anew, whatever its name. */
  async #reopenTruncated(held: Held): Promise<void> {
    const position = held.reading.position();
    await held.reading.close();
    this.#current = undefined;
    for (let tries = 0; tries < REOPEN_TRIES; tries++) {
      const candidates = await this.#candidates();
      const copy = findPosition(position, candidates, (one) => !this.#hasOpen(one.stat));
      if (copy === undefined) {
        const emptied = candidates.find((one) => isSameFile(one.stat, position)) ?? candidates.at(-1);
        if (emptied === undefined || (await this.#hold(emptied, 0))) return;
      } else if (await this.#hold(copy, position.offset)) {
        this.#forget.push(held.reading.key);
        return;
      }
      // What was found has another name by now: it is looked for again.
    }
    this.#resume = [position, ...this.#resume];
  }

  async #hold(candidate: Candidate, offset: number): Promise<boolean> {
    const { files, clock } = this.#context;
    const reading = await openReading(files, this.path, candidate, offset, (why) =>
      this.#complain(candidate.path, why),
    );
    if (reading === undefined) return false;
    this.#current = { reading, grewAtMs: clock.nowMs(), hasCursor: false };
    this.#trouble = undefined;
    return true;
  }

  async *#dismissLate(): AsyncGenerator<LineBatch> {
    const { clock, lateMs } = this.#context;
    // Not before the next file has a cursor: without any, a restart would not know that there was one.
    if (this.#current?.hasCursor !== true) return;
    for (const held of [...this.#late]) {
      const isOver = clock.nowMs() - held.grewAtMs >= lateMs || this.#late.length > MAX_LATE;
      if (!isOver) continue;
      const older = this.#late.slice(0, this.#late.indexOf(held));
      this.#late = this.#late.filter((one) => one !== held);
      yield* this.#dismiss(held, older);
    }
  }

  async *#dismiss(held: Held, older: readonly Held[]): AsyncGenerator<LineBatch> {
    const lines: string[] = [];
    held.reading.finish(lines);
    if (lines.length > 0) yield this.#batch(held, lines);
    if (!held.reading.isFinished) this.#context.onLeft(held.reading.position());
    await held.reading.close();
    if (held.reading.key !== this.#current?.reading.key) this.#spent.push({ key: held.reading.key, older });
  }

  /** Closes a file that has been silent for long: handles are scarce, and keep deleted files on the disk. */
  async #park(stat: FileStat | undefined): Promise<void> {
    const held = this.#current;
    if (held === undefined || held.reading.isFinished || this.#late.length > 0 || this.#resume.length > 0)
      return;
    if (this.#context.clock.nowMs() - held.grewAtMs < this.#context.parkMs) return;
    await held.reading.close();
    this.#resume = [held.reading.position()];
    this.#isResumeSure = true;
    this.#current = undefined;
    this.#parkedStat = stat;
  }

  async #candidates(): Promise<readonly Candidate[]> {
    return await findCandidates(this.#context.files, this.path, (path, why) => this.#complain(path, why));
  }

  #complain(path: string, why: string): void {
    const trouble = `${path}: ${why}`;
    // Said once, and again only after it has been well in between.
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#context.onProblem({
      code: 'E_LOG_UNREADABLE',
      file: path,
      line: 0,
      column: 0,
      message: `The file cannot be read: ${why}`,
      hint: 'Give the engine the right to read it (often: membership in the group adm); it is tried again',
    });
  }
}

function isAmong(position: FilePosition, candidates: readonly Candidate[]): boolean {
  const same = candidates.find((one) => isSameFile(one.stat, position));
  return same !== undefined && findPosition(position, [same]) !== undefined;
}

function isUnchanged(stat: FileStat, before: FileStat): boolean {
  return isSameFile(stat, before) && stat.size === before.size && stat.mtimeMs === before.mtimeMs;
}

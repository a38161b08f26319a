// Follows the systemd journal through journalctl, which knows its file formats and rights. The cursor of an entry
// is saved with its batch; when journalctl ends, it is started again after the last entry that was delivered.

import type { Line, LineOrigin, Problem } from '@parapet/kinds';
import { parseJournalEntry } from './journald-entry.ts';
import { cursorName, cursorsOf, type LineBatch } from './line-batch.ts';
import { LineSplitter } from './line-splitter.ts';
import type { ChildProcess, Clock, Spawn } from './surroundings.ts';

export interface JournalOptions {
  readonly source: string;
  /** Matches as journalctl takes them, for example `_SYSTEMD_UNIT=ssh.service`. */
  readonly filters: readonly string[];
  readonly labels: LineOrigin['labels'];
  /** All saved cursors. None of this source means that it has never run. */
  readonly cursors: ReadonlyMap<string, unknown>;
  readonly spawn: Spawn;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Problem) => void;
}

/** Entries may be large: a core dump is one. */
const MAX_ENTRY_BYTES = 1_048_576;
const KEY = 'journal';
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** Yields new entries as syslog lines until the signal is aborted. */
export async function* followJournal(options: JournalOptions): AsyncGenerator<LineBatch> {
  const { source, clock, signal } = options;
  const save = (at: string): ReadonlyMap<string, unknown> => new Map([[cursorName(source, KEY), at]]);
  const saved = cursorsOf(source, options.cursors).get(KEY);
  let cursor = typeof saved === 'string' ? saved : undefined;
  let waitMs = FIRST_WAIT_MS;
  let isFirstRun = cursor === undefined;
  let lastTrouble: string | undefined;
  while (!signal.aborted) {
    let trouble: string;
    if (isFirstRun) {
      // Where the journal ends now is saved before anything is followed, so that a restart misses nothing. In an
      // empty journal there is no such place: then it is followed from its beginning.
      const last = yield* run(options, ['--lines=1']);
      cursor = last.cursor;
      trouble = last.trouble;
      isFirstRun = last.exitCode !== 0;
      if (!isFirstRun) {
        yield { lines: [], cursors: save(cursor ?? '') };
        continue;
      }
    } else {
      const after = cursor === undefined || cursor === '' ? [] : [`--after-cursor=${cursor}`];
      const ended = yield* run(options, ['--follow', '--no-tail', ...after], save);
      if (ended.cursor !== undefined) {
        cursor = ended.cursor;
        waitMs = FIRST_WAIT_MS;
      }
      trouble = ended.trouble;
      // The journal may have been wiped: its cursors then lead nowhere.
      if (ended.cursor === undefined && /cursor/i.test(trouble)) isFirstRun = true;
    }
    if (signal.aborted) return;
    if (trouble !== lastTrouble) {
      lastTrouble = trouble;
      complain(options, trouble);
    }
    await clock.sleep(waitMs, signal);
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}

interface Ended {
  /** Of the last entry, if there was any. */
  readonly cursor: string | undefined;
  readonly exitCode: number | undefined;
  readonly trouble: string;
}

/** Runs journalctl to its end; yields its entries when `save` is given. */
async function* run(
  options: JournalOptions,
  args: readonly string[],
  save?: (cursor: string) => ReadonlyMap<string, unknown>,
): AsyncGenerator<LineBatch, Ended> {
  const { clock, labels, signal, filters } = options;
  const origin: LineOrigin = { src: `journalctl-${filters.join('.')}`, module: 'journalctl', labels };
  const child = options.spawn('journalctl', ['--output=json', '--quiet', ...args, ...filters]);
  const stop = (): void => child.kill();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const errors = collectErrors(child);
  let cursor: string | undefined;
  try {
    const splitter = new LineSplitter({ maxLineBytes: MAX_ENTRY_BYTES });
    for await (const chunk of child.stdout) {
      const texts: string[] = [];
      splitter.push(chunk, texts);
      const readAtMs = clock.nowMs();
      const lines: Line[] = [];
      for (const text of texts) {
        const entry = parseJournalEntry(text);
        if (entry === undefined) continue;
        cursor = entry.cursor;
        if (entry.line !== undefined) lines.push({ raw: entry.line, origin, readAtMs });
      }
      if (save !== undefined && cursor !== undefined && texts.length > 0) {
        yield { lines, cursors: save(cursor) };
      }
    }
    const exitCode = await child.exitCode;
    const said = await errors;
    return { cursor, exitCode, trouble: said === '' ? `it ended with code ${exitCode ?? 'none'}` : said };
  } catch (error) {
    return { cursor, exitCode: undefined, trouble: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener('abort', stop);
    child.kill();
  }
}

/** The end of what the process says on stderr: reading all of it keeps the pipe from filling up. */
async function collectErrors(child: ChildProcess): Promise<string> {
  let text = '';
  try {
    for await (const chunk of child.stderr) text = (text + chunk.toString('utf8')).slice(-500);
  } catch {
    return text.trim();
  }
  return text.trim();
}

function complain(options: JournalOptions, trouble: string): void {
  options.onProblem({
    code: 'E_JOURNAL_ENDED',
    file: `journalctl ${options.filters.join(' ')}`,
    line: 0,
    column: 0,
    message: `journalctl does not run: ${trouble}`,
    hint: 'Check that systemd-journald runs here and that the engine may read it (group systemd-journal); it is tried again',
  });
}

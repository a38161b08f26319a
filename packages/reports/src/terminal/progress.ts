// A progress bar for long work, on the error stream of a terminal only: output that is piped stays clean.

import { formatCount, formatRemaining } from '../words/numbers.ts';
import { makeStyle } from './style.ts';
import type { TextOptions } from './table.ts';
import { fit, plain } from './text.ts';

export interface Progress {
  /** What is being done, `access.log`. */
  readonly label: string;
  /** Of `total`, in any unit that grows evenly: bytes of the files, not lines. */
  readonly done: number;
  /** Absent when the end is not known. */
  readonly total?: number | undefined;
  readonly elapsedMs: number;
  /** A count that means something to the reader, with its word: 512331 `lines`. */
  readonly count: number;
  readonly countWord: string;
}

/** Where a terminal program writes; `process.stderr` is one. */
export interface TerminalOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const MIN_INTERVAL_MS = 100;
const BAR_WIDTH = 24;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Returns one line: bar, percentage, count, rate and the time that is left. */
export function renderProgress(progress: Progress, options: TextOptions): string {
  const { done, total, elapsedMs, count } = progress;
  const style = makeStyle(options.color);
  const share = total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, done / total));
  const rate = elapsedMs > 0 ? (count / elapsedMs) * 1000 : 0;
  const words = [`${formatCount(count)} ${progress.countWord}`];
  if (rate > 0) words.push(`${formatCount(rate)}/s`);
  // Nothing can be said of the end before a little of the work is done.
  if (share !== undefined && share > 0.005 && share < 1 && elapsedMs > 500)
    words.push(`${formatRemaining((elapsedMs * (1 - share)) / share)} left`);
  const percent = share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)}%  `;
  const tail = `${percent}${words.join('  ')}`;
  const barRoom = Math.min(BAR_WIDTH, options.columns - tail.length - 16);
  const bar = share === undefined || barRoom < 6 ? '' : `${renderBar(share, barRoom)} `;
  const label = fit(plain(progress.label), Math.max(0, options.columns - tail.length - bar.length - 2));
  const line = `${label === '' ? '' : `${label} `}${bar}`;
  return `${line === '' ? '' : style.cyan(line)}${fit(tail, options.columns)}`;
}

/** Draws progress over itself, ten times a second at most, and wipes it when done. */
export class ProgressBar {
  readonly #output: TerminalOutput;
  readonly #color: boolean;
  #drawnAtMs = -Infinity;
  #isDrawn = false;

  constructor(output: TerminalOutput, options: { readonly color: boolean }) {
    this.#output = output;
    this.#color = options.color;
  }

  update(progress: Progress): void {
    if (this.#output.isTTY !== true || progress.elapsedMs - this.#drawnAtMs < MIN_INTERVAL_MS) return;
    this.#drawnAtMs = progress.elapsedMs;
    this.#isDrawn = true;
    // One cell is left free: a full line makes some terminals wrap.
    const columns = (this.#output.columns ?? 80) - 1;
    this.#output.write(`\r${renderProgress(progress, { columns, color: this.#color })}\u001B[K`);
  }

  clear(): void {
    if (this.#isDrawn) this.#output.write('\r\u001B[K');
    this.#isDrawn = false;
  }
}

function renderBar(share: number, width: number): string {
  const eighths = Math.round(share * width * 8);
  const full = Math.floor(eighths / 8);
  return `${'█'.repeat(full)}${EIGHTHS[eighths % 8]!}`.padEnd(width, '░');
}

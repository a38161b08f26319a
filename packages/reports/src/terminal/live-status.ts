// The live view on a terminal: drawn over itself, a few times a second at most, following the window's
// size. The cursor is hidden while it runs and is given back by `close`, whatever happened.

import type { Alert, Decision } from '@parapet/kinds';
import { renderLiveView, type LiveModel } from './live-view.ts';
import type { TerminalOutput } from './progress.ts';
import { displayWidth, plain } from './text.ts';

const MIN_INTERVAL_MS = 200;
const SECONDS_KEPT = 60;
const RECENT_MS = 600_000;
const ALERTS_KEPT = 50;
const DECISIONS_KEPT = 10_000;
const RECENT_KEPT = 10_000;
const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const COLOUR = /\u001B\[\d+m/g;

export interface LiveStatusOptions {
  readonly color: boolean;
  readonly startedMs: number;
  /** What is watched, as it is to be named. */
  readonly sources: readonly string[];
  /** Whether visitors themselves are a source. */
  readonly hasGateway?: boolean;
}

export class LiveStatus {
  readonly #output: TerminalOutput;
  readonly #options: LiveStatusOptions;
  readonly #decisions = new Map<string, Decision>();
  readonly #alerts: LiveModel['alerts'][number][] = [];
  readonly #recent: Array<{ atMs: number; source: string }> = [];
  readonly #linesPerSecond: number[] = [];
  #second = 0;
  #thisSecond = 0;
  #lines = 0;
  #unparsed = 0;
  #lastLineMs: number | undefined;
  #drawnAtMs = -Infinity;
  /** Width in cells of each line that stands on the screen. */
  #frame: number[] = [];
  #isClosed = false;

  constructor(output: TerminalOutput, options: LiveStatusOptions) {
    this.#output = output;
    this.#options = options;
    this.#second = Math.floor(options.startedMs / 1000);
  }

  lines(count: number, unparsed: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#lines += count;
    this.#unparsed += unparsed;
    this.#thisSecond += count;
    if (count > 0) this.#lastLineMs = nowMs;
  }

  alert(
    alert: Alert,
    decisions: readonly Decision[],
    nowMs: number,
    covered: readonly Decision[] = [],
  ): void {
    this.#alerts.unshift({ alert, decisions, covered });
    this.#alerts.length = Math.min(this.#alerts.length, ALERTS_KEPT);
    if (alert.spared === undefined) this.#recent.push({ atMs: nowMs, source: alert.source.value });
    if (this.#recent.length > RECENT_KEPT) this.#recent.shift();
    for (const decision of decisions) this.decision(decision);
  }

  /** A decision that came without an alert: an operator's, or one that was still active at the start. */
  decision(decision: Decision): void {
    const key = `${decision.target.scope} ${decision.target.value} ${decision.remediation}`;
    if (this.#decisions.size < DECISIONS_KEPT || this.#decisions.has(key)) this.#decisions.set(key, decision);
  }

  /** Takes out what was lifted before its time. */
  lifted(decision: Pick<Decision, 'target' | 'remediation'>): void {
    this.#decisions.delete(`${decision.target.scope} ${decision.target.value} ${decision.remediation}`);
  }

  /** Draws if this is a terminal and the last time is long enough ago; returns whether it did. */
  tick(nowMs: number): boolean {
    if (this.#isClosed || this.#output.isTTY !== true || nowMs - this.#drawnAtMs < MIN_INTERVAL_MS)
      return false;
    this.#drawnAtMs = nowMs;
    this.#draw(nowMs);
    return true;
  }

  /** Prints a line that stays, above the view. */
  print(line: string): void {
    const text = `${plain(line)}\n`;
    if (this.#output.isTTY !== true || this.#frame.length === 0) {
      this.#output.write(text);
      return;
    }
    this.#output.write(`${this.#toTop()}\u001B[0J${text}`);
    this.#frame = [];
    this.#drawnAtMs = -Infinity;
  }

  /** Draws a last time and gives the cursor back. */
  close(nowMs: number): void {
    if (this.#isClosed) return;
    if (this.#frame.length > 0) this.#draw(nowMs);
    if (this.#frame.length > 0) this.#output.write(`\n${SHOW_CURSOR}`);
    this.#isClosed = true;
  }

  model(nowMs: number): LiveModel {
    this.#advance(nowMs);
    for (const [key, decision] of this.#decisions)
      if (decision.expiresAt.getTime() <= nowMs) this.#decisions.delete(key);
    while (this.#recent.length > 0 && this.#recent[0]!.atMs < nowMs - RECENT_MS) this.#recent.shift();
    const decisions = [...this.#decisions.values()].sort((a, b) => b.startAt.getTime() - a.startAt.getTime());
    return {
      nowMs,
      startedMs: this.#options.startedMs,
      lines: this.#lines,
      unparsed: this.#unparsed,
      lastLineMs: this.#lastLineMs,
      linesPerSecond: [...this.#linesPerSecond],
      recentAlerts: this.#recent.length,
      recentSources: new Set(this.#recent.map((one) => one.source)).size,
      decisions: decisions.slice(0, ALERTS_KEPT),
      decisionsTotal: decisions.length,
      alerts: [...this.#alerts],
      sources: this.#options.sources,
      hasGateway: this.#options.hasGateway === true,
    };
  }

  #draw(nowMs: number): void {
    const size = { columns: (this.#output.columns ?? 80) - 1, rows: this.#output.rows ?? 24 };
    const lines = renderLiveView(this.model(nowMs), { ...size, color: this.#options.color });
    const start = this.#frame.length === 0 ? HIDE_CURSOR : this.#toTop();
    this.#output.write(`${start}${lines.map((line) => `${line}\u001B[K`).join('\n')}\u001B[0J`);
    this.#frame = lines.map((line) => displayWidth(line.replace(COLOUR, '')));
  }

  /** After the window became narrower, what stands there takes more rows than it had lines. */
  #toTop(): string {
    const columns = Math.max(1, this.#output.columns ?? 80);
    const rows = this.#frame.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows > 1 ? `\r\u001B[${rows - 1}A` : '\r';
  }

  /** Closes the seconds that have passed; long pauses are filled with nothing. */
  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(second - this.#second, SECONDS_KEPT);
    for (let i = 0; i < passed; i++) {
      this.#linesPerSecond.push(i === 0 ? this.#thisSecond : 0);
      this.#thisSecond = i === 0 ? 0 : this.#thisSecond;
    }
    if (second > this.#second) this.#second = second;
    if (this.#linesPerSecond.length > SECONDS_KEPT)
      this.#linesPerSecond.splice(0, this.#linesPerSecond.length - SECONDS_KEPT);
  }
}

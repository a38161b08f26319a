// A running engine: lines come in batches, alerts and decisions go to the store at once, and about once a second
// a checkpoint is written: how far the sources have been read, and what the engine has in mind, in one
// transaction. After kill -9 the lines behind the last checkpoint are read again with the same state, which gives
// the same alerts with the same ids, and the store knows those: nothing is lost and nothing is doubled.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { mergeSources, type AllowlistItem, type LineSource, type Pipeline } from '@parapet/engine';
import type { Alert, Decision, Line } from '@parapet/kinds';
import type { LeanDecision, LeanPage, Store, StoredDecision } from '@parapet/store';

export const STATE_CURSOR = 'engine state';
const CHECKPOINT_MS = 1000;
const POLL_MS = 1000;
/** With a gateway, what an operator does has to reach every visitor at once. */
const POLL_FOR_ENFORCERS_MS = 100;
const MAINTAIN_MS = 600_000;
/** More than this are not made between two checkpoints. */
const ALERTS_READ_AGAIN = 20_000;
/** The text of a page stays under 128 kB: larger ones are old from birth, and garbage of theirs is left for long. */
const RESUME_ROWS = 400;
/** So many leave some 20 MB of garbage, which V8 would let grow to five times that. */
const FREE_ROWS = 100_000;

export interface EngineProcessOptions {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly sources: readonly LineSource[];
  readonly nowMs: () => number;
  readonly retention: { readonly alertsForMs: number };
  /** Entries that the configuration has beside those of the store. */
  readonly allowlist?: readonly AllowlistItem[];
  /** Collects garbage: asked while a great many decisions are read. */
  readonly freeMemory?: () => void;
  /** Who acts on decisions at once. */
  readonly enforcer?: Enforcer;
  /** Told of what was in force at the start, in pages, for as long as it returns that it wants more. */
  readonly onResumed?: (decisions: readonly Decision[]) => boolean;
  /** Told after each batch. */
  readonly onLines: (count: number, unparsed: number, src: string, type: string) => void;
  /** Decisions that an operator, another process or time has started or ended. */
  readonly onForeign: (started: readonly StoredDecision[], ended: readonly StoredDecision[]) => void;
}

/** Told of every change, before anything else happens. */
export interface Enforcer {
  /** New decisions, and those that last longer now. */
  started(decisions: readonly Decision[]): void;
  ended(decisions: readonly Decision[]): void;
  allowlist(entries: readonly AllowlistItem[]): void;
  /** These cursors, and all that was decided before them, are in the store. */
  saved(cursors: ReadonlyMap<string, unknown>): void;
}

export class EngineProcess {
  readonly #options: EngineProcessOptions;
  readonly #cursors = new Map<string, unknown>();
  readonly #knownCursors = new Map<string, 'named' | 'moved'>();
  #alerts: Alert[] = [];
  #decisions: Decision[] = [];
  /** Lifts that the store has not taken yet, by the decision's id. */
  readonly #lifts = new Map<string, () => Promise<unknown>>();
  #changesToken = 0;
  #checkpointAtMs = 0;
  #hasNews = false;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  /** Called by the pipeline's listener. */
  onAlert(alert: Alert, decisions: readonly Decision[]): void {
    this.#alerts.push(alert);
    this.onDecisions(decisions);
  }

  /** Called with further decisions of an alert that was told before. */
  onDecisions(decisions: readonly Decision[]): void {
    this.#options.enforcer?.started(decisions);
    this.#decisions.push(...decisions);
  }

  /** Called by the pipeline's listener when decisions were lifted for a reason of the engine's own. */
  onLifted(decisions: readonly Decision[], reason: string): void {
    this.#options.enforcer?.ended(decisions);
    // What was made in this batch has to be in the store before it can be lifted there.
    this.#record();
    const { store } = this.#options;
    for (const { id } of decisions) this.#lifts.set(id, () => store.liftDecisions({ id }, 'engine', reason));
  }

  /** Takes a line that this very process tells, between the batches of the sources; it is read once, and not again. */
  tell(line: Line): void {
    this.#process([line]);
    this.#hasNews = true;
    this.#record();
  }

  /** Takes alerts that machines have sent; they are in the store after its next flush. */
  ingest(alerts: readonly { readonly alert: Alert; readonly decisions: readonly Decision[] }[]): void {
    for (const { alert, decisions } of alerts) this.#options.pipeline.ingest(alert, decisions);
    this.#record();
  }

  /** Takes more decisions of an alert that was taken. */
  ingestMore(decisions: readonly Decision[]): void {
    this.#options.pipeline.resumeDecisions(decisions);
    this.#options.enforcer?.started(decisions);
    this.#decisions.push(...decisions);
    this.#record();
  }

  /** Called when decisions were made in the store on this engine's own account. */
  onAddedInStore(decisions: readonly StoredDecision[]): void {
    const { pipeline, enforcer, onForeign } = this.#options;
    pipeline.resumeDecisions(decisions);
    enforcer?.started(decisions);
    if (decisions.length > 0) onForeign(decisions, []);
  }

  /** Called when decisions were lifted in the store on this engine's own account. */
  onLiftedInStore(decisions: readonly StoredDecision[]): void {
    const { pipeline, enforcer, onForeign } = this.#options;
    for (const { id } of decisions) pipeline.lift(id);
    enforcer?.ended(decisions);
    if (decisions.length > 0) onForeign([], decisions);
  }

  /** Takes over what is in force, before the first line: page by page, for there may be a million. Returns how many. */
  async prepare(): Promise<number> {
    const { store, pipeline, nowMs, enforcer } = this.#options;
    for (const name of (await store.cursors()).keys()) this.#knownCursors.set(name, 'named');
    this.#changesToken = await store.latestChange();
    const activeAt = new Date(nowMs());
    // With some room for those to come, or the first of them would move all.
    pipeline.stages.decisions.reserve(Math.ceil((await store.countDecisions({ activeAt })) * 1.05));
    let count = 0;
    let isAskedFor = true;
    for (let from: number | undefined = 0; from !== undefined;) {
      const page: LeanPage = await store.decisionPage({ activeAt }, { from, rows: RESUME_ROWS });
      const lean = page.decisions;
      from = page.next;
      count += lean.length;
      for (const one of lean) pipeline.stages.decisions.add(decisionOf(one));
      if (lean.length > 0 && (enforcer !== undefined || isAskedFor)) {
        const decisions = lean.map(decisionOf);
        enforcer?.started(decisions);
        isAskedFor = this.#options.onResumed?.(decisions) === true;
      }
      // The page in which another so many are full.
      if (count % FREE_ROWS < lean.length) this.#options.freeMemory?.();
      // Signals are heard meanwhile.
      await nextTurn();
    }
    // Lines behind the last checkpoint are read again and lead to the alerts that are stored already.
    const stored = await store.listAlerts({}, { limit: ALERTS_READ_AGAIN, newestFirst: true });
    pipeline.resumeDecisions(
      [],
      stored.map(({ id }) => id),
    );
    await this.#readAllowlist();
    return count;
  }

  /** Runs until the sources end, then writes a last checkpoint. */
  async run(signal: AbortSignal): Promise<void> {
    const timers = [
      repeat(this.#options.enforcer === undefined ? POLL_MS : POLL_FOR_ENFORCERS_MS, signal, () =>
        this.#poll(),
      ),
      repeat(MAINTAIN_MS, signal, () => this.#maintain()),
    ];
    try {
      for await (const { lines, cursors, onProcessed, isPatient } of mergeSources(this.#options.sources)) {
        this.#process(lines);
        onProcessed?.();
        const isUrgent = this.#takeCursors(cursors) && isPatient !== true;
        if (cursors.size > 0 || lines.length > 0) this.#hasNews = true;
        this.#record();
        if (isUrgent || this.#isCheckpointDue()) this.#checkpoint();
        // Before the next line is read: a log that is rotated while nobody knows where reading stood would be lost.
        if (isUrgent) await this.#options.store.flush().catch(() => {});
        if (signal.aborted) break;
      }
    } finally {
      for (const stop of timers) stop();
      this.#checkpoint();
      // A store that cannot answer now: the next start finds the same proxy, and lifts again.
      await this.#lift().catch(() => {});
    }
  }

  /**
   * Returns whether one of them is news that the store should have at once: a file that it has never heard of, or
   * the first lines of one. An empty file cannot be told from others, and is not found again after compression.
   */
  #takeCursors(cursors: ReadonlyMap<string, unknown>): boolean {
    let isNews = false;
    for (const [name, value] of cursors) {
      this.#cursors.set(name, value);
      const known = this.#knownCursors.get(name);
      if (value === undefined) this.#knownCursors.delete(name);
      else if (known !== 'moved') {
        this.#knownCursors.set(name, known === undefined ? 'named' : 'moved');
        isNews = true;
      }
    }
    return isNews;
  }

  /** Also when the clock was set back: the next one would be far away. */
  #isCheckpointDue(): boolean {
    const nowMs = this.#options.nowMs();
    return nowMs >= this.#checkpointAtMs || nowMs < this.#checkpointAtMs - CHECKPOINT_MS;
  }

  #process(lines: readonly Line[]): void {
    const { pipeline, nowMs, onLines } = this.#options;
    let unparsedBefore = pipeline.counts.lines - pipeline.counts.parsed;
    let from = 0;
    for (let i = 0; i < lines.length; i++) {
      const { raw, origin, readAtMs, meta } = lines[i]!;
      pipeline.process(raw, origin, readAtMs, meta);
      if (i + 1 < lines.length && lines[i + 1]!.origin === origin) continue;
      const unparsed = pipeline.counts.lines - pipeline.counts.parsed;
      onLines(i + 1 - from, unparsed - unparsedBefore, origin.src, origin.labels.type);
      unparsedBefore = unparsed;
      from = i + 1;
    }
    pipeline.advance(nowMs());
  }

  #record(): void {
    if (this.#alerts.length + this.#decisions.length === 0) return;
    this.#options.store.record({ alerts: this.#alerts, decisions: this.#decisions });
    this.#alerts = [];
    this.#decisions = [];
  }

  #checkpoint(): void {
    this.#record();
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const cursors = new Map(this.#cursors);
    cursors.set(STATE_CURSOR, Buffer.from(this.#options.pipeline.saveState()).toString('base64'));
    this.#cursors.clear();
    const { store, enforcer } = this.#options;
    store.record({ cursors });
    // While the store cannot be written, nothing is said to be saved; the next checkpoint says it for all before.
    if (enforcer !== undefined)
      void store.flush().then(
        () => enforcer.saved(cursors),
        () => {},
      );
    this.#checkpointAtMs = this.#options.nowMs() + CHECKPOINT_MS;
  }

  /** What operators and other processes did to decisions and allowlists acts by the next turn. */
  async #poll(): Promise<void> {
    const { store, pipeline, onForeign, enforcer, nowMs } = this.#options;
    if (this.#hasNews && this.#isCheckpointDue()) this.#checkpoint();
    pipeline.advance(nowMs());
    this.#record();
    await this.#lift();
    for (let hasMore = true; hasMore;) {
      const changes = await store.changesSince(this.#changesToken, { foreignOnly: true });
      this.#changesToken = changes.token;
      pipeline.resumeDecisions(changes.started);
      for (const { id } of changes.ended) pipeline.lift(id);
      enforcer?.started(changes.started);
      enforcer?.ended(changes.ended);
      if (changes.haveAllowlistsChanged) await this.#readAllowlist();
      if (changes.started.length + changes.ended.length > 0) onForeign(changes.started, changes.ended);
      ({ hasMore } = changes);
      // Of a list that was imported there is much, and lines and requests come meanwhile.
      if (hasMore) await nextTurn();
    }
  }

  async #lift(): Promise<void> {
    for (const [id, lift] of this.#lifts) {
      await lift();
      this.#lifts.delete(id);
    }
  }

  async #readAllowlist(): Promise<void> {
    const { pipeline, store, allowlist = [], enforcer, nowMs } = this.#options;
    const entries: readonly AllowlistItem[] = [...allowlist, ...(await store.listAllowlist())];
    pipeline.setAllowlist(entries, nowMs());
    enforcer?.allowlist(entries);
  }

  async #maintain(): Promise<void> {
    const { store, retention } = this.#options;
    for (let hasMore = true; hasMore;) {
      ({ hasMore } = await store.maintain({
        alertsForMs: retention.alertsForMs,
        maxAlerts: 1_000_000,
        endedForMs: retention.alertsForMs,
      }));
      // There may be a great many slices, and others have work to do in between.
      if (hasMore) await nextTurn();
    }
  }
}

function decisionOf(lean: LeanDecision): Decision {
  const [, id, scope, value, remediation, startMs, endMs, scenario, origin, isSimulated, alertId] = lean;
  const decision: Decision = {
    id,
    target: { scope, value },
    remediation,
    startAt: new Date(startMs),
    expiresAt: new Date(endMs),
    scenario,
    origin,
    mode: isSimulated === 1 ? 'simulated' : 'live',
  };
  return alertId === null ? decision : { ...decision, alertId };
}

/** Does the work again and again, the next time only when the last one is over; returns how to stop. */
function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const next = (): void => {
    if (isStopped || signal.aborted) return;
    timer = setTimeout(() => {
      // A store that cannot answer now says so in its health; the next turn asks again.
      work()
        .catch(() => {})
        .finally(next);
    }, everyMs);
  };
  next();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

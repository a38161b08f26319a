// The engine's side of the gateway: requests come in as lines, decisions go out as they are made. Both are in step:
// what a worker sent is acknowledged when what came of it is in the store, so that a kill loses and doubles nothing.

import {
  applyDelta,
  DecisionTable,
  toTableDecision,
  type Redeemed,
  type TableDecision,
} from '@parapet/enforcement';
import { DecisionsById, type AllowlistItem, type LineSource } from '@parapet/engine';
import {
  ENGINE_SOCKET,
  LinkServer,
  openSocketFolder,
  type SiteKnowledgeMessage,
  type WorkerBatch,
} from '@parapet/gateway';
import type { Decision, LineOrigin } from '@parapet/kinds';
import type { Enforcer } from './engineProcess.ts';
import { SnapshotFile } from './snapshotFile.ts';
import { WorkerStats } from './workerStats.ts';

export interface GatewayLinkOptions {
  readonly dataDir: string;
  /** Of the store, as they were when the engine started. */
  readonly cursors: ReadonlyMap<string, unknown>;
  readonly nowMs: () => number;
  /** Whether a decision that is enforced hits the address now. */
  readonly isCovered: (ip: string) => boolean;
  readonly onNote: (text: string) => void;
  /** Where what guards bring beside requests goes. */
  readonly desk: {
    readonly appeal: (said: unknown) => void;
    readonly trusted: (said: unknown) => void;
    readonly redeem: (said: unknown) => Promise<Redeemed>;
  };
  /** Where what is learned of sites goes, and comes from. */
  readonly sites?: {
    readonly sample: (site: string, said: unknown) => void;
    readonly found: (said: unknown) => void;
    readonly knowledge: () => Iterable<SiteKnowledgeMessage>;
  };
}

const CURSOR = 'gateway\n';
/** Of a worker that never came back. */
const CURSOR_FOR_MS = 86_400_000;
const SWEEP_MS = 1000;
/** A million in force must not hold up requests each second; who asks for decisions looks at their ends anyway. */
const SWEPT_AT_ONCE = 10_000;
/** A worker that has left may have lost its connection only. */
const LEFT_MS = 60_000;

interface SavedCursor {
  readonly number: number;
  readonly atMs: number;
}

export class GatewayLink implements Enforcer {
  readonly stats: WorkerStats = new WorkerStats();
  readonly #options: GatewayLinkOptions;
  readonly #server: LinkServer;
  readonly #snapshot: SnapshotFile;
  /** As workers have it, for the snapshot. */
  readonly #table = new DecisionTable();
  /** Every decision that workers know; the store is where they come from. */
  readonly #decisions = new DecisionsById();
  /** The last batch of each session that is in the store. */
  readonly #kept = new Map<string, number>();
  /** Sessions whose workers have left, and when: their cursors are no longer needed after a while. */
  readonly #left = new Map<string, number>();
  readonly #origins = new Map<number, LineOrigin>();
  #allowlist: readonly AllowlistItem[] = [];
  #allowed: readonly string[] = [];
  #trustEpoch = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GatewayLinkOptions) {
    this.#options = options;
    const { cursors, dataDir, nowMs } = options;
    for (const [name, value] of cursors) {
      const saved = name.startsWith(CURSOR) ? readCursor(value) : undefined;
      if (saved === undefined) continue;
      const session = name.slice(CURSOR.length);
      this.#kept.set(session, saved.number);
      if (saved.atMs < nowMs() - CURSOR_FOR_MS) this.#left.set(session, 0);
    }
    this.#snapshot = new SnapshotFile({ dataDir, table: this.#table, nowMs, onNote: options.onNote });
    this.#server = new LinkServer({
      socketPath: openSocketFolder(dataDir).pathOf(ENGINE_SOCKET),
      keptOf: (session) => {
        this.#left.delete(session);
        return this.#kept.get(session) ?? 0;
      },
      decisions: () => this.#tableDecisions(),
      allowlist: () => this.#allowed,
      trustEpoch: () => this.#trustEpoch,
      ...(options.sites === undefined ? {} : { knowledge: options.sites.knowledge }),
      listener: {
        onStats: (session, stats) => this.stats.take(session, stats),
        onLeft: (session) => {
          this.stats.left(session);
          this.#left.set(session, nowMs());
        },
        onAppeal: options.desk.appeal,
        onTrusted: options.desk.trusted,
        onRedeem: options.desk.redeem,
        ...(options.sites === undefined
          ? {}
          : { onSample: options.sites.sample, onFound: options.sites.found }),
      },
    });
  }

  /** How many workers are connected. */
  get workers(): number {
    return this.#server.workers;
  }

  /** Batches of workers that wait for the engine. */
  get waiting(): number {
    return this.#server.waiting;
  }

  /** How many changes of decisions workers have been told. */
  get version(): number {
    return this.#server.version;
  }

  get snapshotError(): string | undefined {
    return this.#snapshot.error;
  }

  /** Listens for workers; to be called when the decisions in force are known. Rejects when it cannot. */
  async open(): Promise<void> {
    await this.#snapshot.open();
    await this.#server.listen();
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server.close();
    await this.#snapshot.close();
  }

  /** Yields the requests of all workers as lines, until the signal is aborted. */
  async *source(signal: AbortSignal): LineSource & AsyncGenerator {
    const { nowMs } = this.#options;
    for await (const batch of this.#server.batches(signal)) {
      const readAtMs = nowMs();
      const origin = this.#originOf(batch.worker);
      const cursor: SavedCursor = { number: batch.takenTo, atMs: readAtMs };
      yield {
        lines: batch.lines.map(({ raw, meta }) => ({ raw, origin, readAtMs, meta })),
        cursors: new Map([...this.#forgotten(readAtMs), [CURSOR + batch.session, cursor]]),
        onProcessed: () => {
          if (batch.ask > 0) this.#server.answer(batch, this.#isCovered(batch));
        },
        isPatient: true,
      };
    }
  }

  started(decisions: readonly Decision[]): void {
    if (decisions.length === 0) return;
    for (const decision of decisions) this.#decisions.put(decision);
    const added = decisions.map(toTableDecision);
    applyDelta(this.#table, { add: added });
    this.#server.change(added, []);
    this.#snapshot.changed();
  }

  ended(decisions: readonly Decision[]): void {
    if (decisions.length === 0) return;
    for (const { id } of decisions) this.#decisions.delete(id);
    applyDelta(this.#table, { remove: decisions });
    this.#server.change([], decisions);
    this.#snapshot.changed();
  }

  allowlist(entries: readonly AllowlistItem[]): void {
    this.#allowlist = entries;
    this.#tellAllowlist();
  }

  trustEpoch(epoch: number): void {
    this.#trustEpoch = epoch;
    this.#server.trustEpoch(epoch);
  }

  /** Tells workers what is known of a site now. */
  knowledge(message: SiteKnowledgeMessage): void {
    this.#server.knowledge(message);
  }

  saved(cursors: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of cursors) {
      const saved = name.startsWith(CURSOR) ? readCursor(value) : undefined;
      if (saved === undefined) continue;
      const session = name.slice(CURSOR.length);
      this.#kept.set(session, saved.number);
      this.#server.kept(session, saved.number);
    }
  }

  /** Takes back the cursors of sessions that will not come again. */
  #forgotten(nowMs: number): [string, unknown][] {
    const cursors: [string, unknown][] = [];
    for (const [session, atMs] of this.#left) {
      if (nowMs - atMs < LEFT_MS) continue;
      this.#left.delete(session);
      this.#kept.delete(session);
      this.#server.forget(session);
      cursors.push([CURSOR + session, undefined]);
    }
    return cursors;
  }

  #isCovered({ lines }: WorkerBatch): boolean {
    const line = lines.at(-1)?.raw ?? '';
    const end = line.indexOf(' ');
    return end > 0 && this.#options.isCovered(line.slice(0, end));
  }

  #originOf(worker: number): LineOrigin {
    let origin = this.#origins.get(worker);
    if (origin === undefined) {
      // Each worker is a source of its own: the lines of each come in order, and are numbered.
      origin = { src: `gateway ${worker}`, module: 'gateway', labels: { type: 'nginx' } };
      this.#origins.set(worker, origin);
    }
    return origin;
  }

  *#tableDecisions(): Generator<TableDecision> {
    for (const decision of this.#decisions.inForce(this.#options.nowMs())) yield toTableDecision(decision);
  }

  #sweep(): void {
    const nowMs = this.#options.nowMs();
    this.#table.tidy(Math.floor(nowMs / 1000));
    this.#decisions.sweep(nowMs, SWEPT_AT_ONCE);
    if (this.#allowlist.some(({ expiresAt }) => expiresAt !== undefined)) this.#tellAllowlist();
  }

  /** Entries end by themselves; workers know no ends. */
  #tellAllowlist(): void {
    const nowMs = this.#options.nowMs();
    const allowed = this.#allowlist
      .filter(({ expiresAt }) => expiresAt === undefined || expiresAt.getTime() > nowMs)
      .map(({ value }) => value);
    if (allowed.length === this.#allowed.length && allowed.every((value, i) => value === this.#allowed[i]))
      return;
    this.#allowed = allowed;
    applyDelta(this.#table, { allowlist: allowed });
    this.#server.allowlist(allowed);
    this.#snapshot.changed();
  }
}

function readCursor(value: unknown): SavedCursor | undefined {
  if (typeof value !== 'object' || value === null || !('number' in value) || !('atMs' in value))
    return undefined;
  const { number, atMs } = value;
  return typeof number === 'number' && typeof atMs === 'number' ? { number, atMs } : undefined;
}

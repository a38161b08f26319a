// The process that the others belong to: it owns the sockets visitors connect to, and keeps an engine and the
// workers running. It is small on purpose and touches no request, so that there is little that could end it; when
// something does, the workers go on without it (docs/gateway-processes.md).

import { availableParallelism } from 'node:os';
import process from 'node:process';
import type { GatewayConfig, ListenerConfig } from '../config.ts';
import type { WorkerConfig } from '../worker/workerConfig.ts';
import { Backoff } from './backoff.ts';
import { askSupervisor, dismissOrphans, listenAsSupervisor, type ControlSocket } from './controlSocket.ts';
import { SupervisorError } from './errors.ts';
import { bindListener, type BoundListener } from './listeners.ts';
import type { SupervisorStatus } from './supervisorStatus.ts';
import { WorkerProcess, type WorkerProgram } from './workerProcess.ts';

export interface SupervisorOptions {
  readonly dataDir: string;
  readonly program: WorkerProgram;
  readonly nowMs: () => number;
  /** For people: a worker that had to be replaced, and the like. */
  readonly onNote: (text: string) => void;
  /** Told how many workers have been replaced by now. */
  readonly onRestart?: (restarts: number) => void;
}

const MOST_WORKERS = 4;
const BACKOFF = { firstMs: 200, longestMs: 10_000, healthyMs: 30_000 };
const SAID_FOR_MS = 60_000;
const MOST_NOTES = 1000;
/** After orphans were asked to make room. */
const BIND_AGAIN = 40;
const BIND_AGAIN_MS = 50;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #startedAtMs: number;
  readonly #workers = new Set<WorkerProcess>();
  readonly #backoffs = new Map<number, Backoff>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #notes = new Map<string, number>();
  #config: WorkerConfig | undefined;
  #listeners: readonly BoundListener[] = [];
  #control: ControlSocket | undefined;
  #restarts = 0;
  #reloads = 0;
  #isStopping = false;
  /** Reloads one after the other. */
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#startedAtMs = options.nowMs();
  }

  /**
   * Takes over from workers that lost their supervisor, and binds the sockets. Rejects with a SupervisorError when
   * another one runs, or an address cannot be had. Nobody is served before `start`.
   */
  async bind(config: WorkerConfig): Promise<readonly string[]> {
    const { dataDir, onNote } = this.#options;
    const other = await askSupervisor(dataDir);
    if (other !== undefined) {
      throw new SupervisorError(
        'E_GATEWAY_RUNNING',
        `A gateway runs on ${dataDir} already, as process ${other.pid}`,
        'Stop that one first, or give this one another folder: --data-dir DIR',
      );
    }
    this.#control = await listenAsSupervisor(dataDir, () => JSON.stringify(this.status())).catch(
      (error: unknown) => {
        // On a disk that is full the site is to be served all the same.
        onNote(`Neither doctor nor another gateway will see this one: ${String(error)}`);
        return undefined;
      },
    );
    const orphans = await dismissOrphans(dataDir);
    if (orphans > 0)
      onNote(
        `Took over from ${orphans} ${orphans === 1 ? 'worker' : 'workers'} of a gateway that was killed.`,
      );
    this.#listeners = await this.#bindAll(config.gateway.listeners, orphans > 0 ? BIND_AGAIN : 0);
    this.#config = config;
    return this.#listeners.map(({ url }) => url);
  }

  /** Starts the workers; resolves when all are ready and rejects when the first ones cannot start. */
  async start(): Promise<void> {
    const { gateway } = this.#config!; // bind comes first
    const workers = Array.from({ length: workersOf(gateway) }, (_, i) => this.#spawn(i + 1));
    await Promise.all(workers.map(({ ready }) => ready));
  }

  /**
   * Takes a new configuration: each worker is replaced by one that knows it, and ends after what it has under way.
   * When the new ones cannot start, the old ones stay, and it rejects.
   */
  reload(config: WorkerConfig): Promise<void> {
    const run = this.#reloading.then(() => this.#reload(config));
    this.#reloading = run.catch(() => {});
    return run;
  }

  /** Ends all workers after what they have under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#workers].map((worker) => worker.drain()));
    this.close();
  }

  /** Ends at once: what is under way is lost. */
  close(): void {
    this.#isStopping = true;
    for (const worker of this.#workers) worker.kill();
    for (const { handle } of this.#listeners) handle.close();
    this.#listeners = [];
    this.#control?.close();
    this.#control = undefined;
  }

  status(): SupervisorStatus {
    return {
      pid: process.pid,
      startedAtMs: this.#startedAtMs,
      listening: this.#listeners.map(({ url }) => url),
      workers: [...this.#workers].map(({ number, pid, state, health }) => ({
        number,
        pid,
        state,
        ...(health === undefined ? {} : { health }),
      })),
      restarts: this.#restarts,
      reloads: this.#reloads,
    };
  }

  async #reload(config: WorkerConfig): Promise<void> {
    if (this.#isStopping) return;
    const before = { config: this.#config, listeners: this.#listeners };
    const known = new Map(this.#listeners.map((one) => [keyOf(one.config), one]));
    const wanted = config.gateway.listeners;
    const fresh = await this.#bindAll(
      wanted.filter((one) => !known.has(keyOf(one))),
      0,
    );
    const all = new Map([...known, ...fresh.map((one) => [keyOf(one.config), one] as const)]);
    // The same socket may be told something else about now, such as the PROXY protocol.
    this.#listeners = wanted.map((one) => ({ ...all.get(keyOf(one))!, config: one }));
    this.#config = config;
    const old = [...this.#workers].filter(({ state }) => state !== 'draining');
    const count = workersOf(config.gateway);
    for (let number = 1; number <= count; number++) {
      const next = this.#spawn(number);
      try {
        await next.ready;
      } catch (error) {
        next.kill();
        if (number === 1) {
          this.#config = before.config;
          this.#listeners = before.listeners;
          for (const { handle } of fresh) handle.close();
        }
        throw error;
      }
      void old.find((worker) => worker.number === number)?.drain();
    }
    for (const worker of old) if (worker.number > count) void worker.drain();
    const kept = new Set(this.#listeners.map(({ handle }) => handle));
    for (const { handle } of before.listeners) if (!kept.has(handle)) handle.close();
    this.#reloads++;
  }

  #spawn(number: number): WorkerProcess {
    const { program, nowMs } = this.#options;
    const config = this.#config!; // there is one before the first worker
    const worker = new WorkerProcess(
      number,
      program,
      config,
      this.#listeners,
      { onNote: (text) => this.#note(text), onExit: (one) => this.#ended(one) },
      nowMs(),
    );
    this.#workers.add(worker);
    return worker;
  }

  /** What all workers find is said once. */
  #note(text: string): void {
    const nowMs = this.#options.nowMs();
    const saidAtMs = this.#notes.get(text) ?? -Infinity;
    if (nowMs - saidAtMs < SAID_FOR_MS) return;
    if (this.#notes.size >= MOST_NOTES) this.#notes.clear();
    this.#notes.set(text, nowMs);
    this.#options.onNote(text);
  }

  #ended(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    const { number, pid, startedAtMs } = worker;
    const isReplaced = [...this.#workers].some((one) => one.number === number && one.state !== 'draining');
    if (this.#isStopping || worker.wasDrained || isReplaced) return;
    this.#restarts++;
    this.#options.onRestart?.(this.#restarts);
    let backoff = this.#backoffs.get(number);
    if (backoff === undefined) this.#backoffs.set(number, (backoff = new Backoff(BACKOFF)));
    const { nowMs, onNote } = this.#options;
    const waitMs = backoff.next(nowMs() - startedAtMs);
    onNote(
      waitMs === 0
        ? `Worker ${number} (process ${pid}) ended and is replaced; the others go on.`
        : `Worker ${number} (process ${pid}) ended ${backoff.failures} times; it is tried again in ${(waitMs / 1000).toFixed(1)} s.`,
    );
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isStopping && number <= workersOf(this.#config!.gateway)) this.#spawn(number);
    }, waitMs);
    this.#timers.add(timer);
  }

  async #bindAll(listeners: readonly ListenerConfig[], again: number): Promise<readonly BoundListener[]> {
    const bound: BoundListener[] = [];
    try {
      for (const config of listeners) bound.push(await bindAgain(config, again));
      return bound;
    } catch (error) {
      for (const { handle } of bound) handle.close();
      throw error;
    }
  }
}

/** A socket that others have just left may be taken for a moment still. */
async function bindAgain(config: ListenerConfig, times: number): Promise<BoundListener> {
  for (let left = times; ; left--) {
    try {
      return await bindListener(config);
    } catch (error) {
      const isTaken = error instanceof SupervisorError && error.code === 'E_GATEWAY_PORT_TAKEN';
      if (!isTaken || left <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, BIND_AGAIN_MS));
    }
  }
}

function workersOf({ workers }: GatewayConfig): number {
  return workers > 0 ? workers : Math.min(MOST_WORKERS, availableParallelism());
}

function keyOf({ listen }: ListenerConfig): string {
  return listen;
}

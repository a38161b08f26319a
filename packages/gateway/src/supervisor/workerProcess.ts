// One worker as its supervisor sees it.

import { fork, type ChildProcess, type SendHandle } from 'node:child_process';
import type { FromWorker, ToWorker, WorkerConfig, WorkerHealth } from '../worker/workerConfig.ts';
import { SupervisorError } from './errors.ts';
import type { BoundListener } from './listeners.ts';

/** The program a worker runs; it calls `runWorker`. */
export interface WorkerProgram {
  readonly module: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
}

export interface WorkerListener {
  onNote(text: string): void;
  /** It has ended, however that came. */
  onExit(worker: WorkerProcess): void;
}

const READY_MS = 20_000;
/** Beside its own limit, for what a worker does after its last request. */
const END_MS = 5000;

export class WorkerProcess {
  /** Which of the workers it is, from 1 on; its replacement has the same number. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  /** What it said of itself last. */
  health: WorkerHealth | undefined;
  readonly #child: ChildProcess;
  readonly #drainMs: number;
  #state: 'starting' | 'ready' | 'draining' | 'ended' = 'starting';
  #wasDrained = false;

  constructor(
    number: number,
    program: WorkerProgram,
    config: WorkerConfig,
    listeners: readonly BoundListener[],
    listener: WorkerListener,
    nowMs: number,
  ) {
    this.number = number;
    this.startedAtMs = nowMs;
    this.#drainMs = config.drainMs;
    this.#child = fork(program.module, [...program.args], {
      execArgv: [...program.execArgv],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        if (this.#state === 'ended') return;
        this.#state = 'ended';
        resolve();
        listener.onExit(this);
      };
      this.#child.on('exit', end);
      this.#child.on('error', end); // it could not be started
    });
    this.ready = this.#untilReady(listener);
    this.ready.catch(() => {}); // whoever waits for it is told; the exit is dealt with in any case
    this.#send({ kind: 'configure', config, worker: number });
    for (const [index, { handle }] of listeners.entries())
      this.#send({ kind: 'listen', listener: index }, handle);
    this.#send({ kind: 'start' });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get state(): 'starting' | 'ready' | 'draining' | 'ended' {
    return this.#state;
  }

  /** Whether it was asked to end. */
  get wasDrained(): boolean {
    return this.#wasDrained;
  }

  /** Has it accept nothing more and end after what is under way; kills it when it takes too long. */
  async drain(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'draining';
    this.#wasDrained = true;
    this.#send({ kind: 'drain' });
    const timer = setTimeout(() => this.kill(), this.#drainMs + END_MS);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker, handle?: object): void {
    // A worker that ends in this moment is told nothing any more; its exit says all.
    // Bound handles are what `send` takes, and have no type of their own.
    if (this.#child.connected) this.#child.send(message, handle as SendHandle | undefined, () => {});
  }

  #untilReady(listener: WorkerListener): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new SupervisorError('E_GATEWAY_WORKER', 'A worker did not start in time', ''));
        this.kill();
      }, READY_MS);
      // The worker is a process of this very program.
      this.#child.on('message', (message: FromWorker) => {
        switch (message.kind) {
          case 'ready':
            clearTimeout(timer);
            if (this.#state === 'starting') this.#state = 'ready';
            resolve();
            return;
          case 'failed':
            clearTimeout(timer);
            reject(new SupervisorError(message.code, message.message, message.hint));
            return;
          case 'health':
            this.health = message.health;
            return;
          case 'note':
            listener.onNote(message.text);
            return;
        }
      });
      void this.ended.then(() => {
        clearTimeout(timer);
        reject(new SupervisorError('E_GATEWAY_WORKER', 'A worker ended while it started', ''));
      });
    });
  }
}

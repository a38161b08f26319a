// The engine as a child of the supervisor: started again when it dies, asked to end when the gateway does.

import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { Backoff } from '@parapet/gateway';
import type { FromEngine, GatewayAnnounced, ToEngine } from './supervised.ts';

export interface EngineChildOptions {
  /** The program and the verb with its options. */
  readonly args: readonly string[];
  readonly announced: GatewayAnnounced;
  readonly nowMs: () => number;
  readonly onNote: (text: string) => void;
  /** It ended by itself before it ever worked: what it said is on the terminal. */
  readonly onRefused: (exitCode: number) => void;
}

export const ANNOUNCED = 'PARAPET_GATEWAY';
const BACKOFF = { firstMs: 200, longestMs: 10_000, healthyMs: 30_000 };
const END_MS = 15_000;

export class EngineChild {
  readonly #options: EngineChildOptions;
  readonly #backoff = new Backoff(BACKOFF);
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #announced: GatewayAnnounced;
  #greeting: string | undefined;
  #startedAtMs = 0;
  #restarts = 0;
  #hasWorked = false;
  #isReady = false;
  #isEnding = false;
  #isReloading = false;
  #onExit = (): void => {};

  constructor(options: EngineChildOptions) {
    this.#options = options;
    this.#announced = options.announced;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Says something to people through the engine, which may be drawing on the terminal. */
  note(text: string): void {
    if (this.#isReady && this.#send({ kind: 'note', text })) return;
    process.stderr.write(`${text}\n`);
  }

  /** What people are to read first, as soon as it works, and again when it had to be started anew. */
  greet(text: string): void {
    this.#greeting = text;
    if (this.#isReady) this.#send({ kind: 'note', text });
  }

  /** How many workers had to be replaced, for the metrics. */
  restarts(restarts: number): void {
    this.#restarts = restarts;
    this.#send({ kind: 'workers', restarts });
  }

  start(): void {
    const { args, nowMs } = this.#options;
    this.#startedAtMs = nowMs();
    const child = spawn(process.execPath, [...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [ANNOUNCED]: JSON.stringify(this.#announced) },
    });
    this.#child = child;
    // The engine is a process of this very program.
    child.on('message', (message: FromEngine) => {
      if (message.kind !== 'ready') return;
      this.#isReady = true;
      this.#hasWorked = true;
      this.#send({ kind: 'workers', restarts: this.#restarts });
      if (this.#greeting !== undefined) this.#send({ kind: 'note', text: this.#greeting });
    });
    child.on('error', () => this.#ended(child, 1));
    child.on('exit', (code) => this.#ended(child, code));
  }

  /** Has it end and start anew, to read its configuration again. */
  reload(announced: GatewayAnnounced, greeting: string): void {
    this.#announced = announced;
    this.#greeting = greeting;
    this.#isReloading = true;
    const child = this.#child;
    if (child === undefined || !this.#send({ kind: 'end' })) {
      this.#isReloading = false; // the next one reads it anyway
      return;
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    child.once('exit', () => clearTimeout(timer));
  }

  /** Resolves when it has written down where it is and ended. */
  async end(): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await new Promise<void>((resolve) => {
      this.#onExit = resolve;
      if (!this.#send({ kind: 'end' })) child.kill('SIGTERM');
    });
    clearTimeout(timer);
  }

  kill(): void {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #send(message: ToEngine): boolean {
    if (this.#child?.connected !== true) return false;
    this.#child.send(message, () => {});
    return true;
  }

  #ended(child: ChildProcess, code: number | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#isReady = false;
    this.#onExit();
    if (this.#isEnding) return;
    const { nowMs, onNote, onRefused } = this.#options;
    if (this.#isReloading) {
      this.#isReloading = false;
      this.start();
      return;
    }
    if (!this.#hasWorked && code !== null) {
      onRefused(code);
      return;
    }
    const waitMs = this.#backoff.next(nowMs() - this.#startedAtMs);
    onNote(
      `The engine ended (${code === null ? 'killed' : `exit code ${code}`}) and is started again${waitMs === 0 ? '' : ` in ${(waitMs / 1000).toFixed(1)} s`}. Decisions stay in force; what happens meanwhile is read then.`,
    );
    this.#timer = setTimeout(() => this.start(), waitMs);
  }
}

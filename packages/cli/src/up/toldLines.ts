// A source of lines that this very process writes: what was found in requests that web servers asked about. Bounded: a
// flood of attacks says no more than its first thousands.

import type { LineSource } from '@parapet/engine';
import type { Line, LineMeta, LineOrigin } from '@parapet/kinds';

const MOST_WAITING = 10_000;
const NO_CURSORS: ReadonlyMap<string, unknown> = new Map();

export class ToldLines {
  readonly #origin: LineOrigin;
  readonly #nowMs: () => number;
  #waiting: Line[] = [];
  #dropped = 0;
  #wake: () => void = () => {};

  constructor(name: string, nowMs: () => number) {
    this.#origin = { src: name, module: 'gateway', labels: { type: 'nginx' } };
    this.#nowMs = nowMs;
  }

  /** Lines that came faster than they could be taken. */
  get dropped(): number {
    return this.#dropped;
  }

  add({ raw, meta }: { readonly raw: string; readonly meta: LineMeta }): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push({ raw, origin: this.#origin, readAtMs: this.#nowMs(), meta });
    this.#wake();
  }

  /** Yields what was added, until the signal is aborted. */
  async *source(signal: AbortSignal): LineSource & AsyncGenerator {
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (this.#waiting.length === 0) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        const lines = this.#waiting;
        this.#waiting = [];
        yield { lines, cursors: NO_CURSORS };
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

// What a worker counts for the metrics, beside what the gateway counts itself: by status, by cause, by reason, and
// how long requests took. Names that visitors choose are in none of them.

import type { Told } from '@parapet/enforcement';
import type { Exchange, Refusal } from '@parapet/kinds';

/** Upper bounds of the histogram, milliseconds; above the last one there is one more. */
export const LATENCY_MS: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

export interface WorkerCounts {
  /** Requests by the first digit of the status, `2xx`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers of our own by cause. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that passed although a decision applied, by why. */
  readonly spared: Readonly<Record<string, number>>;
  /** Bytes that were no request, by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** How many requests took as long, for each bound and above them all; not cumulated. */
  readonly latency: readonly number[];
  readonly latencySumMs: number;
  /** Requests that were shown to the engine before they were answered, and of these, those it decided on. */
  readonly asked: number;
  readonly stopped: number;
}

/** Causes and reasons are names of our own code; a fault in it must not fill the memory. */
const MAX_NAMES = 200;

export class WorkerCounter {
  readonly #statuses = new Array<number>(10).fill(0);
  readonly #answers = new Map<string, number>();
  readonly #spared = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #latency = new Array<number>(LATENCY_MS.length + 1).fill(0);
  #latencySumMs = 0;
  #asked = 0;
  #stopped = 0;

  exchange({ status, totalMs, answer }: Exchange, told?: Told): void {
    this.#statuses[Math.floor(status / 100)]!++;
    let at = 0;
    while (at < LATENCY_MS.length && totalMs > LATENCY_MS[at]!) at++;
    this.#latency[at]!++;
    this.#latencySumMs += totalMs;
    if (answer !== undefined) count(this.#answers, answer.cause);
    else if (told !== undefined) count(this.#spared, told.cause);
  }

  refusal({ reason }: Refusal): void {
    count(this.#refusals, reason);
  }

  asked(isStopped: boolean): void {
    this.#asked++;
    if (isStopped) this.#stopped++;
  }

  counts(): WorkerCounts {
    const statuses: Record<string, number> = {};
    for (const [digit, value] of this.#statuses.entries()) if (value > 0) statuses[`${digit}xx`] = value;
    return {
      statuses,
      answers: Object.fromEntries(this.#answers),
      spared: Object.fromEntries(this.#spared),
      refusals: Object.fromEntries(this.#refusals),
      latency: [...this.#latency],
      latencySumMs: this.#latencySumMs,
      asked: this.#asked,
      stopped: this.#stopped,
    };
  }
}

function count(counts: Map<string, number>, name: string): void {
  const known = counts.get(name);
  if (known !== undefined || counts.size < MAX_NAMES) counts.set(name, (known ?? 0) + 1);
}

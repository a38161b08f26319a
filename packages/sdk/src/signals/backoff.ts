// How long to leave Parapet alone after it took nothing: twice as long each time, up to a minute, and by chance
// somewhat shorter, so that many programs do not come back at one moment.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

export class Backoff {
  #failures = 0;
  #until = -Infinity;

  /** From now on; 0 when it may be tried. */
  waitMs(): number {
    return Math.max(0, this.#until - performance.now());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = -Infinity;
  }

  /** `retryAfterSeconds`: what Parapet said, if it said anything. */
  failed(retryAfterSeconds: number | undefined): void {
    const longestMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures++, 10));
    const byChanceMs = longestMs * (0.5 + Math.random() / 2);
    const saidMs = Math.min(LONGEST_MS, (retryAfterSeconds ?? 0) * 1000);
    this.#until = performance.now() + Math.max(byChanceMs, saidMs + Math.random() * 250);
  }
}

// How long to wait before a process that ended is started again: longer each time, and from the beginning again
// once one has lived for a while.

export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #healthyMs: number;
  #failures = 0;

  constructor(options: { readonly firstMs: number; readonly longestMs: number; readonly healthyMs: number }) {
    this.#firstMs = options.firstMs;
    this.#longestMs = options.longestMs;
    this.#healthyMs = options.healthyMs;
  }

  /** How often it has ended soon after its start. */
  get failures(): number {
    return this.#failures;
  }

  /** Returns the wait after a process that lived so long. The first one that ends is replaced at once. */
  next(livedMs: number): number {
    if (livedMs >= this.#healthyMs) this.#failures = 0;
    const waitMs =
      this.#failures === 0 ? 0 : Math.min(this.#longestMs, this.#firstMs * 2 ** (this.#failures - 1));
    this.#failures++;
    return waitMs;
  }
}

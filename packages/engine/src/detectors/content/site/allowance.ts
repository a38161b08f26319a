// So many a second, and no more than were saved up.

export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #atMs = 0;

  /** `most` may be saved up. */
  constructor(perSecond: number, most: number = 2 * perSecond) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
  }

  /** Whether one could be taken now. */
  isOpen(nowMs: number): boolean {
    return this.#left + this.#earned(nowMs) >= 1;
  }

  take(nowMs: number): boolean {
    this.#left = Math.min(this.#most, this.#left + this.#earned(nowMs));
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  #earned(nowMs: number): number {
    return (Math.max(0, nowMs - this.#atMs) / 1000) * this.#perSecond;
  }
}

// Which solutions were used already, until they would be refused for their age anyway. Bounded: when it is full
// the oldest are forgotten. That lets a client use its own solution twice within minutes, no more, and filling it
// costs a solved proof of work for each entry.

export class UsedNonces {
  readonly #expiresAtMs = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  used(nonce: string, nowMs: number): boolean {
    const expiresAtMs = this.#expiresAtMs.get(nonce);
    return expiresAtMs !== undefined && expiresAtMs > nowMs;
  }

  markUsed(nonce: string, expiresAtMs: number, nowMs: number): void {
    this.#expiresAtMs.delete(nonce);
    this.#expiresAtMs.set(nonce, expiresAtMs);
    // Maps keep the order of insertion, so the first are the oldest; two are looked at for each that comes.
    for (const [oldest, endsAtMs] of this.#expiresAtMs) {
      if (endsAtMs > nowMs && this.#expiresAtMs.size <= this.#most) break;
      this.#expiresAtMs.delete(oldest);
    }
  }

  get size(): number {
    return this.#expiresAtMs.size;
  }
}

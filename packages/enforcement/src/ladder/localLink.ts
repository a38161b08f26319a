// A link without an engine: one process, everything in memory. For applications that only enforce, and for tests.

import type { Exchange, Refusal } from '@parapet/kinds';
import type { Appeal } from '../pages/appeals.ts';
import type { GuardLink, Question, Redeemed, Redemption, TrustedSighting } from './guardLink.ts';
import type { Told } from './told.ts';

/** Who wants to hear of it; all are optional. */
export interface LocalListener {
  onEvent?(exchange: Exchange, told: Told | undefined): void;
  onRefusal?(refusal: Refusal): void;
  /** Returns whether a decision came of it. */
  onQuestion?(question: Question): boolean | Promise<boolean>;
  onAppeal?(appeal: Appeal): void;
  /** Returns how many decisions were lifted. */
  onRedeemed?(redemption: Redemption): number;
  onTrusted?(sighting: TrustedSighting): void;
  onPoured?(rows: Uint32Array): void;
}

const MOST_USED = 10_000;

export class LocalLink implements GuardLink {
  readonly isConnected = true;
  readonly #listener: LocalListener;
  readonly #nowMs: () => number;
  readonly #used = new Map<string, number>();

  constructor(listener: LocalListener, nowMs: () => number) {
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  get lastHeardAtMs(): number {
    return this.#nowMs();
  }

  event(exchange: Exchange, told: Told | undefined): void {
    this.#listener.onEvent?.(exchange, told);
  }

  refusal(refusal: Refusal): void {
    this.#listener.onRefusal?.(refusal);
  }

  async ask(question: Question): Promise<boolean> {
    return (await this.#listener.onQuestion?.(question)) ?? false;
  }

  appeal(appeal: Appeal): boolean {
    this.#listener.onAppeal?.(appeal);
    return true;
  }

  used(nonce: string, expiresAtMs: number): void {
    if (this.#used.size >= MOST_USED) this.#forget();
    this.#used.set(nonce, expiresAtMs);
  }

  redeem(redemption: Redemption): Promise<Redeemed> {
    const { nonce, expiresAtMs } = redemption;
    if (this.#used.has(nonce)) return Promise.resolve({ outcome: 'used', lifted: 0 });
    this.used(nonce, expiresAtMs);
    const lifted = this.#listener.onRedeemed?.(redemption) ?? 0;
    return Promise.resolve({ outcome: 'first', lifted });
  }

  trusted(sighting: TrustedSighting): void {
    this.#listener.onTrusted?.(sighting);
  }

  poured(rows: Uint32Array): void {
    this.#listener.onPoured?.(rows);
  }

  #forget(): void {
    const nowMs = this.#nowMs();
    for (const [nonce, expiresAtMs] of this.#used) {
      if (expiresAtMs <= nowMs || this.#used.size >= MOST_USED) this.#used.delete(nonce);
    }
  }
}

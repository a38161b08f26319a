// Whether a question comes from a bouncer of ours: the keys are those of the local API.

import type { Store } from '@parapet/store';
import { Attempts } from '../auth/attempts.ts';
import { ClientMemory } from '../auth/clientMemory.ts';
import { hashOfKey } from '../auth/keys.ts';

const MOST_KEY_CHARS = 1024;
const MOST_KNOWN = 10_000;

export class AppsecKeys {
  readonly #memory: ClientMemory;
  readonly #now: () => Date;
  readonly #attempts = new Attempts();
  /** Hashes of keys that were good when the store was asked last. */
  readonly #good = new Set<string>();

  constructor(store: Store, now: () => Date) {
    this.#memory = new ClientMemory(store, now);
    this.#now = now;
  }

  /**
   * Whether it is the key of a bouncer. While the store cannot be asked, keys that were good stay good: a disk that is
   * full must not leave sites without inspection.
   */
  async isGood(key: string | undefined, ip: string): Promise<boolean> {
    if (key === undefined || key === '' || key.length > MOST_KEY_CHARS) return false;
    const hash = hashOfKey(key);
    const nowMs = this.#now().getTime();
    const wasGood = this.#good.has(hash);
    // Who guesses slows itself down, and not the bouncers at the same address.
    if (!wasGood && this.#attempts.waitSeconds(ip, nowMs) > 0) return false;
    let isGood: boolean;
    try {
      isGood = (await this.#memory.findBouncer(hash)) !== undefined;
    } catch {
      return wasGood;
    }
    if (isGood) {
      if (this.#good.size >= MOST_KNOWN) this.#good.clear();
      this.#good.add(hash);
    } else {
      this.#good.delete(hash);
      this.#attempts.failed(ip, nowMs);
    }
    return isGood;
  }
}

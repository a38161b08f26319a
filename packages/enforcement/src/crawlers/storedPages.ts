// Which pages the site's own cache holds, as far as its answers have said so: a page that came out of the cache or went
// into it a short while ago costs next to nothing when it is asked for again. Two words a page, the oldest overwritten.

import { isStored } from '@parapet/kinds';
import { hashText } from '../table/hashText.ts';

const PLACES = 65_536;
const SEED = 0x5eed_cafe;
/** A cache forgets when it is full, and when an editor saves. */
const HOLDS_S = 900;

export class StoredPages {
  readonly #hashes = new Uint32Array(PLACES);
  readonly #untilS = new Float64Array(PLACES);

  /** `cacheStatus` is what the site's cache said of its answer. */
  saw(site: string, rawTarget: string, cacheStatus: string, nowMs: number): void {
    if (!isStored(cacheStatus)) return;
    const hash = hashText(rawTarget, hashText(site, SEED));
    this.#hashes[hash % PLACES] = hash;
    this.#untilS[hash % PLACES] = nowMs / 1000 + HOLDS_S;
  }

  has(site: string, rawTarget: string, nowMs: number): boolean {
    const hash = hashText(rawTarget, hashText(site, SEED));
    return this.#hashes[hash % PLACES] === hash && this.#untilS[hash % PLACES]! > nowMs / 1000;
  }
}

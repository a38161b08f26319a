// Pages that most sites do not have, and this one may: who asks for /wp-login.php tries doors at a Drupal, and logs in at
// a WordPress. Nobody says which it is, but the site's answers do. Each address is let through to it for a moment, and
// where a page of the kind was answered, the kind is honest from then on.

import type { Ip } from '@parapet/kinds';
import { Allowance } from './allowance.ts';

/** So many addresses may try in a minute: what the site is asked for nothing stays little. */
const TRIES_PER_MINUTE = 60;
/** A page comes with its pictures: they are asked for before the site has answered the first. */
const TRY_MS = 10_000;
const TRY_REQUESTS = 40;
/** After so many pages that are not there, the address has had its try. */
const TRY_MISSES = 2;
const AGAIN_MS = 3_600_000;
const MOST_TRIES = 4096;
const MOST_KINDS = 1024;

export type Served = 'yes' | 'maybe' | 'no';

/** Who asks for a kind of page: what one rule finds, at one site. */
export interface PageAsked {
  readonly site: string;
  readonly rule: string;
  readonly ip: Ip;
}

interface Try {
  readonly startedAtMs: number;
  requests: number;
  misses: number;
}

export class ServedPages {
  readonly #served = new Set<string>();
  readonly #tries = new Map<string, Try>();
  readonly #allowance = new Allowance(TRIES_PER_MINUTE / 60, TRIES_PER_MINUTE);

  /** Returns whether the site has such pages; for `maybe` the request is to be let through, and its answer told. */
  has(asked: PageAsked, nowMs: number): Served {
    if (this.#served.has(kindOf(asked))) return 'yes';
    const key = keyOf(asked);
    const known = this.#tries.get(key);
    if (known !== undefined && nowMs - known.startedAtMs < AGAIN_MS) {
      const isOver =
        nowMs - known.startedAtMs > TRY_MS || known.misses >= TRY_MISSES || known.requests >= TRY_REQUESTS;
      known.requests++;
      return isOver ? 'no' : 'maybe';
    }
    if (!this.#allowance.take(nowMs)) return 'no';
    if (this.#tries.size >= MOST_TRIES) this.#tries.clear();
    this.#tries.set(key, { startedAtMs: nowMs, requests: 1, misses: 0 });
    return 'maybe';
  }

  /** Takes what the site answered. */
  answered(asked: PageAsked, status: number): void {
    if (isServed(status)) {
      if (this.#served.size < MOST_KINDS) this.#served.add(kindOf(asked));
      return;
    }
    const known = this.#tries.get(keyOf(asked));
    if (known !== undefined && (status === 404 || status === 410)) known.misses++;
  }
}

function kindOf({ site, rule }: PageAsked): string {
  return `${site} ${rule}`;
}

function keyOf(asked: PageAsked): string {
  return `${kindOf(asked)} ${asked.ip}`;
}

/** Some sites send every address that they do not have elsewhere for good (301, 308), which says nothing. */
function isServed(status: number): boolean {
  return (
    (status >= 200 && status < 300) || status === 302 || status === 303 || status === 401 || status === 405
  );
}

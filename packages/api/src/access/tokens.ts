// Tokens. They are random and long, so that a plain digest keeps them and nobody guesses one.

import { createHash, randomBytes } from 'node:crypto';
import { clockAheadMs } from '@parapet/kinds';
import type { ApiToken, ApiTokens, TokenUse } from '@parapet/store';

/** A token that was removed by another process is out after so long. */
const KNOWN_MS = 1000;
const MOST_KNOWN = 10_000;
const LONGEST = 256;
/** Its last use is written down so seldom. */
const NOTED_MS = 60_000;

/** Returns a new token: `pt_` and 32 random bytes. */
export function newToken(): string {
  return `pt_${randomBytes(32).toString('base64url')}`;
}

/** Returns what the store has of a token: SHA-256, hex. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The tokens of the store, remembered for a second, with their uses written down together. */
export class TokenMemory {
  readonly #tokens: ApiTokens;
  readonly #now: () => Date;
  readonly #known = new Map<string, { readonly token: ApiToken; readonly atMs: number }>();
  readonly #notedMs = new Map<string, number>();
  #uses = new Map<string, TokenUse>();

  constructor(tokens: ApiTokens, now: () => Date) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Returns the token as the store had it at most a second ago; undefined when there is none, or when it has expired. */
  async find(text: string): Promise<ApiToken | undefined> {
    if (text.length > LONGEST) return undefined;
    const hash = hashOfToken(text);
    const nowMs = this.#now().getTime();
    const known = this.#known.get(hash);
    // A clock that was set back makes nothing known for longer.
    const isFresh = known !== undefined && Math.abs(nowMs - known.atMs) < KNOWN_MS;
    const token = isFresh ? known.token : await this.#tokens.findByHash(hash);
    if (!isFresh) {
      this.#known.delete(hash);
      if (token !== undefined) this.#remember(hash, token, nowMs);
    }
    return token?.expiresAt !== undefined && token.expiresAt.getTime() <= nowMs ? undefined : token;
  }

  /** `rawDate` is the time as it is where the token was used, if it was said. */
  used(hash: string, ip: string, rawDate: string | undefined): void {
    const at = this.#now();
    const atMs = at.getTime();
    if (Math.abs(atMs - (this.#notedMs.get(hash) ?? -Infinity)) < NOTED_MS) return;
    this.#notedMs.set(hash, atMs);
    const aheadMs = clockAheadMs(rawDate, atMs);
    this.#uses.set(hash, { hash, at, ip, ...(aheadMs === undefined ? {} : { clockAheadMs: aheadMs }) });
  }

  /** Writes down what was used. Rejects with a StoreError when that cannot be done now; it is tried the next time. */
  async flush(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = this.#uses;
    this.#uses = new Map();
    try {
      await this.#tokens.note([...uses.values()]);
    } catch (error) {
      this.#uses = new Map([...uses, ...this.#uses]);
      throw error;
    }
  }

  #remember(hash: string, token: ApiToken, atMs: number): void {
    if (this.#known.size >= MOST_KNOWN) {
      this.#known.clear();
      this.#notedMs.clear();
    }
    this.#known.set(hash, { token, atMs });
  }
}

// Sessions of the CMS: named by a hash, because the cookie itself opens the account. And who is signed in with
// them, as the CMS has said lately: forgotten when there are too many, and told again with the next answer.

import { createHash } from 'node:crypto';
import type { RequestView } from '@parapet/kinds';

const MOST_HASHES = 4096;
const MOST_USERS = 65_536;
/** Drupal's cookie is SESS or SSESS (https) and 32 hex digits; others begin the same way. */
const SESSION_COOKIE = /(?:^|[;,\s])S?SESS[\da-f]{16,64}=([\w%,-]{16,256})/;

export class Sessions {
  readonly #hashes = new Map<string, string>();
  readonly #users = new Map<string, string>();

  /** Returns the hex SHA-256 of the session cookie's value, or undefined when the request has none. */
  hashOf(request: RequestView): string | undefined {
    const rawCookies = request.header('cookie');
    if (rawCookies === undefined || !rawCookies.includes('SESS')) return undefined;
    const rawSession = SESSION_COOKIE.exec(rawCookies)?.[1];
    if (rawSession === undefined) return undefined;
    let hash = this.#hashes.get(rawSession);
    if (hash === undefined) {
      hash = createHash('sha256').update(rawSession, 'latin1').digest('hex');
      if (this.#hashes.size >= MOST_HASHES) this.#hashes.clear();
      this.#hashes.set(rawSession, hash);
    }
    return hash;
  }

  /** Remembers who is signed in. */
  learn(site: string, sessionHash: string, user: string): void {
    const key = `${site} ${sessionHash}`;
    this.#users.delete(key); // to the end of the order, where the newest are
    this.#users.set(key, user);
    if (this.#users.size <= MOST_USERS) return;
    for (const oldest of this.#users.keys()) {
      this.#users.delete(oldest);
      break;
    }
  }

  userOf(site: string, sessionHash: string): string | undefined {
    return this.#users.get(`${site} ${sessionHash}`);
  }
}

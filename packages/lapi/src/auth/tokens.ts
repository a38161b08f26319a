// Tokens of machines: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256, with the claims that CrowdSec's own have.

import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Token {
  readonly text: string;
  readonly expiresAt: Date;
}

export type TokenCheck =
  | { readonly ok: true; readonly machine: string }
  | { readonly ok: false; readonly reason: 'malformed' | 'forged' | 'expired' | 'early' };

const LIFE_MS = 3_600_000;
/** A clock that was set back must not lock machines out at once. */
const SKEW_MS = 120_000;
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const MOST_CHARS = 4096;

export class Tokens {
  readonly #secret: Uint8Array;

  /** `secret`: at least 32 bytes; tokens that were signed with another one are refused. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** Returns a token for the machine that is good for an hour. */
  issue(machine: string, now: Date): Token {
    const issued = Math.floor(now.getTime() / 1000);
    const expires = issued + LIFE_MS / 1000;
    const claims = Buffer.from(JSON.stringify({ exp: expires, id: machine, orig_iat: issued }));
    const signed = `${HEADER}.${claims.toString('base64url')}`;
    return {
      text: `${signed}.${this.#sign(signed).toString('base64url')}`,
      expiresAt: new Date(expires * 1000),
    };
  }

  /** Says whose token it is, or why it is none. */
  check(text: string, now: Date): TokenCheck {
    const parts = text.length > MOST_CHARS ? [] : text.split('.');
    const [header, claims, signature] = parts;
    if (parts.length !== 3 || header !== HEADER) return { ok: false, reason: 'malformed' };
    const given = Buffer.from(signature!, 'base64url');
    const expected = this.#sign(`${header}.${claims}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return { ok: false, reason: 'forged' };
    // We signed it, so it is what `issue` wrote.
    const { exp, id, orig_iat } = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as {
      exp: number;
      id: string;
      orig_iat: number;
    };
    const nowMs = now.getTime();
    if (nowMs >= exp * 1000) return { ok: false, reason: 'expired' };
    if (nowMs < orig_iat * 1000 - SKEW_MS) return { ok: false, reason: 'early' };
    return { ok: true, machine: id };
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }
}

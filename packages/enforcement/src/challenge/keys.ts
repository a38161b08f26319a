// Keys for each use, derived from the site secret (HKDF, RFC 5869), and signatures made with them. A signature
// is an HMAC-SHA256 cut to 128 bits, as 22 characters of base64url.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a key is for; a signature made for one use says nothing for another. */
export type KeyUse = 'challenge' | 'pass' | 'appeal' | 'trust' | 'link' | 'queue';

const SIGNATURE_LENGTH = 22;

/** Returns the 32 bytes that stand for the secret in this use. */
export function deriveKey(secret: Uint8Array, use: KeyUse): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'parapet/1', use, 32));
}

/** Signs with the newest key, and takes signatures of older ones, so that a new secret throws nobody out. */
export class Signer {
  readonly #keys: readonly Buffer[];

  /** `secrets`: the current one first, then those that are still taken. */
  constructor(secrets: readonly Uint8Array[], use: KeyUse) {
    if (secrets.length === 0) throw new Error('a signer needs a secret');
    this.#keys = secrets.map((secret) => deriveKey(secret, use));
  }

  /** The text is taken one character a byte, as request heads are. */
  sign(text: string): string {
    return signWith(this.#keys[0]!, text);
  }

  isSigned(text: string, claimed: string): boolean {
    if (claimed.length !== SIGNATURE_LENGTH) return false;
    const claimedBytes = Buffer.from(claimed, 'latin1');
    return this.#keys.some((key) =>
      timingSafeEqual(Buffer.from(signWith(key, text), 'latin1'), claimedBytes),
    );
  }
}

function signWith(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'latin1').digest('base64url').slice(0, SIGNATURE_LENGTH);
}

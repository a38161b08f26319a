// Keys of bouncers. They are random and long, so that a plain digest keeps them.

import { createHash, randomBytes } from 'node:crypto';

/** Returns a new key, as the bouncer's configuration takes it: 32 random bytes. */
export function newBouncerKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns what the store has of a key: SHA-512, hex, as CrowdSec keeps it. */
export function hashOfKey(key: string): string {
  return createHash('sha512').update(key).digest('hex');
}

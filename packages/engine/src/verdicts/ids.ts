// Ids of alerts and decisions, derived from what they are about: lines that are read again after a crash lead to
// the same ids, and the store knows that it has them.

import { createHash } from 'node:crypto';

/** Returns the UUID of a thing that these words, in this order, tell from all others. */
export type IdOf = (words: readonly string[]) => string;

/** The salt makes the ids of two sites differ. They are UUIDs of version 8 (RFC 9562): SHA-256, cut. */
export function idMaker(salt: string): IdOf {
  return (words) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([salt, ...words]))
      .digest();
    hash[6] = (hash[6]! & 0x0f) | 0x80;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const hex = hash.toString('hex', 0, 16);
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => hex.slice(from, to))
      .join('-');
  };
}

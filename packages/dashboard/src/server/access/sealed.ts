// What is handed out and comes back: claims with a keyed digest that this engine said so, for this purpose. Nothing of
// it has to be remembered before it comes back.

import { createHmac, timingSafeEqual } from 'node:crypto';

const LONGEST = 2048;

/** Returns claims as a text that stands in addresses and cookies. */
export function seal(secret: Uint8Array, purpose: string, claims: readonly unknown[]): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${digestOf(secret, purpose, text)}`;
}

/** Returns what was sealed for the purpose, by `seal` and the same secret; undefined when it was not. */
export function unseal(secret: Uint8Array, purpose: string, sealed: string): readonly unknown[] | undefined {
  const [text = '', digest = ''] = sealed.slice(0, LONGEST).split('.');
  const expected = Buffer.from(digestOf(secret, purpose, text));
  const given = Buffer.from(digest);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // Its digest fits: it was written by `seal`.
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as readonly unknown[];
}

function digestOf(secret: Uint8Array, purpose: string, text: string): string {
  return createHmac('sha256', secret).update(`${purpose} ${text}`).digest('base64url');
}

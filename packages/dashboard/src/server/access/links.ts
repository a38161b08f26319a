// One-time links: the first user's, those that an admin sends to somebody, and the way back for who forgot a password.
// A link says what it is for and until when, and a keyed digest that this engine said so. It stands after the `#` of
// the address, which browsers send to nobody.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isRole, type Role } from './roles.ts';

export interface Invitation {
  /** Hex; a link is used once. */
  readonly nonce: string;
  readonly role: Role;
  /** Whom it gives a new password; undefined for somebody new. */
  readonly user?: string;
  readonly expiresAt: Date;
}

/** Returns the token of a new link. */
export function makeInvitation(
  secret: Uint8Array,
  given: { readonly role: Role; readonly user?: string; readonly expiresAt: Date },
): string {
  const { role, user, expiresAt } = given;
  const claims = [randomBytes(16).toString('hex'), role, user ?? '', expiresAt.getTime()];
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${digestOf(secret, text)}`;
}

/** Returns what the token says, or undefined when it is none of ours or over. Whether it was used, the store knows. */
export function readInvitation(secret: Uint8Array, token: string, now: Date): Invitation | undefined {
  const [text = '', digest = ''] = token.slice(0, 2048).split('.');
  const expected = Buffer.from(digestOf(secret, text));
  const given = Buffer.from(digest);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // Its digest fits: it was written by makeInvitation.
  const [nonce, role, user, expiresMs] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [
    string,
    string,
    string,
    number,
  ];
  const expiresAt = new Date(expiresMs);
  if (!isRole(role) || expiresAt <= now) return undefined;
  return { nonce, role, expiresAt, ...(user === '' ? {} : { user }) };
}

function digestOf(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(`dashboard link ${text}`).digest('base64url');
}

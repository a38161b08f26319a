// One-time links: the first user's, those that an admin sends to somebody, and the way back for who forgot a password.
// A link says what it is for and until when, and a keyed digest that this engine said so. It stands after the `#` of
// the address, which browsers send to nobody.

import { randomBytes } from 'node:crypto';
import { isRole, type Role } from './roles.ts';
import { seal, unseal } from './sealed.ts';

const PURPOSE = 'dashboard link';

export interface Invitation {
  /** Hex; a link is used once. */
  readonly nonce: string;
  readonly role: Role;
  /** For these sites; undefined for all. */
  readonly sites?: readonly string[];
  /** Whom it gives a new password; undefined for somebody new. */
  readonly user?: string;
  readonly expiresAt: Date;
}

/** Returns the token of a new link. */
export function makeInvitation(secret: Uint8Array, given: Omit<Invitation, 'nonce'>): string {
  const { role, user = '', expiresAt, sites } = given;
  const claims = [randomBytes(16).toString('hex'), role, user, expiresAt.getTime()];
  return seal(secret, PURPOSE, sites === undefined ? claims : [...claims, sites]);
}

/** Returns what the token says, or undefined when it is none of ours or over. Whether it was used, the store knows. */
export function readInvitation(secret: Uint8Array, token: string, now: Date): Invitation | undefined {
  const claims = unseal(secret, PURPOSE, token);
  if (claims === undefined) return undefined;
  // Of makeInvitation.
  const [nonce, role, user, expiresMs, sites] = claims as [string, string, string, number, string[]?];
  const expiresAt = new Date(expiresMs);
  if (!isRole(role) || expiresAt <= now) return undefined;
  return {
    ...{ nonce, role, expiresAt },
    ...(user === '' ? {} : { user }),
    ...(sites === undefined ? {} : { sites }),
  };
}

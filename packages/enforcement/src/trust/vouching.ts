// What the CMS says about its own sessions, in headers of its answers that never reach the visitor:
//
//   X-Parapet-User:  NAME; exp=SECONDS; mac=HEX                 who is signed in, for decisions on users
//   X-Parapet-Trust: NAME; exp=SECONDS; for=SECONDS; mac=HEX    an operator: do not get in the way
//   X-Parapet-Trust: end                                        signed out: the trust ends
//
// NAME is percent-encoded UTF-8, `exp` is until when the header itself is believed (unix time, at most five
// minutes ahead), `mac` is HMAC-SHA256 in hex with the site's vouching key, over these lines:
//
//   parapet-user NL SESSION NL EXP NL NAME          parapet-trust NL SESSION NL EXP NL FOR NL NAME
//
// SESSION is the hex SHA-256 of the session cookie that the request carried. So an answer that some cache gives to
// someone else vouches for nobody: he has another session, or none.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ResponseView } from '@parapet/kinds';
import { deriveKey } from '../challenge/keys.ts';

export interface Vouching {
  /** Who is signed in; undefined when the CMS does not say. */
  readonly user?: string;
  readonly trust?: { readonly who: string; readonly forMs: number } | 'end';
}

const AHEAD_SECONDS = 300;
const LONGEST_HEADER = 512;
const USER = /^([\w.~!'()*%-]{1,255}); ?exp=(\d{1,12}); ?mac=([0-9a-f]{64})$/;
const TRUST = /^([\w.~!'()*%-]{1,255}); ?exp=(\d{1,12}); ?for=(\d{1,7}); ?mac=([0-9a-f]{64})$/;

/** Returns the key that one site's CMS signs with: each site can only speak for itself. */
export function vouchingKey(secret: Uint8Array, site: string): Buffer {
  return createHmac('sha256', deriveKey(secret, 'trust')).update(`vouching\n${site}`).digest();
}

/** Returns what the answer says and proves about the session; what is not signed for it is not heard. */
export function readVouching(
  response: ResponseView,
  keys: readonly Uint8Array[],
  sessionHash: string | undefined,
  nowMs: number,
): Vouching | undefined {
  const rawUser = response.header('x-parapet-user');
  const rawTrust = response.header('x-parapet-trust');
  if (rawUser === undefined && rawTrust === undefined) return undefined;
  const user = rawUser === undefined ? undefined : readUser(rawUser, keys, sessionHash, nowMs);
  const trust = rawTrust === undefined ? undefined : readTrust(rawTrust, keys, sessionHash, nowMs);
  if (user === undefined && trust === undefined) return undefined;
  return { ...(user === undefined ? {} : { user }), ...(trust === undefined ? {} : { trust }) };
}

function readUser(
  rawUser: string,
  keys: readonly Uint8Array[],
  sessionHash: string | undefined,
  nowMs: number,
): string | undefined {
  const match = rawUser.length > LONGEST_HEADER ? null : USER.exec(rawUser);
  if (match === null || sessionHash === undefined) return undefined;
  const [, rawName = '', expires = '', mac = ''] = match;
  const text = `parapet-user\n${sessionHash}\n${expires}\n${rawName}`;
  return isCurrent(expires, nowMs) && isSigned(text, mac, keys) ? nameOf(rawName) : undefined;
}

function readTrust(
  rawTrust: string,
  keys: readonly Uint8Array[],
  sessionHash: string | undefined,
  nowMs: number,
): Vouching['trust'] {
  if (rawTrust === 'end') return 'end'; // takes away only, so it needs no proof
  const match = rawTrust.length > LONGEST_HEADER ? null : TRUST.exec(rawTrust);
  if (match === null || sessionHash === undefined) return undefined;
  const [, rawName = '', expires = '', forSeconds = '', mac = ''] = match;
  const text = `parapet-trust\n${sessionHash}\n${expires}\n${forSeconds}\n${rawName}`;
  if (!isCurrent(expires, nowMs) || !isSigned(text, mac, keys)) return undefined;
  const who = nameOf(rawName);
  return who === undefined ? undefined : { who, forMs: Number(forSeconds) * 1000 };
}

function isCurrent(expires: string, nowMs: number): boolean {
  const leftSeconds = Number(expires) - nowMs / 1000;
  return leftSeconds > 0 && leftSeconds <= AHEAD_SECONDS;
}

function isSigned(text: string, mac: string, keys: readonly Uint8Array[]): boolean {
  const claimed = Buffer.from(mac, 'hex');
  return keys.some((key) => timingSafeEqual(createHmac('sha256', key).update(text).digest(), claimed));
}

function nameOf(rawName: string): string | undefined {
  try {
    return decodeURIComponent(rawName);
  } catch {
    return undefined; // an escape that is no UTF-8: a name nobody could have
  }
}

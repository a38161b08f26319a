// The way back in for an operator who is locked out: a link that works once, for minutes. Version 1 of its token,
// 39 bytes as 52 characters of base64url:
//
//   version 1 byte | expires 6 bytes, seconds, big endian | nonce 16 bytes | HMAC-SHA256, first 16 bytes
//
// The signature covers the host the link was made for; a link without one (`*`) opens any site of this engine.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../challenge/keys.ts';

export const LINK_PATH = '/.parapet/in/';

export interface LinkTicket {
  /** Hex; whoever redeems it remembers it until the end, so that it works once. */
  readonly nonce: string;
  readonly expiresAtMs: number;
}

const VERSION = 1;
const SIGNED_BYTES = 23;
const MAC_BYTES = 16;
/** Deriving a key costs more than the rest, and anybody may ask for a link. */
const keys = new WeakMap<Uint8Array, Buffer>();
const TOKEN = /^[\w-]{52}$/;

/** Returns the path of a link; `nonce` is 16 random bytes, `host` in lower case without port, or `*` for any. */
export function makeLinkPath(
  secret: Uint8Array,
  host: string,
  expiresAtMs: number,
  nonce: Uint8Array,
): string {
  const token = Buffer.alloc(SIGNED_BYTES + MAC_BYTES);
  token[0] = VERSION;
  token.writeUIntBE(Math.floor(expiresAtMs / 1000), 1, 6);
  token.set(nonce.subarray(0, 16), 7);
  token.set(macOf(secret, token.subarray(0, SIGNED_BYTES), host), SIGNED_BYTES);
  return `${LINK_PATH}${token.toString('base64url')}`;
}

/** Returns the ticket of a path that was signed for this host; it may have ended, and it may have been used. */
export function readLinkPath(
  secrets: readonly Uint8Array[],
  host: string,
  rawPath: string,
): LinkTicket | undefined {
  const rawToken = rawPath.slice(LINK_PATH.length);
  if (!rawPath.startsWith(LINK_PATH) || !TOKEN.test(rawToken)) return undefined;
  const token = Buffer.from(rawToken, 'base64url');
  if (token[0] !== VERSION) return undefined;
  const signed = token.subarray(0, SIGNED_BYTES);
  const claimed = token.subarray(SIGNED_BYTES);
  const isSigned = secrets.some((secret) =>
    [host, '*'].some((name) => timingSafeEqual(macOf(secret, signed, name), claimed)),
  );
  if (!isSigned) return undefined;
  return {
    nonce: token.subarray(7, SIGNED_BYTES).toString('hex'),
    expiresAtMs: token.readUIntBE(1, 6) * 1000,
  };
}

function macOf(secret: Uint8Array, signed: Uint8Array, host: string): Buffer {
  let key = keys.get(secret);
  if (key === undefined) keys.set(secret, (key = deriveKey(secret, 'link')));
  return createHmac('sha256', key).update(signed).update(host, 'utf8').digest().subarray(0, MAC_BYTES);
}

// Passkeys (W3C WebAuthn, level 3). A challenge carries its own proof: when it ends, and a keyed digest that says for
// what, and for whom, it was given out; so none has to be remembered before it comes back. It counts once, which the
// store sees to. Who made the device is not asked (attestation `none`): it would say more of people than we need.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseIp } from '@parapet/kinds';
import type { Passkey, User } from '@parapet/store';
import { z } from 'zod';
import type { NewPasskeyProof, PasskeyProof } from '../../wire.ts';

const NONCE_BYTES = 16;
const TIME_BYTES = 6;
const LASTS_MS = 300_000;

const base64url = z.string().regex(/^[\w-]{1,8192}$/);
/** WebAuthn, section 5.1: an id has at most 1023 bytes. */
const credentialId = z.string().regex(/^[\w-]{1,1364}$/);

/** Reads what a browser answers to `navigator.credentials.get`. */
export const passkeyProof: z.ZodType<PasskeyProof> = z.strictObject({
  id: credentialId,
  clientData: base64url,
  authenticatorData: base64url,
  signature: base64url,
  userHandle: base64url.optional(),
});

/** Reads what it answers to `navigator.credentials.create`. */
export const newPasskeyProof: z.ZodType<NewPasskeyProof> = z.strictObject({
  id: credentialId,
  clientData: base64url,
  attestation: base64url,
});

const clientSays = z.object({ challenge: z.string().max(256), crossOrigin: z.literal(false).optional() });

/**
 * Returns the host for which passkeys count that are made, or used, under this Host header: the relying party id.
 * Undefined for an address: browsers know passkeys by names alone.
 */
export function passkeyHost(header: string): string | undefined {
  const host = header.toLowerCase().replace(/:\d{1,5}$/, '');
  return host === '' || parseIp(host.replace(/^\[(.*)\]$/, '$1')) !== undefined ? undefined : host;
}

/** Returns a challenge that only counts for this purpose, which says for whom it is. */
export function makeChallenge(secret: Uint8Array, purpose: string, now: Date): string {
  const head = Buffer.alloc(NONCE_BYTES + TIME_BYTES);
  randomBytes(NONCE_BYTES).copy(head);
  head.writeUIntBE(now.getTime() + LASTS_MS, NONCE_BYTES, TIME_BYTES);
  return Buffer.concat([head, digestOf(secret, purpose, head)]).toString('base64url');
}

/** Returns until when a challenge of ours for this purpose counts; undefined when it is none, or over. */
export function readChallenge(
  secret: Uint8Array,
  purpose: string,
  challenge: string,
  now: Date,
): Date | undefined {
  const bytes = Buffer.from(challenge, 'base64url');
  const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
  const expected = digestOf(secret, purpose, head);
  const given = bytes.subarray(head.length);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const expiresAt = new Date(head.readUIntBE(NONCE_BYTES, TIME_BYTES));
  return expiresAt > now ? expiresAt : undefined;
}

/** Returns how devices know a user: it says nothing to who reads it there, and is nobody else's later. */
export function userHandle(secret: Uint8Array, { name, createdAt }: User): string {
  return createHmac('sha256', secret)
    .update(`passkey user ${createdAt.getTime()} ${name}`)
    .digest('base64url');
}

/**
 * Returns the challenge that a browser says it has answered, on a page that is in no frame of others; what it says is
 * checked with its signature. Empty when it says none.
 */
export function challengeIn(clientData: string): string {
  const said = clientSays.safeParse(jsonIn(clientData));
  return said.success ? said.data.challenge : '';
}

/** Returns what is to be kept of a new passkey, or undefined when the proof is none of this challenge and host. */
export async function readNewPasskey(
  proof: NewPasskeyProof,
  challenge: string,
  header: string,
): Promise<Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'isSynced'> | undefined> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { id, clientData, attestation } = proof;
  const verified = await verifyRegistrationResponse({
    response: {
      ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON: clientData, attestationObject: attestation },
    },
    expectedChallenge: challenge,
    expectedOrigin: originsOf(header),
    expectedRPID: passkeyHost(header) ?? '',
    requireUserVerification: false,
    // It rejects whatever does not fit.
  }).catch(() => undefined);
  if (verified?.verified !== true) return undefined;
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    isSynced: credentialBackedUp,
  };
}

/** Returns how often the passkey was used, as it says, or undefined when the proof is none of it. */
export async function checkProof(
  proof: PasskeyProof,
  passkey: Passkey,
  asked: { readonly challenge: string; readonly header: string; readonly mustVerify: boolean },
): Promise<{ readonly counter: number } | undefined> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { id, clientData, authenticatorData, signature } = proof;
  const verified = await verifyAuthenticationResponse({
    response: {
      ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON: clientData, authenticatorData, signature },
    },
    expectedChallenge: asked.challenge,
    expectedOrigin: originsOf(asked.header),
    expectedRPID: passkeyHost(asked.header) ?? '',
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      // Whether it counts on, the store says, in one step with writing it down.
      counter: 0,
    },
    requireUserVerification: asked.mustVerify,
  }).catch(() => undefined);
  return verified?.verified === true ? { counter: verified.authenticationInfo.newCounter } : undefined;
}

/** A page without TLS has passkeys on this machine only, which is also where a tunnel ends. */
function originsOf(header: string): string[] {
  const host = header.toLowerCase();
  return [`https://${host}`, ...(passkeyHost(header) === 'localhost' ? [`http://${host}`] : [])];
}

function digestOf(secret: Uint8Array, purpose: string, head: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`passkey challenge ${purpose}\n`).update(head).digest();
}

function jsonIn(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64url').toString());
  } catch {
    return undefined;
  }
}

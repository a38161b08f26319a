// Passkeys, as browsers have them (W3C WebAuthn): asking for one, and making one. Bytes travel as base64url.

import type { NewPasskeyProof, NewPasskeyView, PasskeyChallenge, PasskeyProof } from '../../wire.ts';
import { Fault } from './ask.ts';

/** Algorithms of COSE, the best first: Ed25519, ECDSA with P-256, RSA. */
const ALGORITHMS = [-8, -7, -257];
const PATIENCE_MS = 120_000;

/** Browsers know passkeys by names alone: an address has none. */
export const isAddress: boolean = /^[\d.]+$|^\[/.test(location.hostname);
export const hasPasskeys: boolean = isSecureContext && 'PublicKeyCredential' in window && !isAddress;

/** Asks for one of these, or, without ids, for whichever the device knows; it then asks who is there. */
export async function askForPasskey(
  { host, challenge }: PasskeyChallenge,
  ids: readonly string[] = [],
): Promise<PasskeyProof> {
  const { id, response } = await fromBrowser<AuthenticatorAssertionResponse>(() =>
    navigator.credentials.get({
      publicKey: {
        rpId: host,
        challenge: bytesOf(challenge),
        allowCredentials: ids.map(descriptor),
        userVerification: ids.length === 0 ? 'required' : 'preferred',
        timeout: PATIENCE_MS,
      },
    }),
  );
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    clientData: textOf(clientDataJSON),
    authenticatorData: textOf(authenticatorData),
    signature: textOf(signature),
    ...(userHandle === null ? {} : { userHandle: textOf(userHandle) }),
  };
}

export async function makePasskey({
  host,
  challenge,
  user,
  known,
}: NewPasskeyView): Promise<NewPasskeyProof> {
  const { id, response } = await fromBrowser<AuthenticatorAttestationResponse>(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: host, name: 'Parapet' },
        user: { id: bytesOf(user.id), name: user.name, displayName: user.name },
        challenge: bytesOf(challenge),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: known.map(descriptor),
        // One that the device keeps lets in without a name; where it cannot, it still is a second factor.
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
        attestation: 'none',
        timeout: PATIENCE_MS,
      },
    }),
  );
  return {
    id,
    clientData: textOf(response.clientDataJSON),
    attestation: textOf(response.attestationObject),
  };
}

async function fromBrowser<T extends AuthenticatorResponse>(
  work: () => Promise<Credential | null>,
): Promise<{ readonly id: string; readonly response: T }> {
  if (!hasPasskeys) throw new Fault(isAddress ? 'E_DASHBOARD_PASSKEY_ADDRESS' : 'no-passkeys', '');
  try {
    const { id, response } = (await work()) as PublicKeyCredential; // only these were asked for
    return { id, response: response as T }; // of `get` the one, of `create` the other
  } catch (error) {
    // Browsers do not say more, so that pages cannot find out which passkeys there are.
    const isKnown = error instanceof DOMException && error.name === 'InvalidStateError';
    throw new Fault(isKnown ? 'E_DASHBOARD_PASSKEY_KNOWN' : 'passkey-refused', String(error));
  }
}

function descriptor(id: string): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: bytesOf(id) };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// A device with passkeys, in software (W3C WebAuthn, section 6): ES256, no attestation.

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { NewPasskeyProof, NewPasskeyView, PasskeyChallenge, PasskeyProof } from '../../src/wire.ts';

const PRESENT = 0x01;
const VERIFIED = 0x04;
const WITH_KEY = 0x40;

/** What a browser, or who forges one, would say otherwise. */
export interface Said {
  readonly origin?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly host?: string;
  readonly crossOrigin?: boolean;
  readonly isVerified?: boolean;
  readonly userHandle?: string | undefined;
}

export class Authenticator {
  readonly #id = randomBytes(32);
  readonly #key: KeyObject;
  readonly #point: { readonly x: Buffer; readonly y: Buffer };
  #handle = randomBytes(32).toString('base64url');
  /** Rises with each use; 0 stays 0. */
  counter = 0;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#key = privateKey;
    this.#point = { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
  }

  get id(): string {
    return this.#id.toString('base64url');
  }

  make(offer: NewPasskeyView, said: Said = {}): NewPasskeyProof {
    this.#handle = offer.user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const data = Buffer.concat([
      this.#head(said.host ?? offer.host, PRESENT | VERIFIED | WITH_KEY),
      ...[Buffer.alloc(16), length, this.#id, this.#publicKey()],
    ]);
    return {
      id: this.id,
      clientData: clientData({ type: 'webauthn.create', challenge: offer.challenge, ...said }),
      // {"fmt": "none", "attStmt": {}, "authData": …}
      attestation: Buffer.concat([
        Buffer.from([0xa3, 0x63]),
        Buffer.from('fmt'),
        Buffer.from([0x64]),
        Buffer.from('none'),
        Buffer.from([0x67]),
        Buffer.from('attStmt'),
        Buffer.from([0xa0, 0x68]),
        Buffer.from('authData'),
        bytes(data),
      ]).toString('base64url'),
    };
  }

  use(asked: PasskeyChallenge, said: Said = {}): PasskeyProof {
    if (this.counter > 0) this.counter += 1;
    const data = this.#head(said.host ?? asked.host, PRESENT | ((said.isVerified ?? true) ? VERIFIED : 0));
    const client = clientData({ type: 'webauthn.get', challenge: asked.challenge, ...said });
    const hash = createHash('sha256').update(Buffer.from(client, 'base64url')).digest();
    const userHandle = 'userHandle' in said ? said.userHandle : this.#handle;
    return {
      id: this.id,
      clientData: client,
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', Buffer.concat([data, hash]), this.#key).toString('base64url'),
      ...(userHandle === undefined ? {} : { userHandle }),
    };
  }

  #head(host: string, flags: number): Buffer {
    const rest = Buffer.alloc(5);
    rest.writeUInt8(flags);
    rest.writeUInt32BE(this.counter, 1);
    return Buffer.concat([createHash('sha256').update(host).digest(), rest]);
  }

  /** {1: 2, 3: -7, -1: 1, -2: x, -3: y}, RFC 9053. */
  #publicKey(): Buffer {
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      bytes(this.#point.x),
      Buffer.from([0x22]),
      bytes(this.#point.y),
    ]);
  }
}

function clientData({
  origin = 'http://localhost:8421',
  type,
  challenge,
  crossOrigin = false,
}: Said): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin })).toString('base64url');
}

/** A byte string of CBOR (RFC 8949, section 3.1). */
function bytes(data: Buffer): Buffer {
  const head = data.length < 256 ? [0x58, data.length] : [0x59, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from(head), data]);
}

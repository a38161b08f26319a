// Tokens: what we hand out to have it brought back, once, in time, by the same client. Version 1:
//
//   1.KIND.ISSUED.NUMBER.NONCE.SIGNATURE     ISSUED in ms and NUMBER in base 36, NONCE 16 characters
//
// KIND says what it is for: `c` check, `w` work, `s` a step of waiting. NUMBER is the bits of work, or the step.

import { Signer } from './keys.ts';

export type TokenKind = 'c' | 'w' | 's';

export interface Token {
  readonly kind: TokenKind;
  readonly issuedAtMs: number;
  readonly number: number;
  readonly nonce: string;
}

export interface TokenOptions {
  readonly secrets: readonly Uint8Array[];
  nowMs(): number;
  random(sizeBytes: number): Uint8Array;
}

const SHAPE = /^1\.([cws])\.([0-9a-z]{1,9})\.([0-9a-z]{1,3})\.([\w-]{16})\.([\w-]{22})$/;
const NONCE_BYTES = 12;

export class TokenMint {
  readonly #signer: Signer;
  readonly #options: TokenOptions;

  constructor(options: TokenOptions) {
    this.#signer = new Signer(options.secrets, 'challenge');
    this.#options = options;
  }

  make(kind: TokenKind, number: number, binding: string): string {
    const issued = Math.floor(this.#options.nowMs()).toString(36);
    const nonce = Buffer.from(this.#options.random(NONCE_BYTES)).toString('base64url');
    const text = `1.${kind}.${issued}.${number.toString(36)}.${nonce}`;
    return `${text}.${this.#signer.sign(`${text}\n${binding}`)}`;
  }

  /** Returns the token when we made it for this client, of whatever age; undefined for anything else. */
  read(rawToken: string, binding: string): Token | undefined {
    if (rawToken.length > 80) return undefined;
    const match = SHAPE.exec(rawToken);
    if (match === null) return undefined;
    const text = rawToken.slice(0, rawToken.lastIndexOf('.'));
    if (!this.#signer.isSigned(`${text}\n${binding}`, match[5]!)) return undefined;
    return {
      // The shape allows no other.
      kind: match[1] as TokenKind,
      issuedAtMs: Number.parseInt(match[2]!, 36),
      number: Number.parseInt(match[3]!, 36),
      nonce: match[4]!,
    };
  }
}

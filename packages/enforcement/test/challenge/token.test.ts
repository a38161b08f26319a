import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenMint } from '../../src/challenge/token.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 6, 7, 8, 9);
const mint = new TokenMint({ secrets: [randomBytes(32)], nowMs: () => NOW_MS, random: randomBytes });

describe('a token', () => {
  it('comes back as it was made', () => {
    fc.assert(
      fc.property(fc.constantFrom('c', 'w', 's'), fc.nat(999), fc.string(), (kind, number, binding) => {
        const token = mint.read(mint.make(kind, number, binding), binding);
        expect(token).toMatchObject({ kind, number, issuedAtMs: NOW_MS });
        expect(token?.nonce).toMatch(/^[\w-]{16}$/);
      }),
    );
  });

  it('is never the same twice', () => {
    const nonces = Array.from({ length: 100 }, () => mint.read(mint.make('w', 1, ''), '')?.nonce);
    expect(new Set(nonces).size).toBe(100);
  });

  it('is worth nothing to another client, or with one character changed', () => {
    const token = mint.make('w', 14, 'somebody');
    expect(mint.read(token, 'somebody else')).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(mint.read(changed, 'somebody') === undefined).toBe(changed !== token);
      }),
    );
  });

  it('is undefined, and never throws, for anything else', () => {
    const shaped = fc.stringMatching(/^1\.[cws]\.[0-9a-z]{1,9}\.[0-9a-z]{1,3}\.[\w-]{16}\.[\w-]{22}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), shaped), (text) => {
        expect(mint.read(text, 'somebody')).toBeUndefined();
      }),
    );
  });
});

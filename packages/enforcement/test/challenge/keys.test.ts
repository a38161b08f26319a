import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveKey, Signer } from '../../src/challenge/keys.ts';

const SECRET = randomBytes(32);

describe('keys', () => {
  it('differ for each use and each secret, and are the same each time', () => {
    const keys = ['challenge', 'pass', 'appeal', 'trust', 'link'] as const;
    expect(new Set(keys.map((use) => deriveKey(SECRET, use).toString('hex'))).size).toBe(keys.length);
    expect(deriveKey(SECRET, 'pass')).toEqual(deriveKey(SECRET, 'pass'));
    expect(deriveKey(randomBytes(32), 'pass')).not.toEqual(deriveKey(SECRET, 'pass'));
  });

  it('are needed: a signer without one is a mistake', () => {
    expect(() => new Signer([], 'pass')).toThrow('secret');
  });
});

describe('a signature', () => {
  const signer = new Signer([SECRET], 'pass');

  it('is taken for the same text and use, and while the old secret is still known', () => {
    const signature = signer.sign('text');
    expect(signature).toMatch(/^[\w-]{22}$/);
    expect(signer.isSigned('text', signature)).toBe(true);
    expect(signer.isSigned('texT', signature)).toBe(false);
    expect(new Signer([SECRET], 'challenge').isSigned('text', signature)).toBe(false);
    expect(new Signer([randomBytes(32), SECRET], 'pass').isSigned('text', signature)).toBe(true);
  });

  it('is refused, and never throws, when anything else is claimed', () => {
    const claimed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', minLength: 22, maxLength: 22 }),
      fc.base64String(),
    );
    fc.assert(fc.property(fc.string(), claimed, (text, claim) => !signer.isSigned(text, claim)));
  });
});

import { describe, expect, it } from 'vitest';
import { keyedHash, keyedHash32 } from '../../../../src/detectors/content/site/keyedHash.ts';

// The key of the reference's vectors: bytes 0 to 7.
const KEY = { k0: 0x03020100, k1: 0x07060504 };

function hex(text: string): string {
  const out = { low: 0, high: 0 };
  keyedHash(KEY, text, out);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(out.low, 0);
  bytes.writeUInt32LE(out.high, 4);
  return bytes.toString('hex');
}

describe('the keyed hash', () => {
  it('is HalfSipHash-2-4 with 64 bits', () => {
    expect(hex('')).toBe('218d1f59b9b83cc8');
    expect(hex('\u0100')).toBe('064f39ef7c50eb57');
  });

  it('depends on the key and is never 0', () => {
    expect(keyedHash32(KEY, '192.0.2.1')).not.toBe(keyedHash32({ k0: 1, k1: 2 }, '192.0.2.1'));
    for (let i = 0; i < 1000; i++) expect(keyedHash32(KEY, `${i}`)).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import jsqr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { newTotpSecret, totpUri } from '../../src/server/access/totp.ts';
import { qrSquares } from '../../src/web/parts/qrSquares.ts';

const SCALE = 4;

/** Reads the picture as a phone does that sees it straight on. */
function readBack(text: string): string | undefined {
  const rows = qrSquares(text);
  const width = rows.length * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++)
      if (rows[Math.floor(y / SCALE)]![Math.floor(x / SCALE)]!)
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return jsqr.default(pixels, width, width)?.data;
}

describe('the picture for authenticator apps', () => {
  it('is read by another program as the address that it holds', () => {
    const uri = totpUri(newTotpSecret(), 'anna@example.org', 'Parapet');
    expect(readBack(uri)).toBe(uri);
  });

  it('is read for every name that somebody may have', () => {
    const names = fc.stringMatching(/^[\w.@+-]{1,64}$/);
    fc.assert(
      fc.property(names, (name) => {
        const uri = totpUri('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', name, 'Parapet');
        expect(readBack(uri)).toBe(uri);
      }),
      { numRuns: 15 },
    );
  });

  it('has a light border, or it is not found', () => {
    const rows = qrSquares('x');
    const isLight = (row: readonly boolean[]): boolean => row.every((isDark) => !isDark);
    expect(rows.slice(0, 4).every(isLight) && rows.slice(-4).every(isLight)).toBe(true);
    expect(rows.every((row) => isLight(row.slice(0, 4)) && isLight(row.slice(-4)))).toBe(true);
  });
});

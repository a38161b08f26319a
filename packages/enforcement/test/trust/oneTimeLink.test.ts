import { describe, expect, it } from 'vitest';
import { LINK_PATH, makeLinkPath, readLinkPath } from '../../src/trust/oneTimeLink.ts';

const SECRET = Buffer.alloc(32, 7);
const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const END = Date.UTC(2026, 10, 22, 12, 10);

describe('a one-time link', () => {
  it('is short, and read back where it was made for', () => {
    const path = makeLinkPath(SECRET, 'example.org', END, NONCE);
    expect(path).toMatch(/^\/\.parapet\/in\/[\w-]{52}$/);
    expect(readLinkPath([SECRET], 'example.org', path)).toEqual({
      nonce: NONCE.toString('hex'),
      expiresAtMs: END,
    });
  });

  it('is none at another host, unless it was made for any', () => {
    expect(
      readLinkPath([SECRET], 'example.net', makeLinkPath(SECRET, 'example.org', END, NONCE)),
    ).toBeUndefined();
    expect(readLinkPath([SECRET], 'example.net', makeLinkPath(SECRET, '*', END, NONCE))).toBeDefined();
  });

  it('is none under another secret, and under an older one as long as that is taken', () => {
    const path = makeLinkPath(SECRET, 'example.org', END, NONCE);
    const newer = Buffer.alloc(32, 8);
    expect(readLinkPath([newer], 'example.org', path)).toBeUndefined();
    expect(readLinkPath([newer, SECRET], 'example.org', path)).toBeDefined();
  });

  it('is none with any character changed', () => {
    const path = makeLinkPath(SECRET, 'example.org', END, NONCE);
    for (let i = LINK_PATH.length; i < path.length; i++) {
      const changed = `${path.slice(0, i)}${path[i] === 'A' ? 'B' : 'A'}${path.slice(i + 1)}`;
      expect(readLinkPath([SECRET], 'example.org', changed), changed).toBeUndefined();
    }
    for (const other of ['', 'x', '../in', `${path}x`, `${path}?x`]) {
      expect(readLinkPath([SECRET], 'example.org', other)).toBeUndefined();
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantedPath } from '../../src/challenge/wanted.ts';

describe('the wanted page', () => {
  it('is the path and query that were asked for', () => {
    expect(wantedPath('/node/12?a=1&b=%C3%A9#x')).toBe('/node/12?a=1&b=%C3%A9#x');
    expect(wantedPath('/caf\xc3\xa9?q="a b"')).toBe('/caf%C3%A9?q=%22a%20b%22');
  });

  it.each([
    '//evil.example/',
    '/\\evil.example',
    '/a\\b',
    'http://evil.example/',
    '*',
    '',
    '/\t/evil.example',
    '/\n/evil',
    '/.parapet/wait',
    `/${'a'.repeat(3000)}`,
  ])('is the front page instead of %j', (rawTarget) => {
    expect(wantedPath(rawTarget)).toBe('/');
  });

  it('stays on this site for any text, as a browser reads it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `/${rest}`),
    );
    fc.assert(
      fc.property(text, (rawTarget) => {
        const path = wantedPath(rawTarget);
        expect(new URL(path, 'https://site.example').origin).toBe('https://site.example');
        expect(path).toMatch(/^\/[\x21-\x7e]*$/);
        expect(path).not.toMatch(/["'<>]/);
      }),
    );
  });
});

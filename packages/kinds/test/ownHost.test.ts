import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnHost } from '../src/index.ts';

describe('a Host header', () => {
  it.each(['127.0.0.1', '127.0.0.1:8421', '[::1]:8421', 'LOCALHOST', 'localhost.', 'parapet.example:443'])(
    'names this machine: %s',
    (header) => {
      expect(isOwnHost(header, ['parapet.example'])).toBe(true);
    },
  );

  it.each([null, undefined, '', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '[::1'])(
    'names somebody else: %s',
    (header) => {
      expect(isOwnHost(header, ['parapet.example'])).toBe(false);
    },
  );

  it('never makes trouble, whatever it says', () => {
    fc.assert(fc.property(fc.string(), (header) => typeof isOwnHost(header, []) === 'boolean'));
  });
});

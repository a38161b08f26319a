import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentOption, parsePeriod } from '../src/period.ts';

const HOUR_MS = 3_600_000;

describe('parsePeriod', () => {
  it.each([
    ['4h', 4 * HOUR_MS],
    ['1h30m', 1.5 * HOUR_MS],
    ['7d', 168 * HOUR_MS],
    ['1w2d3h', (7 * 24 + 48 + 3) * HOUR_MS],
  ])('reads %s', (text, ms) => {
    expect(parsePeriod(text)).toBe(ms);
  });

  it.each(['', '0', '0d', '-4h', '4', '4 h', 'h', '1d2w', '101w99999d', '9'.repeat(400) + 'd'])(
    'refuses %j',
    (text) => {
      expect(parsePeriod(text)).toBeUndefined();
    },
  );

  it('never throws and never gives a length that is not positive', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parsePeriod(text);
        expect(ms === undefined || ms > 0).toBe(true);
      }),
    );
  });
});

describe('momentOption', () => {
  const now = new Date('2026-03-01T12:00:00Z');

  it('reads a date and a length of time before now', () => {
    expect(momentOption('--since', '2026-02-01', now)).toEqual(new Date('2026-02-01'));
    expect(momentOption('--since', '1d', now)).toEqual(new Date('2026-02-28T12:00:00Z'));
  });

  it('says what it wants', () => {
    expect(() => momentOption('--since', '12', now)).toThrow('--since 12 is no time');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/pages/reader.ts';
import { endOf, jsonTime } from '../../src/pages/time.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 14, 0, 30);
const HOUR_MS = 3_600_000;
const say = (afterMs: number, language: (typeof LANGUAGES)[number] = 'en'): string =>
  Buffer.from(endOf(NOW_MS + afterMs, NOW_MS, language), 'latin1')
    .toString()
    .replaceAll('\u00a0', ' ');

describe('the end of a decision', () => {
  it.each([
    [1, 'in 1 minute (2026-11-22 14:01 UTC)'],
    [-HOUR_MS, 'in 1 minute (2026-11-22 13:01 UTC)'],
    [HOUR_MS, 'in 61 minutes (2026-11-22 15:01 UTC)'],
    [4 * HOUR_MS, 'in 4 hours (2026-11-22 18:01 UTC)'],
    [7 * 24 * HOUR_MS, 'in 7 days (2026-11-29 14:01 UTC)'],
    [20 * 365 * 24 * HOUR_MS, 'not fixed'],
    [-NOW_MS, 'not fixed'],
    [Number.NaN, 'not fixed'],
    [Infinity, 'not fixed'],
  ])('after %d ms is %j', (afterMs, text) => {
    expect(say(afterMs)).toBe(text);
  });

  it('is said in each language as it is said there', () => {
    expect(LANGUAGES.map((language) => say(4 * HOUR_MS, language).split(' (')[0])).toEqual([
      'in 4 hours',
      'in 4 Stunden',
      'dentro de 4 horas',
      'dans 4 heures',
      'tra 4 ore',
      'over 4 uur',
      'za 4 godziny',
      'em 4 horas',
    ]);
  });

  it('is a time for programs', () => {
    expect(jsonTime(NOW_MS)).toBe('"2026-11-22T14:00:30.000Z"');
    expect(jsonTime(0)).toBe('null');
  });

  it('is text without markup for any two times', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 0, max: 4e12 }), (expiresAtMs, nowMs) => {
        expect(endOf(expiresAtMs, nowMs, 'fr')).not.toMatch(/[<>&"'\u0000-\u001f]/);
        JSON.parse(jsonTime(expiresAtMs));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DateParser } from '../../src/events/dates.ts';
import { formatInstantRfc3339Nano, parseGoInstant, withYear } from '../../src/expressions/helpers/goTime.ts';

const NOW = Date.UTC(2026, 10, 22, 3, 4, 5, 678);
const parser = (): DateParser => new DateParser(() => NOW);
const textOf = (text: string, format = ''): string => parser().parse(text, format).text;

describe('a date', () => {
  it.each([
    ['02/Jan/2006:15:04:05 -0700', '2006-01-02T15:04:05-07:00'],
    ['02/Jan/2006:15:04:05 +0000', '2006-01-02T15:04:05Z'],
    ['2019-10-12T07:20:50.52Z', '2019-10-12T07:20:50.52Z'],
    ['2024-11-26T20:13:32', '2024-11-26T20:13:32Z'],
    ['2024-11-26T20:13:32.123456789', '2024-11-26T20:13:32.123456789Z'],
    ['2024-11-26T20:13:32.500+05:30', '2024-11-26T20:13:32.5+05:30'],
    ['Nov 22 03:18:20', '2026-11-22T03:18:20Z'],
    ['Jan  2 15:04:05', '2026-01-02T15:04:05Z'],
    ['Feb 29 10:00:00', '2026-03-01T10:00:00Z'],
    ['2017/06/15 14:39:28', '2017-06-15T14:39:28Z'],
    ['2017-06-15 14:39:28.25', '2017-06-15T14:39:28.25Z'],
    ['Mon Jan 2 15:04:05 2006', '2006-01-02T15:04:05Z'],
    ['Thu Nov 26 09:13:59.123456 2020', '2020-11-26T09:13:59.123456Z'],
    ['01/02/2006 15:04:05', '2006-01-02T15:04:05Z'],
    ['2006-01-02 15:04:05.5 +0200 CEST', '2006-01-02T15:04:05.5+02:00'],
    ['2006/01/02', '2006-01-02T00:00:00Z'],
    ['2006-01-02 15:04', '2006-01-02T15:04:00Z'],
    ['1646386402', '2022-03-04T09:33:22Z'],
    ['1646386402.75', '2022-03-04T09:33:22Z'],
  ])('%s is %s', (text, expected) => {
    expect(textOf(text)).toBe(expected);
  });

  it('is read by its own layout before any other', () => {
    expect(textOf('2011 X 17 zz 08X17X43 oneone Dec', '2006 X 2 zz 15X04X05 oneone Jan')).toBe(
      '2011-12-17T08:17:43Z',
    );
    expect(textOf('03/04/2020 10:00:00', '02/01/2006 15:04:05')).toBe('2020-04-03T10:00:00Z');
  });

  it('is read by the usual layouts when its own does not fit', () => {
    expect(textOf('02/Jan/2006:15:04:05 -0700', '2006')).toBe('2006-01-02T15:04:05-07:00');
  });

  it.each(['', 'yesterday', '31/Feb/2020:00:00:00 +0000', '0', '-5', 'Nov 31 03:18:20', '9'.repeat(300)])(
    "is the current time when '%s' is none",
    (text) => {
      expect(parser().parse(text, '')).toEqual({ ms: NOW, text: '2026-11-22T03:04:05.678Z', isNow: true });
    },
  );

  it('keeps the instant of its zone', () => {
    expect(parser().parse('02/Jan/2006:15:04:05 -0700', '').ms).toBe(Date.UTC(2006, 0, 2, 22, 4, 5));
  });

  it('takes the year of the clock anew when the year turns', () => {
    let now = Date.UTC(2025, 11, 31, 23, 59, 59);
    const dates = new DateParser(() => now);
    expect(dates.parse('Dec 31 23:59:59', '').text).toBe('2025-12-31T23:59:59Z');
    now = Date.UTC(2026, 0, 1);
    expect(dates.parse('Jan  1 00:00:00', '').text).toBe('2026-01-01T00:00:00Z');
    expect(dates.parse('Dec 31 23:59:59', '').text).toBe('2026-12-31T23:59:59Z');
  });
});

describe('the dates read by hand', () => {
  const LAYOUTS = [
    '2006-01-02T15:04:05Z07:00',
    '02/Jan/2006:15:04:05 -0700',
    'Jan  2 15:04:05',
    '2006/01/02 15:04:05',
    '2006-01-02 15:04:05',
    '2006-01-02T15:04:05',
  ];
  /** What the layouts alone make of the text. */
  const byLayouts = (text: string): string | undefined => {
    for (const layout of LAYOUTS) {
      const instant = parseGoInstant(layout, text);
      if (instant === undefined || Math.abs(instant.offsetSeconds) >= 86_400) continue;
      return formatInstantRfc3339Nano(instant.year === 0 ? withYear(instant, 2026) : instant);
    }
    return undefined;
  };
  const two = fc.nat({ max: 65 }).map((n) => String(n).padStart(2, '0'));
  const year = fc.nat({ max: 2300 }).map((n) => String(n).padStart(4, '0'));
  const month = fc.constantFrom('Jan', 'Feb', 'Dec', 'Jul', 'jan', 'Xyz');
  const zone = fc.constantFrom('+0000', '-0000', '+0530', '-0700', '+2400', '0700', ' ');
  const colonZone = fc.constantFrom('Z', '+00:00', '-00:00', '+05:30', '-23:59', '+24:00', '', 'z', '+5:30');
  const fraction = fc.constantFrom('', '.1', '.123', '.000', '.123456789', '.1234567891', ',5', '.');
  const separator = fc.constantFrom('T', ' ', 't');
  const mark = fc.constantFrom('-', '/');

  it('are what the layouts make of them', () => {
    const access = fc
      .tuple(two, month, year, two, two, two, zone)
      .map(([d, mo, y, h, m, s, z]) => `${d}/${mo}/${y}:${h}:${m}:${s} ${z}`);
    const syslog = fc
      .tuple(month, fc.nat({ max: 32 }), two, two, two)
      .map(([mo, d, h, m, s]) => `${mo} ${String(d).padStart(2)} ${h}:${m}:${s}`);
    const iso = fc
      .tuple(year, mark, two, two, separator, two, two, two, fraction, colonZone)
      .map(([y, k, mo, d, t, h, m, s, f, z]) => `${y}${k}${mo}${k}${d}${t}${h}:${m}:${s}${f}${z}`);
    fc.assert(
      fc.property(fc.oneof(access, syslog, iso), (text) => {
        const date = parser().parse(text, '');
        expect(date.isNow ? undefined : date.text).toBe(byLayouts(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('never throw, whatever the text and the layout', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, format) => {
        expect(parser().parse(text, format).text).toMatch(/^\d{4}-/);
      }),
    );
  });
});

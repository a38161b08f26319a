import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  formatGoTime,
  formatInstantRfc3339Nano,
  formatRfc3339Nano,
  parseGoInstant,
  parseGoTime,
  withYear,
} from '../../../src/expressions/helpers/goTime.ts';

it('reads the layouts of the hub', () => {
  const cases: [layout: string, text: string, instant: string][] = [
    ['2006-01-02T15:04:05Z07:00', '2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    [
      '2006-01-02T15:04:05Z07:00',
      '2024-02-29T23:59:59.123456789+05:30',
      '2024-02-29T23:59:59.123456789+05:30',
    ],
    ['02/Jan/2006:15:04:05 -0700', '03/Nov/2021:07:04:05 -0800', '2021-11-03T07:04:05-08:00'],
    ['Mon Jan 2 15:04:05 2006', 'Tue Jan  5 15:04:05 2021', '2021-01-05T15:04:05Z'],
    ['Mon Jan _2 15:04:05 2006', 'Tue Jan  5 15:04:05 2021', '2021-01-05T15:04:05Z'],
    ['Mon Jan 02 15:04:05.000000 2006', 'Tue Jan 05 15:04:05.123456 2021', '2021-01-05T15:04:05.123456Z'],
    [
      '2006-01-02 15:04:05.999999999 -0700 MST',
      '2022-01-02 03:04:05.5 +0200 CEST',
      '2022-01-02T03:04:05.5+02:00',
    ],
    ['2006-01-02 15:04:05,999999999', '2022-01-02 03:04:05,25', '2022-01-02T03:04:05.25Z'],
    ['2006-01-02 15:04:05.000-0700', '2022-01-02 03:04:05.250-0700', '2022-01-02T03:04:05.25-07:00'],
    ['01/02/2006, 3:04:05 PM', '12/31/2021, 1:02:03 PM', '2021-12-31T13:02:03Z'],
    ['060102 15:04:05', '690102 15:04:05', '1969-01-02T15:04:05Z'],
    ['060102 15:04:05', '680102 15:04:05', '2068-01-02T15:04:05Z'],
    ['2006-01-02 15:04 MST -0700', '2022-01-02 03:04 UTC +0200', '2022-01-02T03:04:00Z'],
    ['2006-01-02 15:04 MST', '2022-01-02 03:04 GMT+2', '2022-01-02T05:04:00+02:00'],
    ['2006/01/02', '2021/03/04', '2021-03-04T00:00:00Z'],
    ['Mon, 02 Jan 2006 15:04:05 MST', 'Wed, 03 Nov 2021 07:04:05 PST', '2021-11-03T07:04:05Z'],
    ['2006 002 15h', '2024 060 04h', '2024-02-29T04:00:00Z'],
  ];
  for (const [layout, text, instant] of cases) {
    const parsed = parseGoInstant(layout, text);
    expect(parsed && formatInstantRfc3339Nano(parsed), `${layout}: ${text}`).toBe(instant);
  }
});

it('refuses what Go refuses', () => {
  const cases: [layout: string, text: string][] = [
    ['2006-01-02', '2023-02-29'],
    ['2006-01-02', '2023-13-01'],
    ['2006-01-02', '2023-1-01'],
    ['2006-01-02', '2023-01-01 '],
    ['2006-01-02', '2023-01-01x'],
    ['15:04:05', '24:00:00'],
    ['15:04:05', '23:60:00'],
    ['15:04:05', '23:00:60'],
    ['02/Jan/2006:15:04:05 -0700', '03/Nov/2021:07:04:05'],
    ['02/Jan/2006:15:04:05 -0700', '03/Nov/2021:07:04:05 0800'],
    ['Jan 2', 'Foo 2'],
    ['2006-01-02T15:04:05Z07:00', ''],
    ['3:04 PM', '1:02 pm'],
    ['MST', 'ab'],
  ];
  for (const [layout, text] of cases) expect(parseGoTime(layout, text), `${layout}: ${text}`).toBeUndefined();
});

it('reads a fraction of a second that the layout does not name', () => {
  expect(parseGoTime('2006-01-02 15:04:05', '2021-01-02 03:04:05.5')).toBe(
    Date.UTC(2021, 0, 2, 3, 4, 5, 500),
  );
  expect(parseGoTime('15:04:05', '00:00:01,25')).toBe(
    Date.UTC(2000, 0, 1) - Date.UTC(2000, 0, 1) + zeroYear(1250),
  );
});

it('gives a date without a year another year and keeps the rest', () => {
  const instant = parseGoInstant('Jan  2 15:04:05', 'Feb 29 15:04:05')!;
  expect(instant.year).toBe(0);
  expect(formatInstantRfc3339Nano(withYear(instant, 2024))).toBe('2024-02-29T15:04:05Z');
  expect(formatInstantRfc3339Nano(withYear(instant, 2023))).toBe('2023-03-01T15:04:05Z');
});

it('writes what it reads', () => {
  const layouts = [
    '2006-01-02T15:04:05.999999999Z07:00',
    'Mon Jan _2 15:04:05.000000 2006',
    '02 January 06, 03:04:05.000000 pm',
    '2006 __2 15:4:5.000000',
  ];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }), fc.constantFrom(...layouts), (microseconds, layout) => {
      const ms = (microseconds % 2e15) / 1000;
      expect(parseGoTime(layout, formatGoTime(layout, ms))! - ms).toBeCloseTo(0, 2);
    }),
  );
});

it('prints no more of a fraction than there is', () => {
  expect(formatRfc3339Nano(0)).toBe('1970-01-01T00:00:00Z');
  expect(formatRfc3339Nano(1500)).toBe('1970-01-01T00:00:01.5Z');
  expect(formatRfc3339Nano(Date.UTC(2026, 1, 3, 4, 5, 6) + 0.25)).toBe('2026-02-03T04:05:06.00025Z');
  expect(formatRfc3339Nano(-1)).toBe('1969-12-31T23:59:59.999Z');
});

it('never throws, whatever the layout and the text', () => {
  const pieces = fc.constantFrom(
    '2006',
    '01',
    'Jan',
    '_2',
    ' ',
    '15',
    '05',
    '.000',
    ',999',
    'Z07:00',
    'MST',
    'x',
    'é',
  );
  fc.assert(
    fc.property(fc.array(pieces), fc.string(), (layout, text) => {
      parseGoInstant(layout.join(''), text);
      parseGoInstant(text, layout.join(''));
    }),
  );
});

function zeroYear(ms: number): number {
  return Date.UTC(2000, 0, 1) - 730_485 * 86_400_000 + ms;
}

import { describe, expect, it } from 'vitest';
import { seasonsOf, timesUsual, type Season } from '../../../src/detectors/traffic/calendar.ts';
import { TrafficMonitor, type TrafficRequest } from '../../../src/detectors/traffic/index.ts';

const DAY_MS = 86_400_000;
/** A Monday. */
const START_MS = Date.UTC(2026, 0, 5);
const SALE: Season = {
  name: 'Sale',
  fromMs: START_MS + 7 * DAY_MS,
  toMs: START_MS + 9 * DAY_MS,
  times: 3,
  sites: [],
};

/** Four hundred people who come some times a day, for a page with what belongs to it. */
function request(minute: number, copy: number, rawPath: string): TrafficRequest {
  const person = (minute * 9 + copy) % 400;
  return {
    atMs: START_MS + minute * 60_000,
    site: '',
    ip: `192.0.${person % 2}.${person >> 1}`,
    method: 'GET',
    rawPath,
    status: 200,
    referrer: 'https://www.example.org/',
    userAgent: '',
  };
}

/** Returns the days, with parts, on which something was told, and how many were usual at the end. */
function told(
  calendar: readonly Season[],
  days: number,
  rate: (day: number) => number,
): { days: readonly number[]; usual: number | undefined } {
  const monitor = new TrafficMonitor('live', [], calendar);
  const found: number[] = [];
  for (let minute = 0; minute < days * 1440; minute++)
    for (let k = 0; k < rate(minute / 1440); k++)
      for (const rawPath of [`/node/${(minute * k) % 9}`, '/a.css'])
        monitor.observe(request(minute, k, rawPath), ({ atMs }) => found.push((atMs - START_MS) / DAY_MS));
  return { days: found, usual: monitor.site('')!.lastMinute.usual };
}

describe('a season of the calendar', () => {
  it('is where so many times the usual are expected', () => {
    const minute = START_MS / 60_000;
    const times = timesUsual([SALE, { ...SALE, toMs: SALE.fromMs + DAY_MS, times: 2, sites: ['a'] }], 'a');
    expect([6, 7, 8, 9].map((day) => times(minute + day * 1440))).toEqual([1, 2, 3, 1]);
    expect(seasonsOf([{ ...SALE, sites: ['b'] }], 'a')).toEqual([]);
  });

  it('is no surge, and what is more than was expected is one', () => {
    const sale = (day: number): number => (day >= 7 && day < 9 ? 9 : 3);
    expect(told([], 9, sale).days.length).toBeGreaterThan(0);
    expect(told([SALE], 9, sale).days).toEqual([]);
    const attacked = told([SALE], 9, (day) => (day > 8.5 && day < 8.52 ? 100 : sale(day))).days;
    expect(attacked.length).toBeGreaterThan(0);
    expect(Math.min(...attacked)).toBeGreaterThan(8.5);
  });

  it('does not become the usual of the weeks after it, and silence in it is an outage', () => {
    const after = told([SALE], 11, (day) => (day >= 7 && day < 9 ? 9 : 3));
    expect(after.days).toEqual([]);
    expect(after.usual).toBeCloseTo(6, 0);
    const silent = told([SALE], 8, (day) => (day > 7.5 && day < 7.52 ? 0 : day >= 7 ? 9 : 3));
    expect(silent.days.some((day) => day > 7.5 && day < 7.53)).toBe(true);
  });
});

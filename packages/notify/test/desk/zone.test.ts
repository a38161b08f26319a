import { expect, it } from 'vitest';
import { isZone, minuteOfDay, nextMinuteOfDay } from '../../src/desk/zone.ts';

const at = (text: string): number => Date.parse(text);
const next = (after: string, clock: string, zone: string): string => {
  const [hour, minute] = clock.split(':').map(Number);
  return new Date(nextMinuteOfDay(at(after), hour! * 60 + minute!, zone)).toISOString();
};

it('reads the clock on the wall', () => {
  expect(minuteOfDay(at('2026-01-15T06:30:00Z'), 'Europe/Berlin')).toBe(7 * 60 + 30);
  expect(minuteOfDay(at('2026-07-15T06:30:00Z'), 'Europe/Berlin')).toBe(8 * 60 + 30);
  expect(minuteOfDay(at('2026-01-15T20:00:00Z'), 'Asia/Kathmandu')).toBe(60 + 45);
  expect(minuteOfDay(at('1969-12-31T23:59:59Z'), 'UTC')).toBe(23 * 60 + 59);
});

it('finds seven in the morning on both sides of summer time', () => {
  expect(next('2026-03-28T12:00:00Z', '07:00', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z');
  expect(next('2026-10-24T12:00:00Z', '07:00', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z');
  expect(next('2026-03-07T20:00:00Z', '07:00', 'America/New_York')).toBe('2026-03-08T11:00:00.000Z');
});

it('never finds the same moment again', () => {
  expect(next('2026-01-15T06:00:00Z', '07:00', 'Europe/Berlin')).toBe('2026-01-16T06:00:00.000Z');
});

it('takes the first of two, and a moment after the gap for one that does not exist', () => {
  // 02:30 is shown twice in Berlin on 25 October, and not at all on 29 March.
  expect(next('2026-10-24T22:00:00Z', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  expect(next('2026-03-28T23:00:00Z', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
});

it('knows half hours of summer time', () => {
  // Lord Howe goes from +10:30 to +11 on 4 October 2026.
  expect(next('2026-10-03T10:00:00Z', '07:00', 'Australia/Lord_Howe')).toBe('2026-10-03T20:00:00.000Z');
});

it('knows zones from other words', () => {
  expect(isZone('Europe/Berlin')).toBe(true);
  expect(isZone('Europe/Atlantis')).toBe(false);
});

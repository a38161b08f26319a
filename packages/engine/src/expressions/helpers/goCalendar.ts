// The calendar Go counts in: proleptic Gregorian, with a year 0.

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysIn(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : DAYS_BEFORE[month]! - DAYS_BEFORE[month - 1]!;
}

/** Counts from 1 January 1970. Date.UTC would take the years 0 to 99 for 1900 to 1999. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  return y * 365 + leapDays + DAYS_BEFORE[month - 1]! + leapDay + day - 1 - 719_162;
}

const DAYS_BEFORE: readonly number[] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

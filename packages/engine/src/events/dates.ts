// Dates as logs write them. The layouts, their order and what happens when none fits are CrowdSec's
// (enrich_date.go); the formats that web servers and syslog write are read by hand, with the same results.

import { formatInstantRfc3339Nano, parseGoInstant, withYear } from '../expressions/helpers/goTime.ts';

export interface ParsedDate {
  /** Milliseconds since the epoch; fractions below a millisecond are kept. */
  readonly ms: number;
  /** As Go marshals it: RFC 3339 with nanoseconds, in the zone it was written in. */
  readonly text: string;
  /** True when the text was no date and this is the current time instead. */
  readonly isNow: boolean;
}

const LAYOUTS = [
  '2006-01-02T15:04:05Z07:00',
  '02/Jan/2006:15:04:05 -0700',
  'Mon Jan 2 15:04:05 2006',
  '02-Jan-2006 15:04:05 europe/paris',
  '01/02/2006 15:04:05',
  '2006-01-02 15:04:05.999999999 -0700 MST',
  'Jan  2 15:04:05',
  'Mon Jan 02 15:04:05.000000 2006',
  '2006/01/02',
  '2006/01/02 15:04',
  '2006-01-02',
  '2006-01-02 15:04',
  '2006/01/02 15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05',
];

/** Longer texts are no dates; the bound keeps the layouts from reading a megabyte each. */
const MAX_LENGTH = 256;
/** Go's zero time, which its engine takes for "no date". */
const ZERO_TIME_MS = -62_135_596_800_000;

export class DateParser {
  readonly #now: () => number;
  #lastText = '';
  #lastFormat = '';
  #last: ParsedDate | undefined;
  // The current year, valid between these instants: syslog's dates have none.
  #yearStartMs = 0;
  #yearEndMs = 0;
  #year = 0;

  /** `now` is the clock in milliseconds: the time of texts that are no date, the year of dates without one. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the date; `format` is a Go layout tried before all others, '' for none. */
  parse(text: string, format: string): ParsedDate {
    const last = this.#last;
    if (last !== undefined && text === this.#lastText && format === this.#lastFormat) return last;
    const date = this.#parse(text, format);
    if (date === undefined) {
      const now = this.#now();
      const seconds = Math.floor(now / 1000);
      const nanoseconds = Math.floor((now - seconds * 1000) * 1e6);
      return { ms: now, text: formatTime(seconds, nanoseconds, 0), isNow: true };
    }
    this.#last = date;
    this.#lastText = text;
    this.#lastFormat = format;
    return date;
  }

  #parse(text: string, format: string): ParsedDate | undefined {
    if (text === '' || text.length > MAX_LENGTH) return undefined;
    const formatted = format === '' ? undefined : this.#parseLayout(format, text);
    if (formatted !== undefined) return formatted;
    const quick = parseAccessLog(text) ?? parseIso(text) ?? this.#parseSyslog(text);
    if (quick !== undefined) return quick;
    for (const layout of LAYOUTS) {
      const date = this.#parseLayout(layout, text);
      if (date !== undefined) return date;
    }
    return parseUnixTime(text);
  }

  #parseLayout(layout: string, text: string): ParsedDate | undefined {
    const instant = parseGoInstant(layout, text);
    if (instant === undefined || instant.ms === ZERO_TIME_MS) return undefined;
    if (Math.abs(instant.offsetSeconds) >= 24 * 3600) return undefined; // Go refuses to marshal these
    const dated = instant.year === 0 ? withYear(instant, this.#currentYear()) : instant;
    return { ms: dated.ms, text: formatInstantRfc3339Nano(dated), isNow: false };
  }

  /** `Jan _2 15:04:05`, in the current year. */
  #parseSyslog(text: string): ParsedDate | undefined {
    if (text.length !== 15 || text[3] !== ' ' || text[6] !== ' ') return undefined;
    if (text[9] !== ':' || text[12] !== ':') return undefined;
    const month = MONTH_NUMBERS.get(text.slice(0, 3));
    const day = text[4] === ' ' ? digit(text, 5) : twoDigits(text, 4);
    const hour = twoDigits(text, 7);
    const minute = twoDigits(text, 10);
    const second = twoDigits(text, 13);
    if (month === undefined || !isValid(0, month, day, hour, minute, second)) return undefined;
    return toDate(Date.UTC(this.#currentYear(), month - 1, day, hour, minute, second) / 1000, 0, 0);
  }

  #currentYear(): number {
    const now = this.#now();
    if (now < this.#yearStartMs || now >= this.#yearEndMs) {
      this.#year = new Date(now).getUTCFullYear();
      this.#yearStartMs = Date.UTC(this.#year, 0, 1);
      this.#yearEndMs = Date.UTC(this.#year + 1, 0, 1);
    }
    return this.#year;
  }
}

// Date.UTC takes the years 0 to 99 for others, so these are left to the layouts.

const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, i) => [name, i + 1]),
);

/** `02/Jan/2006:15:04:05 -0700`: what Apache and nginx write. */
function parseAccessLog(text: string): ParsedDate | undefined {
  if (text.length !== 26 || text[2] !== '/' || text[6] !== '/' || text[11] !== ':') return undefined;
  if (text[14] !== ':' || text[17] !== ':' || text[20] !== ' ') return undefined;
  const month = MONTH_NUMBERS.get(text.slice(3, 6));
  const day = twoDigits(text, 0);
  const year = fourDigits(text, 7);
  const hour = twoDigits(text, 12);
  const minute = twoDigits(text, 15);
  const second = twoDigits(text, 18);
  const offset = offsetOf(text[21]!, twoDigits(text, 22), twoDigits(text, 24));
  if (month === undefined || offset === undefined || year < 100) return undefined;
  if (!isValid(year, month, day, hour, minute, second)) return undefined;
  return toDate(Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset, 0, offset);
}

/** `2006-01-02T15:04:05` with a fraction and a zone, and the variants of it with `/`, with a space, without zone. */
function parseIso(text: string): ParsedDate | undefined {
  const dash = text[4];
  const middle = text[10];
  if (text.length < 19 || text[7] !== dash || text[13] !== ':' || text[16] !== ':') return undefined;
  const hasZone = dash === '-' && middle === 'T';
  if (!hasZone && !(middle === ' ' && (dash === '-' || dash === '/'))) return undefined;
  const year = fourDigits(text, 0);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (year < 100 || !isValid(year, month, day, hour, minute, second)) return undefined;
  const fraction = readFraction(text, 19);
  if (fraction === undefined) return undefined;
  const offset = zoneAt(text, fraction.end, hasZone);
  if (offset === undefined) return undefined;
  return toDate(
    Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset,
    fraction.nanoseconds,
    offset,
  );
}

const NO_FRACTION = { nanoseconds: 0, end: 19 };

function readFraction(text: string, at: number): { nanoseconds: number; end: number } | undefined {
  if (text[at] !== '.') return NO_FRACTION;
  let end = at + 1;
  while (digit(text, end) >= 0) end++;
  if (end === at + 1 || end > at + 10) return undefined;
  return { nanoseconds: Number(text.slice(at + 1, end).padEnd(9, '0')), end };
}

/** The offset written at the end of the text; without one the time is UTC. */
function zoneAt(text: string, at: number, mayHaveZone: boolean): number | undefined {
  if (at === text.length) return 0;
  if (!mayHaveZone) return undefined;
  if (text[at] === 'Z') return at + 1 === text.length ? 0 : undefined;
  if (text.length !== at + 6 || text[at + 3] !== ':') return undefined;
  return offsetOf(text[at]!, twoDigits(text, at + 1), twoDigits(text, at + 4));
}

function offsetOf(sign: string, hours: number, minutes: number): number | undefined {
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  if (sign === '+') return hours * 3600 + minutes * 60;
  return sign === '-' ? -(hours * 3600 + minutes * 60) || 0 : undefined;
}

function isValid(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): boolean {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

function twoDigits(text: string, at: number): number {
  const tens = digit(text, at);
  const ones = digit(text, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

function fourDigits(text: string, at: number): number {
  const high = twoDigits(text, at);
  const low = twoDigits(text, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/** Days in a month of any year; year 0 is a leap year. */
function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Seconds since the epoch, anything after a point ignored, as CrowdSec does. */
function parseUnixTime(text: string): ParsedDate | undefined {
  const match = /^[+-]?(\d{1,12})(?:\..*)?$/s.exec(text);
  if (match === null || text.startsWith('-')) return undefined;
  const seconds = Number(match[1]);
  return seconds <= 0 || seconds > 253_402_300_799 ? undefined : toDate(seconds, 0, 0);
}

function toDate(seconds: number, nanoseconds: number, offsetSeconds: number): ParsedDate {
  return {
    ms: seconds * 1000 + nanoseconds / 1e6,
    text: formatTime(seconds, nanoseconds, offsetSeconds),
    isNow: false,
  };
}

/** RFC 3339 with as many digits of the fraction as there are. */
function formatTime(seconds: number, nanoseconds: number, offsetSeconds: number): string {
  const wall = new Date((seconds + offsetSeconds) * 1000).toISOString().slice(0, 19);
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  if (offsetSeconds === 0) return `${wall}${fraction}Z`;
  const minutes = Math.floor(Math.abs(offsetSeconds) / 60);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const sign = offsetSeconds < 0 ? '-' : '+';
  return `${wall}${fraction}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

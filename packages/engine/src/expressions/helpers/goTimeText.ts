// Instants to text in a Go layout (time.Time.Format).

import { daysSinceEpoch, MONTHS, WEEKDAYS } from './goCalendar.ts';
import { compileLayout, type LayoutElement, type OffsetElement } from './goLayout.ts';

/** An instant with the zone it was written in, which Go keeps and writes back. */
export interface GoInstant {
  /** Milliseconds since the epoch, with a fraction; good to a quarter of a microsecond. */
  readonly ms: number;
  /** The exact nanoseconds within the second, which `ms` cannot hold. */
  readonly nanoseconds: number;
  readonly offsetSeconds: number;
  /** The year in its own zone: 0 when the layout has none. */
  readonly year: number;
}

/**
 * Returns the time in UTC as RFC 3339 with as much of a fraction as it has (Go's RFC3339Nano, MarshalText).
 * Microseconds are the last digits that a number of milliseconds can hold; see formatInstant.
 */
export function formatRfc3339Nano(ms: number): string {
  return formatInstantRfc3339Nano(toInstant(ms));
}

/** Returns the time in UTC as RFC 3339 without a fraction. */
export function formatRfc3339(ms: number): string {
  return formatInstant(toInstant(ms), '2006-01-02T15:04:05Z07:00');
}

/** Returns the instant as RFC 3339 with its exact fraction, in the zone it was written in. */
export function formatInstantRfc3339Nano(instant: GoInstant): string {
  const seconds = wholeSeconds(instant) + instant.offsetSeconds;
  // Dates of four digits are Date's own business, and it is six times as fast.
  if (seconds < YEAR_0_SECONDS || seconds >= YEAR_10000_SECONDS) return formatInstant(instant, RFC3339_NANO);
  const wall = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = instant.nanoseconds === 0 ? '' : `.${pad(instant.nanoseconds, 9)}`.replace(/0{1,8}$/, '');
  return wall + fraction + formatOffset('Z07:00', instant.offsetSeconds);
}

const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';
const YEAR_0_SECONDS = -62_167_219_200;
const YEAR_10000_SECONDS = 253_402_300_800;

/** Returns the time in UTC in a Go layout (time.Time.Format). */
export function formatGoTime(layout: string, ms: number): string {
  return formatInstant(toInstant(ms), layout);
}

/** Returns the seconds since the epoch. In `ms` a fraction of .9999999 may have become a whole second. */
export function wholeSeconds(instant: GoInstant): number {
  return Math.round((instant.ms - instant.nanoseconds / 1e6) / 1000);
}

function toInstant(ms: number): GoInstant {
  const seconds = Math.floor(ms / 1000);
  const microseconds = Math.min(999_999, Math.round((ms - seconds * 1000) * 1000));
  return {
    ms,
    nanoseconds: microseconds * 1000,
    offsetSeconds: 0,
    year: new Date(seconds * 1000).getUTCFullYear(),
  };
}

function formatInstant(instant: GoInstant, layout: string): string {
  const local = new Date((wholeSeconds(instant) + instant.offsetSeconds) * 1000);
  let text = '';
  for (const step of compileLayout(layout)) {
    text += step.kind === 'literal' ? step.text : formatElement(step.element, local, instant, step);
  }
  return text;
}

function formatElement(
  element: LayoutElement,
  local: Date,
  instant: GoInstant,
  fraction: { readonly digits: number; readonly mark: string },
): string {
  const hour = local.getUTCHours();
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (element) {
    case 'year4':
      return padYear(local.getUTCFullYear());
    case 'year2':
      return pad(((local.getUTCFullYear() % 100) + 100) % 100, 2);
    case 'month':
      return String(local.getUTCMonth() + 1);
    case 'month2':
      return pad(local.getUTCMonth() + 1, 2);
    case 'monthShort':
      return MONTHS[local.getUTCMonth()]!.slice(0, 3);
    case 'monthLong':
      return MONTHS[local.getUTCMonth()]!;
    case 'weekdayShort':
      return WEEKDAYS[local.getUTCDay()]!.slice(0, 3);
    case 'weekdayLong':
      return WEEKDAYS[local.getUTCDay()]!;
    case 'day':
      return String(local.getUTCDate());
    case 'dayPadded':
      return String(local.getUTCDate()).padStart(2, ' ');
    case 'day2':
      return pad(local.getUTCDate(), 2);
    case 'yearDayPadded':
      return String(yearDay(local)).padStart(3, ' ');
    case 'yearDay3':
      return pad(yearDay(local), 3);
    case 'hour24':
      return pad(hour, 2);
    case 'hour12':
      return String(hour12);
    case 'hour12x2':
      return pad(hour12, 2);
    case 'minute':
      return String(local.getUTCMinutes());
    case 'minute2':
      return pad(local.getUTCMinutes(), 2);
    case 'second':
      return String(local.getUTCSeconds());
    case 'second2':
      return pad(local.getUTCSeconds(), 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'zone':
      return instant.offsetSeconds === 0 ? 'UTC' : formatOffset('-0700', instant.offsetSeconds);
    case 'fractionFixed':
    case 'fractionLoose': {
      const digits = pad(instant.nanoseconds, 9).slice(0, fraction.digits);
      if (element === 'fractionFixed') return fraction.mark + digits.padEnd(fraction.digits, '0');
      const trimmed = digits.replace(/0+$/, '');
      return trimmed === '' ? '' : fraction.mark + trimmed;
    }
    case '-0700':
    case '-070000':
    case '-07':
    case '-07:00':
    case '-07:00:00':
    case 'Z0700':
    case 'Z070000':
    case 'Z07':
    case 'Z07:00':
    case 'Z07:00:00':
      return formatOffset(element, instant.offsetSeconds);
  }
}

function formatOffset(element: OffsetElement, offsetSeconds: number): string {
  if (element[0] === 'Z' && offsetSeconds === 0) return 'Z';
  const total = Math.abs(offsetSeconds);
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60].map((part) =>
    pad(part, 2),
  );
  const count = element.replaceAll(/\D/g, '').length / 2;
  return (offsetSeconds < 0 ? '-' : '+') + parts.slice(0, count).join(element.includes(':') ? ':' : '');
}

function yearDay(local: Date): number {
  const days = daysSinceEpoch(local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate());
  return days - daysSinceEpoch(local.getUTCFullYear(), 1, 1) + 1;
}

function padYear(year: number): string {
  return year < 0 ? `-${pad(-year, 4)}` : pad(year, 4);
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

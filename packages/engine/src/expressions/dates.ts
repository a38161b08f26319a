// The builtin `date`: text to a time, by a Go layout or by the seven layouts that are tried without one.

import { EvaluationError } from './errors.ts';
import type { Location } from './times.ts';
import { GoTime } from './value.ts';

const LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

export function dateFrom(
  text: string,
  layout: string | undefined,
  location: Location | undefined,
  at: number,
): GoTime {
  for (const candidate of layout === undefined ? LAYOUTS : [layout]) {
    const time = parseByLayout(text, candidate, location);
    if (time !== undefined) return time;
  }
  throw new EvaluationError(
    layout === undefined ? `invalid date ${text}` : `'${text}' is no date of layout '${layout}'`,
    at,
  );
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
  isAfternoon: boolean | undefined;
  zoneMinutes: number | undefined;
}

type Reader = readonly [pattern: string, read: (fields: Fields, text: string) => void];

const MONTH_NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthOf = (fields: Fields, text: string): void => {
  fields.month = MONTH_NAMES.indexOf(text.slice(0, 3).toLowerCase()) + 1;
};
const ignore = (): void => undefined;
const zone = (fields: Fields, text: string): void => {
  const match = /^([+-])(\d\d):?(\d\d)?/.exec(text);
  const minutes = match === null ? 0 : Number(match[2]) * 60 + Number(match[3] ?? 0);
  fields.zoneMinutes = match?.[1] === '-' ? -minutes : minutes;
};
const MONTHS_LONG = 'January|February|March|April|May|June|July|August|September|October|November|December';
const DAYS_LONG = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday';
const SHORT_MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';

/** The elements of a layout, longest first where one begins like another. */
const ELEMENTS: readonly (readonly [element: string, ...reader: Reader])[] = [
  ['January', MONTHS_LONG, monthOf],
  ['Jan', SHORT_MONTHS, monthOf],
  ['Monday', DAYS_LONG, ignore],
  ['Mon', 'Mon|Tue|Wed|Thu|Fri|Sat|Sun', ignore],
  ['MST', '[A-Z]{3,4}', ignore],
  ['2006', '\\d{4}', (fields, text) => (fields.year = Number(text))],
  ['Z07:00', 'Z|[+-]\\d\\d:\\d\\d', zone],
  ['Z0700', 'Z|[+-]\\d{4}', zone],
  ['-07:00', '[+-]\\d\\d:\\d\\d', zone],
  ['-0700', '[+-]\\d{4}', zone],
  ['-07', '[+-]\\d\\d', zone],
  ['01', '\\d\\d', (fields, text) => (fields.month = Number(text))],
  ['02', '\\d\\d', (fields, text) => (fields.day = Number(text))],
  ['03', '\\d\\d', (fields, text) => (fields.hour = Number(text))],
  ['04', '\\d\\d', (fields, text) => (fields.minute = Number(text))],
  ['05', '\\d\\d(?:[.,]\\d+)?', seconds],
  ['06', '\\d\\d', (fields, text) => (fields.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000))],
  ['15', '\\d\\d', (fields, text) => (fields.hour = Number(text))],
  ['PM', 'AM|PM', (fields, text) => (fields.isAfternoon = text.toUpperCase() === 'PM')],
  ['_2', ' ?\\d{1,2}', (fields, text) => (fields.day = Number(text))],
  ['1', '\\d{1,2}', (fields, text) => (fields.month = Number(text))],
  ['2', '\\d{1,2}', (fields, text) => (fields.day = Number(text))],
  ['3', '\\d{1,2}', (fields, text) => (fields.hour = Number(text))],
  ['4', '\\d{1,2}', (fields, text) => (fields.minute = Number(text))],
  ['5', '\\d{1,2}(?:[.,]\\d+)?', seconds],
];

function seconds(fields: Fields, text: string): void {
  fields.second = parseInt(text, 10);
  fields.fraction = Number(`0.${text.slice(text.search(/[.,]/) + 1)}`);
  if (!/[.,]/.test(text)) fields.fraction = 0;
}

function parseByLayout(text: string, layout: string, location: Location | undefined): GoTime | undefined {
  const readers: ((fields: Fields, text: string) => void)[] = [];
  let pattern = '';
  for (let at = 0; at < layout.length;) {
    const element = ELEMENTS.find(([name]) => layout.startsWith(name, at));
    // A fraction in the layout (`.000`) is read with the seconds before it.
    const fraction = /^[.,](?:0+|9+)(?!\d)/.exec(layout.slice(at));
    if (element !== undefined) {
      pattern += `(${element[1]})`;
      readers.push(element[2]);
      at += element[0].length;
    } else if (fraction !== null && pattern.endsWith('(?:[.,]\\d+)?)')) {
      at += fraction[0].length;
    } else {
      pattern += layout[at]!.replace(/[^a-zA-Z0-9]/, '\\$&');
      at++;
    }
  }
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (match === null) return undefined;
  // Missing fields are those of Go's zero date, January 1 of the year 0.
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: 0,
    isAfternoon: undefined,
    zoneMinutes: undefined,
  };
  readers.forEach((read, i) => read(fields, match[i + 1]!));
  return timeOf(fields, location);
}

function timeOf(fields: Fields, location: Location | undefined): GoTime | undefined {
  const { year, month, day, minute, second, fraction, isAfternoon, zoneMinutes } = fields;
  const hour = isAfternoon === undefined ? fields.hour : (fields.hour % 12) + (isAfternoon ? 12 : 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || hour > 23 || minute > 59 || second > 59) return undefined;
  const local = date.getTime() + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction * 1000;
  if (zoneMinutes !== undefined) return new GoTime(local - zoneMinutes * 60_000);
  if (location === undefined) return new GoTime(local);
  const guess = local - location.offsetMinutes(local) * 60_000;
  return new GoTime(local - location.offsetMinutes(guess) * 60_000);
}

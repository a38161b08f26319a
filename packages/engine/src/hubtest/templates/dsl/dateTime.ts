// Times as templates write them: `%Y-%M-%D %H:%m:%S`, or a Go layout such as `02-01-2006 15:04`. In UTC.

import { MONTHS, WEEKDAYS } from '../../../expressions/helpers/goCalendar.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Returns the time in the format; characters without a meaning stay. */
export function formatTime(format: string, time: Date): string {
  return /%[A-Za-z]/.test(format) ? bySigns(format, time) : byLayout(format, time);
}

function bySigns(format: string, time: Date): string {
  const signs: Readonly<Record<string, string>> = {
    Y: String(time.getUTCFullYear()),
    M: two(time.getUTCMonth() + 1),
    D: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    m: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
  };
  return format.replace(/%([A-Za-z])/g, (written, sign: string) => signs[sign] ?? written);
}

function byLayout(layout: string, time: Date): string {
  const hours = time.getUTCHours();
  const words: Readonly<Record<string, string>> = {
    '2006': String(time.getUTCFullYear()),
    '06': two(time.getUTCFullYear() % 100),
    January: MONTHS[time.getUTCMonth()]!,
    Jan: MONTHS[time.getUTCMonth()]!.slice(0, 3),
    '01': two(time.getUTCMonth() + 1),
    Monday: WEEKDAYS[time.getUTCDay()]!,
    Mon: WEEKDAYS[time.getUTCDay()]!.slice(0, 3),
    '02': two(time.getUTCDate()),
    '15': two(hours),
    '03': two(hours % 12 || 12),
    '04': two(time.getUTCMinutes()),
    '05': two(time.getUTCSeconds()),
    PM: hours < 12 ? 'AM' : 'PM',
    MST: 'UTC',
    'Z07:00': 'Z',
    '-0700': '+0000',
  };
  return layout.replace(
    /2006|January|Jan|Monday|Mon|MST|PM|Z07:00|-0700|0[1-6]|15/g,
    (word) => words[word] ?? word,
  );
}

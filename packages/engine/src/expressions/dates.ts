// The builtin `date`: text to a time, by a Go layout or by the seven layouts that are tried without one.

import { EvaluationError } from './errors.ts';
import { parseGoTime } from './helpers/goTime.ts';
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

/** Returns the time in the layout, or in the first that fits; without a zone in it, it is in the location. */
export function dateFrom(
  text: string,
  layout: string | undefined,
  location: Location | undefined,
  at: number,
): GoTime {
  for (const candidate of layout === undefined ? LAYOUTS : [layout]) {
    const ms = parseGoTime(candidate, text);
    if (ms === undefined) continue;
    if (location === undefined || /MST|[Z-]07/.test(candidate)) return new GoTime(ms);
    // Where the clock is put forward or back, the offset before the change decides.
    const guess = ms - location.offsetMinutes(ms) * 60_000;
    return new GoTime(ms - location.offsetMinutes(guess) * 60_000);
  }
  const message =
    layout === undefined ? `invalid date ${text}` : `'${text}' is no date of the layout '${layout}'`;
  throw new EvaluationError(message, at);
}

// Lengths of time on the command line: Go's (`4h`, `1h30m`) and days and weeks (`7d`, `2w`), which Go lacks.
import { parseDuration } from '@parapet/kinds';
import { UsageError } from './run-verb.ts';

const LONGEST_MS = 100 * 365 * 86_400_000;

/** Returns the length of time in milliseconds, or undefined when the text is none or it is not positive. */
export function parsePeriod(text: string): number | undefined {
  const match = /^(?:(\d+)w)?(?:(\d+)d)?(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, weeks = '', days = '', rest = ''] = match;
  const restMs = rest === '' && weeks + days !== '' ? 0 : parseDuration(rest);
  if (restMs === undefined) return undefined;
  const ms = (Number(weeks) * 7 + Number(days)) * 86_400_000 + restMs;
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}

/** Returns the length of time an option gives; throws a UsageError that names the option. */
export function periodOption(option: string, text: string): number {
  const ms = parsePeriod(text);
  if (ms !== undefined) return ms;
  throw new UsageError(
    'E_CLI_PERIOD',
    `${option} ${text} is no length of time`,
    'Write it like 30m, 4h, 7d or 1h30m; the longest is 100 years.',
  );
}

/** Returns a moment from an option: a date, or a length of time before now. */
export function momentOption(option: string, text: string, now: Date): Date {
  const ms = parsePeriod(text);
  if (ms !== undefined) return new Date(now.getTime() - ms);
  const moment = new Date(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(
    'E_CLI_MOMENT',
    `${option} ${text} is no time`,
    'Write how long ago it was (24h, 7d) or a date (2026-03-01 or 2026-03-01T12:00Z).',
  );
}

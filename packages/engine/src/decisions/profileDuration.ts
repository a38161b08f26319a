// Durations in profiles: Go's, and days (`7d`, `1d12h`), which CrowdSec allows there.

import { parseDuration } from '@parapet/kinds';

const DAY_MS = 86_400_000;

/** Returns milliseconds, or undefined when the text is no duration. */
export function parseProfileDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)d(.*)$/.exec(text);
  if (match === null) return parseDuration(text);
  const days = Number(match[1]) * DAY_MS;
  if (match[2] === '') return days;
  const rest = /^[+-]/.test(match[2]!) ? undefined : parseDuration(match[2]!);
  return rest === undefined ? undefined : days + rest;
}

// When something ends, for people: how long it still takes, and the moment in UTC.

import type { Language } from './reader.ts';
import { fill, wordsOf } from './words/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_MS = 10 * 365 * DAY_MS;
// Later years do not fit the text of a date.
const LAST_MS = Date.UTC(9999, 11, 31);

const formats = new Map<Language, Intl.RelativeTimeFormat>();
// Formatting takes microseconds; within a minute the same few ends are asked for again and again.
const MOST_REMEMBERED = 4096;
const remembered = new Map<string, Buffer>();

/** Returns "in 3 hours (2026-11-22 17:40 UTC)" in the language, as UTF-8. It holds nothing that HTML minds. */
export function endOf(expiresAtMs: number, nowMs: number, language: Language): Buffer {
  const minutes = Math.max(1, Math.ceil((expiresAtMs - nowMs) / MINUTE_MS));
  const key = `${language} ${Math.ceil(expiresAtMs / MINUTE_MS)} ${minutes}`;
  let end = remembered.get(key);
  if (end === undefined) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    end = Buffer.from(describe(expiresAtMs, minutes * MINUTE_MS, language));
    remembered.set(key, end);
  }
  return end;
}

function describe(expiresAtMs: number, leftMs: number, language: Language): string {
  const { block } = wordsOf(language);
  // Whoever decides for decades means: until further notice.
  if (!(expiresAtMs > 0) || leftMs > LONGEST_MS) return block.endsUnknown;
  return fill(block.ends, { in: relative(leftMs, language), at: utcMinute(expiresAtMs) });
}

function relative(leftMs: number, language: Language): string {
  let format = formats.get(language);
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
    formats.set(language, format);
  }
  if (leftMs < 2 * HOUR_MS) return format.format(Math.ceil(leftMs / MINUTE_MS), 'minute');
  if (leftMs < 2 * DAY_MS) return format.format(Math.round(leftMs / HOUR_MS), 'hour');
  return format.format(Math.round(leftMs / DAY_MS), 'day');
}

/** Returns the moment as a JSON string, `null` when nobody knows it. */
export function jsonTime(atMs: number): Buffer {
  return Buffer.from(!(atMs > 0) ? 'null' : `"${new Date(Math.min(atMs, LAST_MS)).toISOString()}"`);
}

/** Rounded up to the minute, so that nobody comes too early. */
function utcMinute(atMs: number): string {
  const rounded = Math.min(Math.ceil(atMs / MINUTE_MS) * MINUTE_MS, LAST_MS);
  return `${new Date(rounded).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

// When something ends, for people: how long it still takes, and the moment in UTC.

import type { Language } from './reader.ts';
import { bytesOf } from './template.ts';
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
const remembered = new Map<Language, Map<number, string>>();
let rememberedMinute = 0;

/** Returns "in 3 hours (2026-11-22 17:40 UTC)" in the language, one character a byte of UTF-8. HTML minds none of it. */
export function endOf(expiresAtMs: number, nowMs: number, language: Language): string {
  const minute = Math.floor(nowMs / MINUTE_MS);
  if (minute !== rememberedMinute) {
    remembered.clear();
    rememberedMinute = minute;
  }
  let ends = remembered.get(language);
  if (ends === undefined || ends.size >= MOST_REMEMBERED) {
    ends = new Map();
    remembered.set(language, ends);
  }
  const expiresMinute = Math.ceil(expiresAtMs / MINUTE_MS);
  let end = ends.get(expiresMinute);
  if (end === undefined) {
    end = bytesOf(describe(expiresAtMs, Math.max(1, expiresMinute - minute) * MINUTE_MS, language));
    ends.set(expiresMinute, end);
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
export function jsonTime(atMs: number): string {
  return atMs > 0 ? `"${new Date(Math.min(atMs, LAST_MS)).toISOString()}"` : 'null';
}

/** Rounded up to the minute, so that nobody comes too early. */
function utcMinute(atMs: number): string {
  const rounded = Math.min(Math.ceil(atMs / MINUTE_MS) * MINUTE_MS, LAST_MS);
  // Not to be broken across lines.
  return `${new Date(rounded).toISOString().slice(0, 16).replace('T', '\u00a0')}\u00a0UTC`;
}

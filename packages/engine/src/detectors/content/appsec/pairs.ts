// `name=value&…` as Coraza reads it, in a query and in a form; and cookies.

import { unescapeUrl } from './bytes.ts';

/** One value of a zone and its name, which is empty where the zone has one value only. */
export interface Entry {
  readonly name: string;
  readonly value: string;
}

/** As many as Coraza keeps by default. */
const MAX_PAIRS = 1000;

/** Pairs between `&`, percent and plus undone in names and values. */
export function readPairs(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  let start = 0;
  while (start < text.length && entries.length < MAX_PAIRS) {
    const next = text.indexOf('&', start);
    const end = next < 0 ? text.length : next;
    if (end > start) {
      const equals = text.indexOf('=', start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      entries.push({
        name: unescapeUrl(text.slice(start, nameEnd), true),
        value: nameEnd === end ? '' : unescapeUrl(text.slice(nameEnd + 1, end), true),
      });
    }
    start = end + 1;
  }
  return entries;
}

/** Cookies of one header, their values as they stand; one without a name is passed over. */
export function readCookies(header: string): readonly Entry[] {
  const entries: Entry[] = [];
  let start = 0;
  while (start < header.length && entries.length < MAX_PAIRS) {
    const next = header.indexOf(';', start);
    const end = next < 0 ? header.length : next;
    const part = header.slice(start, end).trim();
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    if (name !== '') entries.push({ name, value: equals < 0 ? '' : part.slice(equals + 1) });
    start = end + 1;
  }
  return entries;
}

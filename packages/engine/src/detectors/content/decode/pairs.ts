// Queries and forms as PHP reads them (main/php_variables.c): split at `&`, `+` is a blank, names mangled. PHP keeps
// the last of two parameters with one name; other software keeps the first, so both are read here.

import type { Placement } from '@parapet/kinds';
import type { Fields } from './fields.ts';
import type { PercentDecoder } from './percent.ts';
import { phpName } from './phpNames.ts';
import { SeenTexts } from './seenTexts.ts';

const LONGEST_NAME = 256;
/** What stands between two values is no part of either. */
const PLAIN_NAME = /&(?:[\w.[\]-]|%5[BD]){1,64}=/gi;

/** Adds every pair of `raw` from `start`; names are prefixed by `prefix` when these are pairs inside another value. */
export function readPairs(
  fields: Fields,
  placement: Placement,
  raw: string,
  start: number,
  prefix = '',
): void {
  const { collector, decoder } = fields;
  let at = start;
  // Searched once for each that there is, so that pairs without one cost no more than others.
  let nextEquals = start - 1;
  const seen = new SeenTexts(raw);
  while (at < raw.length) {
    if (collector.isFull()) {
      const rest = raw.slice(at).replace(PLAIN_NAME, '\n');
      collector.addRest(placement, decoder.decode(rest, 0, rest.length, true));
      return;
    }
    let end = raw.indexOf('&', at);
    if (end < 0) end = raw.length;
    if (end > at && seen.isNew(at, end)) {
      if (nextEquals < at) {
        nextEquals = raw.indexOf('=', at);
        if (nextEquals < 0) nextEquals = raw.length;
      }
      const equals = Math.min(nextEquals, end);
      const rawName = decoder.decode(raw, at, equals, true);
      const lenientName = decoder.isOverlong ? decoder.lenient() : undefined;
      const name = prefix + phpName(rawName);
      // What stands alone may be the whole of what is sent.
      if (equals === end && rawName.includes(' ')) collector.add('name', name, rawName, 'text', lenientName);
      else if (lenientName === undefined) collector.addName(name, rawName);
      else collector.add('name', name, rawName, 'text', lenientName);
      const value = equals < end ? decoder.decode(raw, equals + 1, end, true) : '';
      const lenient = equals < end && decoder.isOverlong ? decoder.lenient() : undefined;
      if (value !== '') fields.add(placement, name, value, lenient);
    }
    at = end + 1;
  }
}

/** The value of Drupal's `form_id` in a form that is urlencoded; empty when there is none. */
export function formIdOf(raw: string, decoder: PercentDecoder): string {
  let at = raw.indexOf('form_id=');
  while (at > 0 && raw.charCodeAt(at - 1) !== 0x26) at = raw.indexOf('form_id=', at + 1);
  if (at < 0) return '';
  const end = raw.indexOf('&', at);
  return decoder.decode(raw, at + 8, end < 0 ? raw.length : end, true);
}

/** The names of the texts of a form that a text format is chosen for, e.g. `body[0]`. */
export function richTextOf(raw: string, decoder: PercentDecoder): string[] {
  const found: string[] = [];
  for (const ending of ['%5Bformat%5D=', '[format]=']) {
    for (let at = raw.indexOf(ending); at >= 0 && found.length < 64; at = raw.indexOf(ending, at + 1)) {
      const before = raw.slice(Math.max(0, at - LONGEST_NAME), at);
      const start = at - before.length + before.lastIndexOf('&') + 1;
      found.push(phpName(decoder.decode(raw, start, at, true)));
    }
  }
  return found;
}

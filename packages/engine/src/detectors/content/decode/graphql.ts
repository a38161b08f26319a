// GraphQL sources (spec of October 2021, section 2): the strings in them, each by the argument that it is given to.
// Variables come as JSON and are read as that.

import type { Placement } from '@parapet/kinds';

const MAX_STRINGS = 256;
/** Escapes are undone up to here; what follows is shown as it is. */
const LONGEST_UNESCAPED = 65_536;

/** What takes the strings of a document. */
export interface GraphqlSink {
  add(placement: Placement, name: string, value: string): void;
}

/** Whether the text could be a GraphQL document: begins with an operation or a selection, and ends one. */
export function looksLikeGraphql(text: string): boolean {
  return (
    /^\s{0,64}(?:\{|(?:query|mutation|subscription|fragment)\b)/.test(text) &&
    text.includes('{') &&
    text.trimEnd().endsWith('}')
  );
}

/** Adds the strings of a GraphQL document; names begin with `prefix`. */
export function readGraphql(sink: GraphqlSink, text: string, prefix: string): void {
  let argument = '';
  let word = '';
  let strings = 0;
  for (let at = 0; at < text.length && strings < MAX_STRINGS;) {
    const code = text.charCodeAt(at);
    if (isNameChar(code)) {
      const start = at;
      while (at < text.length && isNameChar(text.charCodeAt(at))) at++;
      word = text.slice(start, at);
      continue;
    }
    if (code === 0x3a) argument = word.slice(0, 128);
    if (code === 0x22) {
      const isBlock = text.startsWith('"""', at);
      const end = isBlock ? text.indexOf('"""', at + 3) : stringEnd(text, at + 1);
      const stop = end < 0 ? text.length : end;
      const value = text.slice(at + (isBlock ? 3 : 1), stop);
      if (value !== '') sink.add('graphql', `${prefix}:${argument}`, isBlock ? value : unescaped(value));
      strings++;
      at = stop + (isBlock ? 3 : 1);
      continue;
    }
    // A comment is not sent to anybody.
    if (code === 0x23) {
      const lf = text.indexOf('\n', at);
      if (lf < 0) break;
      at = lf;
    }
    at++;
  }
}

function stringEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unescaped(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = text.indexOf('\\'); at >= 0 && at < LONGEST_UNESCAPED; at = text.indexOf('\\', copied)) {
    const escape = text.charAt(at + 1);
    const isUnicode = escape === 'u' && at + 6 <= text.length;
    const unit = isUnicode ? Number.parseInt(text.slice(at + 2, at + 6), 16) : Number.NaN;
    out +=
      text.slice(copied, at) + (Number.isNaN(unit) ? (ESCAPES[escape] ?? escape) : String.fromCharCode(unit));
    copied = at + (Number.isNaN(unit) ? 2 : 6);
  }
  return out + text.slice(copied);
}

function isNameChar(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f || (code >= 0x30 && code <= 0x39);
}

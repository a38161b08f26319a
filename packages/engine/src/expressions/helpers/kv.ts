// Helpers that read `key=value key2="other value"`. They write into the map they are given (evt.Unmarshaled),
// under one key, and answer nil.

import { EvaluationError } from '../errors.ts';
import type { Value } from '../value.ts';
import { impure, map, text, type HelperTable } from './define.ts';
import { StringMap } from './maps.ts';
import { trimSpace } from './unicode.ts';

export const kvHelpers: HelperTable = {
  ParseKV: impure((args) => {
    const pairs = readPairs(text(args, 0));
    if (pairs.length === 0) throw new EvaluationError('the text holds no key=value pair');
    return store(pairs, args);
  }, 3),
  ParseKVLax: impure((args) => {
    const pairs = readPairsLax(text(args, 0));
    const outcome = store(pairs, args); // the map is made even when nothing goes into it
    if (pairs.length === 0) throw new EvaluationError('the text holds no key=value pair');
    return outcome;
  }, 3),
};

type Pair = readonly [key: string, value: string];

function store(pairs: readonly Pair[], args: readonly Value[]): Value {
  const [target, prefix] = [map(args, 1), text(args, 2)];
  let into = target.has(prefix) ? target.get(prefix) : undefined;
  if (into === undefined) target.set(prefix, (into = new StringMap()));
  if (!(into instanceof StringMap))
    throw new EvaluationError(`'${prefix}' is there already and holds no strings`);
  for (const [key, value] of pairs) into.set(key, value);
  return null;
}

// A key is anything without `=` and space. A value is quoted (escapes stay as they are) or one word without `=`;
// anything else, such as an open quote before a `=`, is an empty value.
function readPairs(line: string): Pair[] {
  const pairs: Pair[] = [];
  let i = 0;
  while (i < line.length) {
    const equals = line.indexOf('=', i);
    if (equals < 0) break;
    const start = startOfWord(line, equals, i);
    i = equals + 1;
    if (start === equals) continue;
    const key = line.slice(start, equals);
    const closing = line[i] === '"' ? closingQuote(line, i) : -1;
    if (closing >= 0) {
      pairs.push([key, line.slice(i + 1, closing)]);
      i = closing + 1;
      continue;
    }
    const end = endOfWord(line, i);
    pairs.push([key, line.slice(i, end)]);
    i = end === i ? skipSpaces(line, i) : end;
  }
  return pairs;
}

// ASCII white space, as \s in RE2.
function isWordEnd(code: number): boolean {
  return code === 61 || code === 32 || (code >= 9 && code <= 13 && code !== 11);
}

function startOfWord(line: string, end: number, from: number): number {
  let start = end;
  while (start > from && !isWordEnd(line.charCodeAt(start - 1))) start--;
  return start;
}

function endOfWord(line: string, from: number): number {
  let end = from;
  while (end < line.length && !isWordEnd(line.charCodeAt(end))) end++;
  return end;
}

function skipSpaces(line: string, from: number): number {
  let end = from;
  while (end < line.length && line[end] !== '=' && isWordEnd(line.charCodeAt(end))) end++;
  return end;
}

// A backslash takes the next character with it, but no line end (`.` in RE2).
function closingQuote(line: string, open: number): number {
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === '"') return i;
    if (line[i] === '\\' && (i + 1 === line.length || line[++i] === '\n')) return -1;
  }
  return -1;
}

// A value goes on to the next `key=` outside quotes, so it may hold spaces.
function readPairsLax(line: string): Pair[] {
  const keys: { readonly key: string; readonly start: number; readonly valueStart: number }[] = [];
  const quotes = new QuoteScan(line);
  let i = 0;
  for (let equals = line.indexOf('='); equals >= 0; equals = line.indexOf('=', i)) {
    const start = startOfKeyLax(line, equals, i);
    i = equals + 1;
    if (start === equals || quotes.isInside(start)) continue;
    keys.push({ key: line.slice(start, equals), start, valueStart: i });
  }
  return keys.map(({ key, valueStart }, i) => [
    key,
    unquoteLax(trimSpace(line.slice(valueStart, keys[i + 1]?.start ?? line.length))),
  ]);
}

// A key has letters, digits, `_`, `.` and `-` and begins with a letter or `_`.
function startOfKeyLax(line: string, end: number, from: number): number {
  let start = end;
  while (start > from && /[a-zA-Z0-9_.-]/.test(line[start - 1]!)) start--;
  while (start < end && !/[a-zA-Z_]/.test(line[start]!)) start++;
  return start;
}

// Whether an offset is inside quotes, for growing offsets, in one pass.
class QuoteScan {
  readonly #line: string;
  #at = 0;
  #isInside = false;
  #isEscaped = false;
  constructor(line: string) {
    this.#line = line;
  }
  isInside(offset: number): boolean {
    for (; this.#at <= offset; this.#at++) {
      const letter = this.#line[this.#at];
      if (letter === '"' && !this.#isEscaped) this.#isInside = !this.#isInside;
      this.#isEscaped = letter === '\\' && !this.#isEscaped;
    }
    return this.#isInside;
  }
}

function unquoteLax(value: string): string {
  if (!value.startsWith('"')) return value;
  if (value.length < 2 || !value.endsWith('"')) return value.slice(1);
  return value.slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\\"', '"');
}

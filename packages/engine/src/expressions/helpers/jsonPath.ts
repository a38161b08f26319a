// Finds a value in JSON text by a path without reading the whole text as JSON: what comes after the value may be
// broken or cut off, which is how long log lines often arrive. The rules are those of the Go library jsonparser,
// on which JsonExtract stands in the reference, with its leniency (it never looks at commas) and its oddities
// (once a key of the path has been met, an array index may be taken from a later sibling).

import { toWellFormed } from './unicode.ts';

export type JsonKind = 'string' | 'number' | 'object' | 'array' | 'boolean' | 'null';

export interface JsonPiece {
  /** The value as written; a string without its quotes, its escapes untouched. */
  readonly text: string;
  readonly kind: JsonKind;
}

/** Returns the value at the path of keys and `[index]` steps, or undefined when there is none. */
export function findJson(json: string, path: readonly string[]): JsonPiece | undefined {
  const at = path.length === 0 ? 0 : findValue(json, 0, json.length, path);
  return at < 0 ? undefined : readValue(json, at, json.length)?.piece;
}

/** Returns the keys of a dotted path: `a.b[0].c` is a, b, [0], c. */
export function splitJsonPath(path: string): readonly string[] {
  return (path.startsWith('[') ? path : path.replaceAll('[', '.[')).split('.');
}

/** Returns the text of a JSON string with its escapes resolved, or undefined when one of them is none. */
export function unescapeJson(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw;
  let isValid = true;
  const plain = raw.replaceAll(/\\(?:u([\da-fA-F]{4})|([^])|$)/g, (_, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const meant = letter === undefined ? undefined : ESCAPES[letter];
    isValid &&= meant !== undefined;
    return meant ?? '';
  });
  return isValid ? toWellFormed(plain) : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

// The offset just after the colon (or at the array element) that the path leads to, or -1.
function findValue(json: string, from: number, to: number, path: readonly string[]): number {
  let depth = 0; // objects entered
  let found = 0; // keys of the path met, one below the other
  let isOnPath = true; // whether the last key was one of the path: only then is its object entered
  for (let i = from; i < to; i++) {
    switch (json.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(json, i, to);
        const next = end < 0 ? -1 : skipSpace(json, end, to);
        if (next < 0) return -1;
        if (json.charCodeAt(next) !== COLON) {
          i = next - 1;
          break;
        }
        if (depth < 1 || depth > path.length) return -1;
        const key = unescapeJson(json.slice(i + 1, end - 1));
        if (key === undefined) return -1;
        isOnPath = key === path[depth - 1];
        if (isOnPath && found === depth - 1) {
          found++;
          if (found === path.length) return next + 1;
        }
        i = next;
        break;
      }
      case OPEN_OBJECT: {
        if (isOnPath) {
          depth++;
          break;
        }
        const end = endOfBlock(json, i, to);
        if (end < 0) return -1;
        i = end - 1;
        break;
      }
      case CLOSE_OBJECT:
        depth--;
        if (depth === found) found--;
        break;
      case OPEN_ARRAY: {
        const step = found === depth ? path[depth] : undefined;
        if (step?.startsWith('[')) return findElement(json, i, to, step, path.slice(depth + 1));
        const end = endOfBlock(json, i, to);
        if (end < 0) return -1;
        i = end - 1;
        break;
      }
      case COLON:
        return -1;
    }
  }
  return -1;
}

function findElement(json: string, from: number, to: number, step: string, rest: readonly string[]): number {
  const wanted = /^\[[+-]?\d+\]$/.test(step) ? Number(step.slice(1, -1)) : -1;
  if (wanted < 0) return -1;
  let at = from + 1;
  for (let index = 0; ; index++) {
    const element = readValue(json, at, to);
    if (element === undefined) return -1;
    if (index === wanted) {
      return rest.length === 0 ? element.start : findValue(json, element.start, element.end, rest);
    }
    const next = skipSpace(json, element.end, to);
    if (next < 0 || json[next] !== ',') return -1;
    at = next + 1;
  }
}

interface ReadValue {
  readonly piece: JsonPiece;
  readonly start: number;
  readonly end: number;
}

function readValue(json: string, from: number, to: number): ReadValue | undefined {
  const start = skipSpace(json, from, to);
  if (start < 0) return undefined;
  switch (json.charCodeAt(start)) {
    case QUOTE: {
      const end = endOfString(json, start, to);
      return end < 0
        ? undefined
        : { piece: { text: json.slice(start + 1, end - 1), kind: 'string' }, start, end };
    }
    case OPEN_ARRAY:
    case OPEN_OBJECT: {
      const end = endOfBlock(json, start, to);
      const kind = json.charCodeAt(start) === OPEN_ARRAY ? 'array' : 'object';
      return end < 0 ? undefined : { piece: { text: json.slice(start, end), kind }, start, end };
    }
  }
  let end = start;
  while (end < to && !END_OF_TOKEN.includes(json[end]!)) end++;
  const text = json.slice(start, end);
  const kind = kindOfToken(text);
  return kind === undefined ? undefined : { piece: { text, kind }, start, end };
}

const END_OF_TOKEN = ' \n\r\t,}]';

// Whatever starts like a number passes for one.
function kindOfToken(text: string): JsonKind | undefined {
  if (text === 'true' || text === 'false') return 'boolean';
  if (text === 'null') return 'null';
  return /^[\d-]/.test(text) ? 'number' : undefined;
}

function skipSpace(json: string, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const code = json.charCodeAt(i);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return i;
  }
  return -1;
}

// The offset after the closing quote of the string that starts at `from`, or -1.
function endOfString(json: string, from: number, to: number): number {
  for (let i = from + 1; i < to; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
  }
  return -1;
}

// The offset after the bracket that closes the one at `from`, or -1. Brackets of the other kind do not count.
function endOfBlock(json: string, from: number, to: number): number {
  const open = json.charCodeAt(from);
  const close = open === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT;
  let depth = 0;
  for (let i = from; i < to; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(json, i, to);
      if (end < 0) return -1;
      i = end - 1;
    } else if (code === open) {
      depth++;
    } else if (code === close && --depth === 0) {
      return i + 1;
    }
  }
  return -1;
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

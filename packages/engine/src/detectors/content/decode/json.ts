// JSON in one pass: every string with the pointer to it (RFC 6901), names when they are unusual, keys given twice. It
// reads on where a strict parser stops, as what follows may still reach one that is careless; the answer says whether
// the text was JSON.

import type { Collector } from './collector.ts';
import { hexValue } from './percent.ts';
import { isUnusualName } from './traits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** PHP reads no deeper; nothing that people use nests a tenth of that. */
const DEEPEST = 512;
const DEEP = 64;
/** Numbers and words are worth nothing to an attack; a few are kept for what is normal for the site. */
const MAX_SCALARS = 64;

const LONGEST_SCALAR = 64;
const SCALAR = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
};

/** What takes the strings of a JSON text. */
export interface JsonSink {
  readonly collector: Collector;
  addText(name: string, value: string, nesting: number): void;
}

interface Level {
  readonly pointer: string;
  readonly isObject: boolean;
  keys: string[] | Set<string>;
  index: number;
}

/** Adds what the text holds; false when it is not JSON. Names begin with `prefix`. */
export function readJsonText(sink: JsonSink, text: string, prefix: string, nesting = 0): boolean {
  return new JsonReader(sink, text, prefix, nesting).read();
}

class JsonReader {
  readonly #sink: JsonSink;
  readonly #text: string;
  readonly #nesting: number;
  readonly #prefix: string;
  #at = 0;
  #nextBackslash: number;
  #scalars = 0;
  #isValid = true;
  #isDuplicateNoted = false;
  #pointer = '';

  constructor(sink: JsonSink, text: string, prefix: string, nesting: number) {
    this.#sink = sink;
    this.#text = text;
    this.#prefix = prefix;
    this.#nesting = nesting;
    this.#nextBackslash = text.indexOf('\\');
  }

  // A state machine rather than recursion, so that depth costs no stack. `expectsValue` is whether a value must follow.
  read(): boolean {
    const text = this.#text;
    const levels: Level[] = [];
    let level: Level | undefined;
    let expects: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma' | 'nothing' = 'value';
    this.#pointer = this.#prefix;
    for (;;) {
      let code = text.charCodeAt(this.#at);
      while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
        code = text.charCodeAt(++this.#at);
      if (this.#at >= text.length) return this.#isValid && expects === 'nothing';
      if (this.#sink.collector.isFull() || levels.length > DEEPEST) {
        this.#sink.collector.addRest('json', text.slice(this.#at));
        return true;
      }
      switch (code) {
        case QUOTE: {
          const value = this.#readString();
          if (expects === 'key' || expects === 'key-or-end') {
            if (level !== undefined) this.#enterKey(level, value);
            if (!this.#skipColon()) return false;
            expects = 'value';
            continue;
          }
          if (expects !== 'value' && expects !== 'value-or-end') this.#isValid = false;
          if (value !== '') this.#sink.addText(this.#nameHere(level), value, this.#nesting);
          expects = level === undefined ? 'nothing' : 'comma';
          continue;
        }
        case 0x7b:
        case 0x5b: {
          if (expects !== 'value' && expects !== 'value-or-end') this.#isValid = false;
          const isObject = code === 0x7b;
          const pointer = levels.length < DEEP || level === undefined ? this.#nameHere(level) : level.pointer;
          level = { pointer, isObject, keys: [], index: 0 };
          levels.push(level);
          if (levels.length === DEEP + 1) this.#sink.collector.note('json-too-deep', 'json', '', 'refuse');
          expects = isObject ? 'key-or-end' : 'value-or-end';
          this.#at++;
          continue;
        }
        case 0x7d:
        case 0x5d: {
          const isObject = code === 0x7d;
          if (level === undefined || level.isObject !== isObject) return false;
          if (expects !== 'comma' && expects !== (isObject ? 'key-or-end' : 'value-or-end'))
            this.#isValid = false;
          levels.pop();
          level = levels.at(-1);
          expects = level === undefined ? 'nothing' : 'comma';
          this.#at++;
          continue;
        }
        case 0x2c: {
          if (expects !== 'comma' || level === undefined) return false;
          level.index++;
          expects = level.isObject ? 'key' : 'value';
          this.#at++;
          continue;
        }
        default: {
          if (expects !== 'value' && expects !== 'value-or-end') return false;
          if (!this.#readScalar(level)) return false;
          expects = level === undefined ? 'nothing' : 'comma';
        }
      }
    }
  }

  #nameHere(level: Level | undefined): string {
    if (level === undefined) return this.#prefix;
    return level.isObject ? this.#pointer : `${level.pointer}/${level.index}`;
  }

  #enterKey(level: Level, key: string): void {
    const isUnusual = isUnusualName(key);
    const pointer = isUnusual ? escapePointer(key) : key;
    this.#pointer = `${level.pointer}/${pointer.length > 256 ? pointer.slice(0, 256) : pointer}`;
    if (isUnusual) this.#sink.collector.add('name', this.#pointer, key);
    const isKnown = Array.isArray(level.keys) ? level.keys.includes(key) : level.keys.has(key);
    if (isKnown && !this.#isDuplicateNoted) {
      this.#isDuplicateNoted = true;
      this.#sink.collector.note('json-duplicate-key', 'json', this.#pointer, 'note');
    }
    if (!Array.isArray(level.keys)) level.keys.add(key);
    else if (level.keys.push(key) > 16) level.keys = new Set(level.keys);
  }

  #skipColon(): boolean {
    const text = this.#text;
    let code = text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      code = text.charCodeAt(++this.#at);
    this.#at++;
    return code === 0x3a;
  }

  // Numbers, true, false and null; anything else up to the next mark of JSON makes the text no JSON.
  #readScalar(level: Level | undefined): boolean {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let isDigits = text.charCodeAt(at) !== 0x30;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x30 && code <= 0x39) continue;
      if (code <= 0x20 || code === 0x2c || code === 0x5d || code === 0x7d) break;
      isDigits = false;
      if (at - start > LONGEST_SCALAR) return false;
    }
    if (at === start || at - start > LONGEST_SCALAR) return false;
    const scalar = text.slice(start, at);
    if (!isDigits && !SCALAR.test(scalar)) return false;
    if (this.#scalars++ < MAX_SCALARS) {
      this.#sink.collector.addPlain('json', this.#nameHere(level), scalar, 'number');
    }
    this.#at = at;
    return true;
  }

  // The string that begins here, its escapes undone; what follows is read next.
  #readString(): string {
    const text = this.#text;
    const start = this.#at + 1;
    const close = text.indexOf('"', start);
    if (this.#nextBackslash >= 0 && this.#nextBackslash < start)
      this.#nextBackslash = text.indexOf('\\', start);
    if (close < 0) {
      this.#isValid = false;
      this.#at = text.length;
      return text.slice(start);
    }
    if (this.#nextBackslash < 0 || this.#nextBackslash > close) {
      this.#at = close + 1;
      return text.slice(start, close);
    }
    return this.#readEscaped(start);
  }

  #readEscaped(start: number): string {
    const text = this.#text;
    let out = '';
    let copied = start;
    let at = this.#nextBackslash;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      out += text.slice(copied, at);
      const escape = text[at + 1] ?? '';
      if (escape === 'u' && at + 5 < text.length) {
        const unit = hexUnit(text, at + 2);
        if (unit < 0) this.#isValid = false;
        out += unit < 0 ? '\\u' : String.fromCharCode(unit);
        at += unit < 0 ? 1 : 5;
      } else {
        const simple = SIMPLE_ESCAPES[escape];
        if (simple === undefined && escape !== '"' && escape !== '\\' && escape !== '/')
          this.#isValid = false;
        out += simple ?? escape;
        at++;
      }
      copied = at + 1;
    }
    if (at >= text.length) this.#isValid = false;
    this.#at = Math.min(at + 1, text.length);
    return out + text.slice(copied, at);
  }
}

function hexUnit(text: string, start: number): number {
  let unit = 0;
  for (let i = start; i < start + 4; i++) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

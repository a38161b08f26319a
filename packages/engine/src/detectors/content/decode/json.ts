// JSON in one pass: every string with the pointer to it (RFC 6901), names when they are unusual, keys given twice. It
// reads on where a strict parser stops, as what follows may still reach one that is careless; the answer says whether
// the text was JSON.

import { copyUnits } from '../unitBytes.ts';
import type { Collector } from './collector.ts';
import { hexValue } from './percent.ts';
import { HAS_DOT, HAS_UNUSUAL, isUnusualName, TRAITS } from './traits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SMALL_E = 0x65;
/** A longer one is looked at in any case. */
const LONGEST_PLAIN_KEY = 64;
/** PHP reads no deeper; nothing that people use nests a tenth of that. */
const DEEPEST = 512;
const DEEP = 64;
/** Numbers and words are worth nothing to an attack; a few are kept for what is normal for the site. */
const MAX_SCALARS = 64;

const LONGEST_SCALAR = 64;
const WORDS = ['true', 'false', 'null'];

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
  /** `traits`: those of the value, where they are known. */
  addText(name: string, value: string, nesting: number, traits: number | undefined): void;
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
  /** The text, one byte a unit, with a NUL behind it. */
  readonly #bytes: Uint8Array;
  readonly #nesting: number;
  readonly #prefix: string;
  #at = 0;
  #scalars = 0;
  #isValid = true;
  #isDuplicateNoted = false;
  #pointer = '';
  /** Of the string that was read last; undefined when there were escapes in it. */
  #traits: number | undefined;

  constructor(sink: JsonSink, text: string, prefix: string, nesting: number) {
    this.#sink = sink;
    this.#text = text;
    this.#prefix = prefix;
    this.#nesting = nesting;
    this.#bytes = bytesOf(text);
  }

  // A state machine rather than recursion, so that depth costs no stack. `expectsValue` is whether a value must follow.
  read(): boolean {
    const { length } = this.#text;
    const { collector } = this.#sink;
    const levels: Level[] = [];
    let level: Level | undefined;
    let expects: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma' | 'nothing' = 'value';
    this.#pointer = this.#prefix;
    for (;;) {
      const code = this.#skipBlanks();
      if (this.#at >= length) return this.#isValid && expects === 'nothing';
      if (collector.isFull() || levels.length > DEEPEST) {
        collector.addRest('json', this.#text.slice(this.#at));
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
          if (value !== '') this.#sink.addText(this.#nameHere(level), value, this.#nesting, this.#traits);
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
          if (levels.length === DEEP + 1) collector.note('json-too-deep', 'json', '', 'refuse');
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
    const isPlain = this.#traits !== undefined && (this.#traits & (HAS_UNUSUAL | HAS_DOT)) === 0;
    const isUnusual = (!isPlain || key.length > LONGEST_PLAIN_KEY) && isUnusualName(key);
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
    const code = this.#skipBlanks();
    this.#at++;
    return code === 0x3a;
  }

  /** Returns what stands behind the blanks; a NUL at the end. */
  #skipBlanks(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let code = bytes[at] ?? 0;
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = bytes[++at]!;
    this.#at = at;
    return code;
  }

  // Numbers, true, false and null; anything else up to the next mark of JSON makes the text no JSON.
  #readScalar(level: Level | undefined): boolean {
    const start = this.#at;
    const end = this.#scalarEnd(start);
    if (end < 0 || end - start > LONGEST_SCALAR) return false;
    this.#at = end;
    if (this.#scalars++ < MAX_SCALARS)
      this.#sink.collector.addPlain('json', this.#nameHere(level), this.#text.slice(start, end), 'number');
    return true;
  }

  /** Where the number or word that begins here ends; -1 where there is none, or another character follows. */
  #scalarEnd(start: number): number {
    const bytes = this.#bytes;
    const digits = bytes[start] === MINUS ? start + 1 : start;
    let at = digitsEnd(bytes, digits);
    if (at > digits) {
      if (bytes[digits] === ZERO && at > digits + 1) return -1;
      if (bytes[at] === DOT) at = someDigitsEnd(bytes, at + 1);
      if (at > 0 && (bytes[at]! | 0x20) === SMALL_E) {
        const sign = bytes[at + 1];
        at = someDigitsEnd(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
      }
    } else {
      const word = digits > start ? undefined : WORDS.find((one) => this.#text.startsWith(one, start));
      at = word === undefined ? -1 : start + word.length;
    }
    if (at < 0) return -1;
    const next = bytes[at]!;
    return next <= 0x20 || next === 0x2c || next === 0x5d || next === 0x7d ? at : -1;
  }

  // The string that begins here, its escapes undone; what follows is read next.
  #readString(): string {
    const bytes = this.#bytes;
    const text = this.#text;
    const { length } = text;
    const start = this.#at + 1;
    let at = start;
    let traits = 0;
    for (; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      traits |= TRAITS[byte]!;
      if (byte === BACKSLASH) return this.#readEscaped(start, at);
    }
    if (at === length) this.#isValid = false;
    this.#traits = traits;
    this.#at = Math.min(at + 1, length);
    return text.slice(start, at);
  }

  #readEscaped(start: number, firstBackslash: number): string {
    const text = this.#text;
    const bytes = this.#bytes;
    let out = '';
    let copied = start;
    let at = firstBackslash;
    this.#traits = undefined;
    for (; at < text.length; at++) {
      const code = bytes[at]!;
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

function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(text.length + 1);
  copyUnits(text, bytes);
  bytes[text.length] = 0;
  return bytes;
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}

/** The same; -1 when there is no digit. */
function someDigitsEnd(bytes: Uint8Array, start: number): number {
  const end = digitsEnd(bytes, start);
  return end === start ? -1 : end;
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

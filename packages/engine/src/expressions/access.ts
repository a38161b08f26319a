// Looking into values: members, indexes, slices, `in`, lengths. Text is UTF-8 bytes in Go where it is indexed
// or sliced, and characters where its length is asked.

import { EvaluationError } from './errors.ts';
import { isAscii } from './helpers/unicode.ts';
import { equal, goType, isList, toInt } from './operations.ts';
import { HostObject, ValueMap, type Value } from './value.ts';

/** A map whose keys are any values, as groupBy and fromPairs make them. */
export class KeyedMap extends ValueMap {
  readonly #entries = new Map<Value, Value>();
  get(key: string): Value {
    return this.#entries.get(key) ?? null;
  }
  has(key: string): boolean {
    return this.#entries.has(key);
  }
  set(key: string, value: Value): void {
    this.#entries.set(key, value);
  }
  keys(): Iterable<string> {
    return this.anyKeys().map((key) => (typeof key === 'string' ? key : `${goText(key)}`));
  }
  get size(): number {
    return this.#entries.size;
  }
  /** The stored key equal to `key`: 1 and 1.0 are two keys, as in Go. */
  keyLike(key: Value): Value | undefined {
    if (this.#entries.has(key)) return key;
    if (typeof key !== 'object') return undefined;
    return this.anyKeys().find((other) => goType(other) === goType(key) && equal(other, key));
  }
  getAny(key: Value): Value {
    const stored = this.keyLike(key);
    return stored === undefined ? null : (this.#entries.get(stored) ?? null);
  }
  setAny(key: Value, value: Value): void {
    this.#entries.set(this.keyLike(key) ?? key, value);
  }
  anyKeys(): Value[] {
    return [...this.#entries.keys()];
  }
}

function goText(value: Value): string {
  return typeof value === 'object' ? goType(value) : `${value}`;
}

/** `from.key` or `from[key]`. */
export function fetch(from: Value, key: Value, at: number): Value {
  if (from instanceof ValueMap) return fetchEntry(from, key, at) ?? null;
  if (from instanceof HostObject && typeof key === 'string') {
    const value = from.field(key);
    if (value !== undefined) return value;
  } else if (isList(from) || typeof from === 'string') {
    const units = typeof from === 'string' ? bytesOf(from) : from;
    const index = toInt(key, at);
    const value = units[index < 0 ? units.length + index : index];
    if (value !== undefined) return value;
    throw new EvaluationError(`index out of range: ${index} (array length is ${units.length})`, at);
  }
  const shown = typeof key === 'object' ? goType(key) : `${key}`;
  throw new EvaluationError(`cannot fetch ${shown} from ${goType(from)}`, at);
}

function fetchEntry(from: ValueMap, key: Value, at: number): Value {
  if (typeof key === 'string') return from.get(key);
  if (from instanceof KeyedMap) return from.getAny(key);
  // A nil key is the zero value of the key's type.
  if (key === null) return from.get('');
  throw new EvaluationError(`cannot use ${goType(key)} as a key of ${goType(from)}`, at);
}

/** The builtin `get`: nil where `fetch` would be an error. */
export function fetchOrNil(from: Value, key: Value, at: number): Value {
  if (from === null) return null;
  if (from instanceof ValueMap) {
    if (typeof key === 'string') return from.has(key) ? from.get(key) : null;
    return fetchEntry(from, key, at);
  }
  if (from instanceof HostObject) return typeof key === 'string' ? (from.field(key) ?? null) : null;
  if (!isList(from) && typeof from !== 'string') return null;
  const units = typeof from === 'string' ? bytesOf(from) : from;
  const index = toInt(key, at);
  return units[index < 0 ? units.length + index : index] ?? null;
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

export function slice(from: Value, start: Value | undefined, end: Value | undefined, at: number): Value {
  if (!isList(from) && typeof from !== 'string') {
    throw new EvaluationError(`cannot slice ${goType(from)}`, at);
  }
  const place = (value: Value | undefined, length: number, otherwise: number): number => {
    const index = value === undefined ? otherwise : toInt(value, at);
    return Math.min(Math.max(0, index < 0 ? length + index : index), length);
  };
  const cut = <T>(length: number, take: (first: number, to: number) => T): T => {
    const to = place(end, length, length);
    return take(Math.min(place(start, length, 0), to), to);
  };
  if (isList(from)) return cut(from.length, (first, to) => from.slice(first, to));
  // Text of one byte a character needs no detour through bytes.
  if (isAscii(from)) return cut(from.length, (first, to) => from.slice(first, to));
  const bytes = Buffer.from(from, 'utf8');
  return cut(bytes.length, (first, to) => bytes.toString('utf8', first, to));
}

/** The operator `in`. */
export function isIn(needle: Value, haystack: Value, at: number): boolean {
  if (haystack === null) return false;
  if (isList(haystack)) return haystack.some((element) => equal(element, needle));
  if (haystack instanceof KeyedMap) return haystack.keyLike(needle) !== undefined;
  if (haystack instanceof ValueMap) {
    if (typeof needle === 'string') return haystack.has(needle);
    if (needle === null) return haystack.has('');
    throw new EvaluationError(`cannot use ${goType(needle)} as a key of ${goType(haystack)}`, at);
  }
  if (haystack instanceof HostObject) {
    if (typeof needle === 'string') return haystack.field(needle) !== undefined;
    throw new EvaluationError(`cannot use ${goType(needle)} as field name of ${goType(haystack)}`, at);
  }
  throw new EvaluationError(`operator "in" not defined on ${goType(haystack)}`, at);
}

/** The operator `in` on a list written with text literals only: Go looks it up as a map, where nil is "". */
export function isInTexts(needle: Value, texts: ReadonlySet<Value>, at: number): boolean {
  if (typeof needle === 'string') return texts.has(needle);
  if (needle === null) return texts.has('');
  throw new EvaluationError(`cannot look ${goType(needle)} up among texts`, at);
}

/** The builtin `len`. */
export function lengthOf(value: Value, at: number): number {
  if (isList(value)) return value.length;
  if (value instanceof ValueMap) return value.size;
  if (typeof value === 'string') return isAscii(value) ? value.length : Array.from(value).length;
  throw new EvaluationError(`invalid argument for len (type ${goType(value)})`, at);
}

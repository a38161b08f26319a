// Values to text, numbers and JSON and back, as Go does it.

import { formatDuration } from '@parapet/kinds';
import { KeyedMap } from './access.ts';
import { EvaluationError } from './errors.ts';
import { formatShortestFloat, parseFloat64 } from './helpers/floatText.ts';
import { goType, isList } from './operations.ts';
import { formatTime, NamedNumber } from './times.ts';
import { AnyMap, Float, GoDuration, GoTime, HostObject, ValueMap, type Value } from './value.ts';

/** The builtin `type`. */
export function typeName(value: Value): string {
  if (value === null) return 'nil';
  if (value instanceof Float) return 'float';
  if (value instanceof ValueMap) return 'map';
  if (value instanceof NamedNumber) return value.goType;
  if (isList(value)) return 'array';
  return goType(value);
}

/** The builtin `string`: Go's %v. */
export function formatValue(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null) return '<nil>';
  if (typeof value !== 'object') return `${value}`;
  if (value instanceof Float) return formatShortestFloat(value.value);
  if (value instanceof GoTime) return formatTime(value);
  if (value instanceof GoDuration) return formatDuration(value.ms);
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (value instanceof ValueMap) {
    const keys = [...value.keys()].toSorted();
    return `map[${keys.map((key) => `${key}:${formatValue(value.get(key))}`).join(' ')}]`;
  }
  return value instanceof NamedNumber ? value.toString() : '{}';
}

/** The builtin `int`. */
export function intFrom(value: Value, at: number): number {
  if (typeof value === 'number') return value;
  if (value instanceof Float) return Math.trunc(value.value) + 0;
  if (value instanceof NamedNumber) return value.number;
  if (value instanceof GoDuration) return Math.round(value.ms * 1e6);
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) {
    const number = Number(value) + 0;
    if (number >= -(2 ** 63) && number < 2 ** 63) return number;
  }
  throw new EvaluationError(
    `invalid operation: int(${typeof value === 'string' ? value : goType(value)})`,
    at,
  );
}

/** The builtin `float`. */
export function floatFrom(value: Value, at: number): Float {
  if (typeof value === 'number') return new Float(value);
  if (value instanceof Float) return value;
  const number = typeof value === 'string' ? parseFloat64(value) : undefined;
  // A number too large for a float is an error; the infinity of `inf` is what was asked for.
  if (number !== undefined && (Number.isFinite(number) || /^[+-]?(inf|nan)/i.test(`${value as string}`))) {
    return new Float(number);
  }
  const shown = typeof value === 'string' ? value : goType(value);
  throw new EvaluationError(`invalid operation: float(${shown})`, at);
}

/** The builtin `toJSON`: indented by two spaces, keys of maps sorted. */
export function toJson(value: Value, at: number): string {
  // Go escapes these in JSON so that it can stand in HTML.
  return JSON.stringify(plain(value, at), undefined, 2).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function plain(value: Value, at: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Float) {
    if (Number.isFinite(value.value)) return value.value;
    throw new EvaluationError(`json: unsupported value: ${formatShortestFloat(value.value)}`, at);
  }
  if (isList(value)) return value.map((element) => plain(element, at));
  if (value instanceof GoTime) {
    const date = new Date(value.ms);
    if (Number.isNaN(date.getTime())) throw new EvaluationError('json: a time out of range', at);
    return date.toISOString().replace(/\.?0*Z$/, 'Z');
  }
  if (value instanceof GoDuration) return Math.round(value.ms * 1e6);
  if (value instanceof NamedNumber) return value.number;
  if (value instanceof KeyedMap)
    throw new EvaluationError('json: unsupported type: map[interface {}]interface {}', at);
  if (value instanceof ValueMap) {
    const keys = [...value.keys()].toSorted();
    return Object.fromEntries(keys.map((key) => [key, plain(value.get(key), at)]));
  }
  if (value instanceof HostObject) throw new EvaluationError('json: unsupported type: struct', at);
  return null;
}

/** The builtin `fromJSON`: numbers are floats, as in Go. */
export function fromJson(text: string, at: number): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new EvaluationError('the text is no JSON', at, { cause });
  }
  return valueOf(parsed, MAX_JSON_DEPTH, at);
}

/** What comes out is walked recursively. */
const MAX_JSON_DEPTH = 1000;

function valueOf(json: unknown, depth: number, at: number): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') return new Float(json);
  if (depth === 0) throw new EvaluationError('the JSON is nested too deep', at);
  if (Array.isArray(json)) return json.map((element: unknown) => valueOf(element, depth - 1, at));
  const entries = new Map<string, Value>();
  // What JSON.parse returns and is none of the above is an object.
  for (const [key, value] of Object.entries(json as object)) entries.set(key, valueOf(value, depth - 1, at));
  return new AnyMap(entries);
}

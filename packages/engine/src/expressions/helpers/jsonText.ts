// JSON text to the values Go's encoding/json makes of it, and back.

import { EvaluationError } from '../errors.ts';
import { AnyMap, Float, GoDuration, GoTime, ValueMap, type Value } from '../value.ts';
import { isList } from './define.ts';
import { formatRfc3339Nano } from './goTime.ts';
import { compareBytes, toWellFormed } from './unicode.ts';

// Go stops at 10,000; no log line needs more than this, and the walk below is recursive.
const DEPTH_MAX = 1000;

/** Returns the value; all numbers are Floats, as in a map[string]any. Throws a EvaluationError on bad text. */
export function parseJson(text: string): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new EvaluationError('the text is not JSON', -1, { cause });
  }
  // Half a surrogate pair can only come out of an escape; looking for one in each text costs more than parsing.
  return toValue(parsed, text.includes('\\u') ? toWellFormed : asIs, 0);
}

/** Returns the value as json.Marshal writes it, or undefined for what it refuses. */
export function writeJson(value: Value): string | undefined {
  try {
    return toJson(value, 0);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function asIs(text: string): string {
  return text;
}

function toValue(parsed: unknown, clean: (text: string) => string, depth: number): Value {
  if (typeof parsed === 'string') return clean(parsed);
  if (typeof parsed === 'boolean' || parsed === null) return parsed;
  if (typeof parsed === 'number') {
    if (!Number.isFinite(parsed)) throw new EvaluationError('the JSON holds a number out of range');
    return new Float(parsed);
  }
  if (depth === DEPTH_MAX) throw new EvaluationError('the JSON is nested too deeply');
  if (Array.isArray(parsed)) return parsed.map((element) => toValue(element, clean, depth + 1));
  const object = parsed as Record<string, unknown>; // what is left of JSON
  const entries = new Map<string, Value>();
  for (const key of Object.keys(object)) entries.set(clean(key), toValue(object[key], clean, depth + 1));
  return new AnyMap(entries);
}

function toJson(value: Value, depth: number): string {
  if (depth > DEPTH_MAX) throw new EvaluationError('the value is nested too deeply');
  if (value === null) return 'null';
  if (typeof value === 'string') return quoteJson(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Float) {
    if (!Number.isFinite(value.value)) throw new EvaluationError('JSON has no such number');
    return Object.is(value.value, -0) ? '-0' : String(value.value);
  }
  if (value instanceof GoDuration) return String(Math.round(value.ms * 1e6));
  if (value instanceof GoTime) return quoteJson(formatRfc3339Nano(value.ms));
  if (isList(value)) return `[${value.map((element) => toJson(element, depth + 1)).join(',')}]`;
  if (value instanceof ValueMap) {
    const keys = [...value.keys()].toSorted(compareBytes);
    return `{${keys.map((key) => `${quoteJson(key)}:${toJson(value.get(key), depth + 1)}`).join(',')}}`;
  }
  throw new EvaluationError('the value has no JSON form');
}

// Go also escapes what could end a script element or a line of JavaScript.
function quoteJson(text: string): string {
  return JSON.stringify(toWellFormed(text)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

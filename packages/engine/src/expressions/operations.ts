// What the operators do with values, by the rules of Go's expr virtual machine. `at` is where the operator
// stands in the source, for the error.

import { EvaluationError } from './errors.ts';
import { compareBytes } from './helpers/unicode.ts';
import { Float, GoDuration, GoTime, HostObject, ValueMap, type Value } from './value.ts';
import { countElements } from './work.ts';

/** The name Go gives a value's type, for error messages. */
export function goType(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Float) return 'float64';
  if (value instanceof GoTime) return 'time.Time';
  if (value instanceof GoDuration) return 'time.Duration';
  if (value instanceof ValueMap) return 'map[string]interface {}';
  if (value instanceof HostObject) return 'struct';
  return '[]interface {}';
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The number behind an integer or a Float; undefined for everything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof Float ? value.value : undefined;
}

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return false;
  const x = numberOf(a);
  if (x !== undefined) return x === numberOf(b);
  if (a instanceof GoTime) return b instanceof GoTime && a.ms === b.ms;
  if (a instanceof GoDuration) return b instanceof GoDuration && a.ms === b.ms;
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((element, i) => equal(element, b[i]!));
  }
  if (a instanceof ValueMap && b instanceof ValueMap) {
    if (a.size !== b.size) return false;
    for (const key of a.keys()) if (!b.has(key) || !equal(a.get(key), b.get(key))) return false;
    return true;
  }
  return false;
}

/** Negative, zero or positive like a - b; NaN where one of them is no number. */
export function compare(a: Value, b: Value, operator: string, at: number): number {
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return x === y ? 0 : x - y;
  if (a instanceof GoTime && b instanceof GoTime) return a.ms - b.ms;
  if (a instanceof GoDuration && b instanceof GoDuration) return a.ms - b.ms;
  throw undefinedOn(a, operator, b, at);
}

function undefinedOn(a: Value, operator: string, b: Value, at: number): EvaluationError {
  return new EvaluationError(`invalid operation: ${goType(a)} ${operator} ${goType(b)}`, at);
}

export function add(a: Value, b: Value, at: number): Value {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length + b.length > 100_000) countElements(a.length + b.length, at);
    return a + b;
  }
  if (a instanceof GoTime && b instanceof GoDuration) return new GoTime(a.ms + b.ms);
  if (a instanceof GoDuration && b instanceof GoTime) return new GoTime(a.ms + b.ms);
  if (a instanceof GoDuration && b instanceof GoDuration) return new GoDuration(a.ms + b.ms);
  return arithmetic(a, '+', b, at);
}

export function subtract(a: Value, b: Value, at: number): Value {
  if (a instanceof GoTime && b instanceof GoTime) return new GoDuration(a.ms - b.ms);
  if (a instanceof GoTime && b instanceof GoDuration) return new GoTime(a.ms - b.ms);
  if (a instanceof GoDuration && b instanceof GoDuration) return new GoDuration(a.ms - b.ms);
  return arithmetic(a, '-', b, at);
}

const NS_PER_MS = 1e6;

/** A duration counts as its nanoseconds: times an integer it is a duration again, times a float a float. */
export function multiply(a: Value, b: Value, at: number): Value {
  if (a instanceof GoDuration || b instanceof GoDuration) {
    const [duration, factor] = a instanceof GoDuration ? [a, b] : [b as GoDuration, a];
    if (typeof factor === 'number') return new GoDuration(duration.ms * factor);
    if (factor instanceof GoDuration) return new GoDuration(duration.ms * factor.ms * NS_PER_MS);
    if (factor instanceof Float) return new Float(duration.ms * NS_PER_MS * factor.value);
  }
  return arithmetic(a, '*', b, at);
}

function arithmetic(a: Value, operator: '+' | '-' | '*', b: Value, at: number): Value {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw undefinedOn(a, operator, b, at);
  const result = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
  if (typeof a !== 'number' || typeof b !== 'number') return new Float(result);
  // No integer is -0, nor beyond the range; Go would wrap around where this is merely imprecise.
  return result + 0;
}

export function divide(a: Value, b: Value, at: number): Value {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw undefinedOn(a, '/', b, at);
  return new Float(x / y);
}

export function modulo(a: Value, b: Value, at: number): Value {
  if (typeof a !== 'number' || typeof b !== 'number') throw undefinedOn(a, '%', b, at);
  if (b === 0) throw new EvaluationError('integer divide by zero', at);
  return (a % b) + 0;
}

export function power(a: Value, b: Value, at: number): Value {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw undefinedOn(a, '**', b, at);
  return new Float(x ** y);
}

export function negate(value: Value, at: number): Value {
  if (typeof value === 'number') return 0 - value;
  if (value instanceof Float) return new Float(-value.value);
  throw new EvaluationError(`invalid operation: - ${goType(value)}`, at);
}

export function range(a: Value, b: Value, at: number): Value {
  const from = toInt(a, at);
  const size = Math.max(0, toInt(b, at) - from + 1);
  countElements(size, at);
  return Array.from({ length: size }, (_, i) => from + i);
}

/** A number as an integer, cutting off its fraction. */
export function toInt(value: Value, at: number): number {
  const number = numberOf(value);
  if (number === undefined) throw new EvaluationError(`invalid operation: int(${goType(value)})`, at);
  return Math.trunc(number) + 0;
}

export function toText(value: Value, at: number): string {
  if (typeof value === 'string') return value;
  throw new EvaluationError(`a string was expected, not ${goType(value)}`, at);
}

export function toBoolean(value: Value, at: number): boolean {
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`a bool was expected, not ${goType(value)}`, at);
}

export type TextTest = 'contains' | 'startsWith' | 'endsWith';

/** nil contains nothing and is contained in nothing. */
export function testText(a: Value, operator: TextTest, b: Value, at: number): boolean {
  if (a === null || b === null) return false;
  const text = toText(a, at);
  const part = toText(b, at);
  if (operator === 'contains') return text.includes(part);
  return operator === 'startsWith' ? text.startsWith(part) : text.endsWith(part);
}

// Helpers on lists and maps, and on numbers in text.

import { EvaluationError } from '../errors.ts';
import { Float, GoDuration, GoTime, ValueMap, type Value } from '../value.ts';
import { impure, isList, map, numeric, pure, text, type HelperTable } from './define.ts';
import { parseFloat64 } from './floatText.ts';

export function collectionHelpers(log: (message: string) => void): HelperTable {
  return {
    Flatten: pure((args) => flatten(args), 0, Infinity),
    Distinct: pure((args) => (isList(args[0]) ? distinct(args[0]) : null), 1, Infinity),
    FlattenDistinct: pure((args) => distinct(flatten(args)), 0, Infinity),
    // The map may be the event's, which changes between two calls.
    KeyExists: impure((args) => map(args, 1).has(text(args, 0)), 2),
    Atof: pure((args) => {
      const value = parseFloat64(text(args, 0));
      if (value === undefined) log(`Atof: '${text(args, 0)}' is no number`);
      return new Float(value ?? 0);
    }, 1),
    FloatApproxEqual: pure((args) => Math.abs(numeric(args, 0) - numeric(args, 1)) < 1e-6, 2),
  };
}

function flatten(value: Value): Value[] {
  const flat: Value[] = [];
  const open: Iterator<Value>[] = [[value].values()];
  while (open.length > 0) {
    const next = open.at(-1)!.next();
    if (next.done === true) open.pop();
    else if (isList(next.value)) open.push(next.value.values());
    else if (next.value === null) throw new EvaluationError('a list to flatten must not hold nil');
    else flat.push(next.value);
  }
  return flat;
}

// Go compares by type and value; a list or a map cannot be compared.
function distinct(values: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  return values.filter((value) => {
    const key = comparable(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

// A text stands for each value that is an object here and a plain value in Go; strings get a mark of their own.
function comparable(value: Value): Value {
  if (typeof value === 'string') return `s${value}`;
  if (value instanceof Float) return Number.isNaN(value.value) ? value : `f${value.value}`;
  if (value instanceof GoTime) return `t${value.ms}`;
  if (value instanceof GoDuration) return `d${value.ms}`;
  if (isList(value) || value instanceof ValueMap)
    throw new EvaluationError('lists and maps cannot be compared');
  return value;
}

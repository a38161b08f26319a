// The shape of every helper, and how one reads its arguments. An argument of the wrong type is a run-time error
// in Go's expr, so it is one here, as is all that makes a helper of the reference return an error.

import type { HelperFunction } from '../environment.ts';
import { EvaluationError } from '../errors.ts';
import { Float, GoTime, ValueMap, type Value } from '../value.ts';

export type HelperTable = Readonly<Record<string, HelperFunction>>;

type Call = (args: readonly Value[]) => Value;

/** A helper whose answer depends on its arguments alone. */
export function pure(call: Call, minArgs: number, maxArgs: number = minArgs): HelperFunction {
  return { call, minArgs, maxArgs, isPure: true };
}

/** A helper that reads or changes something outside: the clock, a stash, a database, the network. */
export function impure(call: Call, minArgs: number, maxArgs: number = minArgs): HelperFunction {
  return { call, minArgs, maxArgs, isPure: false };
}

export function text(args: readonly Value[], at: number): string {
  const value = args[at];
  if (typeof value === 'string') return value;
  throw wrongType(args, at, 'a string');
}

export function integer(args: readonly Value[], at: number): number {
  const value = args[at];
  if (typeof value === 'number') return value;
  throw wrongType(args, at, 'an integer');
}

export function numeric(args: readonly Value[], at: number): number {
  const value = args[at];
  if (typeof value === 'number') return value;
  if (value instanceof Float) return value.value;
  throw wrongType(args, at, 'a number');
}

export function map(args: readonly Value[], at: number): ValueMap {
  const value = args[at];
  if (value instanceof ValueMap) return value;
  throw wrongType(args, at, 'a map');
}

function list(args: readonly Value[], at: number): readonly Value[] {
  const value = args[at];
  if (isList(value)) return value;
  throw wrongType(args, at, 'a list');
}

export function texts(args: readonly Value[], at: number): readonly string[] {
  return list(args, at).map((value) => {
    if (typeof value === 'string') return value;
    throw wrongType(args, at, 'a list of strings');
  });
}

export function times(args: readonly Value[], at: number): readonly number[] {
  return list(args, at).map((value, i) => {
    if (value instanceof GoTime) return value.ms;
    throw new EvaluationError(`element at index ${i} is not a time`);
  });
}

// Array.isArray does not narrow a readonly array out of a union.
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function wrongType(args: readonly Value[], at: number, wanted: string): EvaluationError {
  return new EvaluationError(`argument ${at + 1} must be ${wanted}, not ${typeName(args[at])}`);
}

function typeName(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value !== 'object') return typeof value;
  return isList(value) ? 'a list' : value.constructor.name;
}

// What an expression may name. The stage that evaluates it (events, buckets, profiles, hub tests) describes
// its variables here; `F` is the frame it hands to every evaluation. Paths known when the expression is
// compiled (`evt.Meta.http_path`) become one direct getter, not a walk through maps.

import type { Value } from './value.ts';

export interface Environment<F> {
  readonly variables: Readonly<Record<string, Variable<F>>>;
  /** Helper functions by their name in expressions (`Upper`, `JsonExtract`, …). */
  readonly functions: Readonly<Record<string, HelperFunction>>;
}

export interface Variable<F> {
  /** The variable as a value of its own (`evt` passed on, `queue` indexed by a computed key, …). */
  get(frame: F): Value;
  /**
   * The getter for a constant path below the variable, e.g. ['Meta', 'http_path'], or for as many leading
   * steps of it as it knows; the rest is looked up at run time. Undefined when the first step is no field
   * of the variable: an error when the expression is compiled.
   */
  member(path: readonly string[]): MemberGetter<F> | undefined;
  /** The names that `member` knows as first steps, to say which one was meant when a name is misspelt. */
  readonly fields?: readonly string[];
}

export interface MemberGetter<F> {
  get(frame: F): Value;
  /** How many steps of the path this getter takes. */
  readonly steps: number;
  /** What it reads, as a name for analysis: `Meta.http_path`, `Line.Labels.type`. */
  readonly reads: string;
  /** True when the value is always a string. */
  readonly isString: boolean;
  /** Where the value stands in an array that frames carry, for those who read many fields at once. */
  readonly slot?: number;
}

export interface HelperFunction {
  call(args: readonly Value[]): Value;
  readonly minArgs: number;
  /** Infinity for a variadic one. */
  readonly maxArgs: number;
  /** Same arguments, same answer, and nothing else changes: may be folded, shared and remembered. */
  readonly isPure: boolean;
  /**
   * For a function that looks for something in its first argument: literals of which the text has to contain one
   * for the answer to be true, given the constant arguments (undefined where one is not). Upper case if folded.
   */
  readonly requires?: (args: readonly (Value | undefined)[]) => LiteralRequirement | undefined;
}

export interface LiteralRequirement {
  readonly foldCase: boolean;
  readonly anyOf: readonly string[];
}

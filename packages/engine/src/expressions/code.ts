// A compiled node: a closure, and what is known about it.

import { EvaluationError } from './errors.ts';
import { toBoolean } from './operations.ts';
import type { Value } from './value.ts';

export interface Code<F> {
  readonly evaluate: (frame: F) => Value;
  /** What `evaluate` always returns, if that is known. */
  readonly type: 'text' | 'boolean' | 'any';
  /** The value, when it is the same for every frame. */
  readonly constant: Value | undefined;
  /** True when the value depends on the frame, or on something else that may differ from call to call. */
  readonly usesFrame: boolean;
  /** The `let` variables and predicates around this node whose values it reads. */
  readonly cells: ReadonlySet<Cell>;
  /** Nothing changes by evaluating it. */
  readonly isPure: boolean;
}

/**
 * Where a `let` variable, or the element that a predicate looks at, is kept while it is in scope. An expression
 * is never evaluated inside its own evaluation, so one place for each is enough.
 */
export class Cell {
  value: Value = null;
  index = 0;
  accumulator: Value = null;
  /** For a predicate over a constant list: what # will be, one after the other. */
  readonly elements: readonly Value[] | undefined;
  constructor(elements?: readonly Value[]) {
    this.elements = elements;
  }
}

const NO_CELLS: ReadonlySet<Cell> = new Set();

export function constantCode<F>(value: Value): Code<F> {
  return {
    evaluate: () => value,
    type: typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'boolean' : 'any',
    constant: value,
    usesFrame: false,
    cells: NO_CELLS,
    isPure: true,
  };
}

/** Code that depends on nothing but its parts. */
export function derived<F>(
  parts: readonly Code<F>[],
  evaluate: (frame: F) => Value,
  type: Code<F>['type'] = 'any',
): Code<F> {
  const withCells = parts.filter((part) => part.cells.size > 0);
  return {
    evaluate,
    type,
    constant: undefined,
    usesFrame: parts.some((part) => part.usesFrame),
    cells:
      withCells.length < 2
        ? (withCells[0]?.cells ?? NO_CELLS)
        : new Set(withCells.flatMap(({ cells }) => [...cells])),
    isPure: parts.every((part) => part.isPure),
  };
}

/** The code as a test: anything but a boolean is an error, as in Go. */
export function asTest<F>(code: Code<F>, at: number): (frame: F) => boolean {
  const { evaluate } = code;
  if (code.type === 'boolean') return evaluate as (frame: F) => boolean; // by its type
  return (frame) => toBoolean(evaluate(frame), at);
}

/** What code outside this folder has thrown, as an error of the evaluation. */
export function atOffset(cause: unknown, at: number): EvaluationError {
  if (cause instanceof EvaluationError && cause.offset >= 0) return cause;
  return new EvaluationError(cause instanceof Error ? cause.message : String(cause), at, { cause });
}

// Bounds what one evaluation may do: an expression comes from outside, and three nested loops over long lists
// would stop the engine. Go's virtual machine bounds memory in the same way (one million elements).

import { EvaluationError } from './errors.ts';

const MAX_ELEMENTS = 1_000_000;
const MAX_STEPS = 5_000_000;

let elements = 0;
let steps = 0;

/** Called when an evaluation, or the compilation of an expression, begins. */
export function beginWork(): void {
  elements = 0;
  steps = 0;
}

/** Counts new list elements or characters. */
export function countElements(count: number, at: number): void {
  elements += count;
  if (elements >= MAX_ELEMENTS) throw new EvaluationError('memory budget exceeded', at);
}

/** Counts steps of a loop, before it runs. */
export function countSteps(count: number, at: number): void {
  steps += count;
  if (steps >= MAX_STEPS) throw new EvaluationError('the loops of the expression are too long', at);
}

// `&&` and `||`. Every operand but the last has to be a boolean; the last one is the value.

import type { LogicalNode } from './ast.ts';
import { asTest, derived, type Code } from './code.ts';

export function translateLogical<F>(node: LogicalNode, all: readonly Code<F>[], isNaive: boolean): Code<F> {
  const isAnd = node.operator === '&&';
  const operands = isNaive ? all : simplified(all, isAnd);
  const last = operands.at(-1)!;
  if (operands.length === 1) return last;
  const tests = operands.map((operand) => asTest(operand, node.operands[all.indexOf(operand)]!.start));
  if (last.type === 'boolean') {
    return derived(operands, isAnd ? allOf(tests) : anyOf(tests), 'boolean');
  }
  const before = tests.slice(0, -1);
  return derived(operands, (frame) => {
    for (const test of before) if (test(frame) !== isAnd) return !isAnd;
    return last.evaluate(frame);
  });
}

/** Without the operands that decide nothing, and without those after one that decides everything. */
function simplified<F>(operands: readonly Code<F>[], isAnd: boolean): readonly Code<F>[] {
  const end = operands.findIndex((operand) => operand.constant === !isAnd);
  const reachable = end < 0 ? operands : operands.slice(0, end + 1);
  return reachable.filter((operand, i) => operand.constant !== isAnd || i === reachable.length - 1);
}

function allOf<F>(tests: readonly ((frame: F) => boolean)[]): (frame: F) => boolean {
  const [a, b, c] = tests;
  if (tests.length === 2 && a && b) return (frame) => a(frame) && b(frame);
  if (tests.length === 3 && a && b && c) return (frame) => a(frame) && b(frame) && c(frame);
  return (frame) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(frame)) return false;
    return true;
  };
}

function anyOf<F>(tests: readonly ((frame: F) => boolean)[]): (frame: F) => boolean {
  const [a, b, c] = tests;
  if (tests.length === 2 && a && b) return (frame) => a(frame) || b(frame);
  if (tests.length === 3 && a && b && c) return (frame) => a(frame) || b(frame) || c(frame);
  return (frame) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(frame)) return true;
    return false;
  };
}

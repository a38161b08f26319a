// Takes a filter apart: all of its conjuncts have to be true for it to be true.

import { childrenOf, type LetNode, type Node, type UnaryNode } from './ast.ts';
import type { Environment } from './environment.ts';
import { isPure } from './reads.ts';
import { rewrite, sizeUpTo } from './rewrite.ts';

/** Putting the value of a `let` in the place of its name may double the tree, again and again. */
const MAX_SIZE = 10_000;

/**
 * Returns the conjuncts of an expression, in the order they are evaluated: the expression is true exactly if
 * each of them evaluates to true. It is seen through `let x = …; body` with a pure value (the conjuncts hold the
 * value where the name was), through `a ? b : false` and `if a { b } else { false }`, and through `not (a || b)`.
 * Without an environment a `let` whose value calls a helper function is not seen through.
 */
export function conjuncts<F>(ast: Node, environment?: Environment<F>): readonly Node[] {
  if (ast.kind === 'logical' && ast.operator === '&&') {
    return ast.operands.flatMap((operand) => conjuncts(operand, environment));
  }
  if (ast.kind === 'conditional') {
    if (isFalse(ast.otherwise))
      return [...conjuncts(ast.test, environment), ...conjuncts(ast.then, environment)];
    if (isFalse(ast.then))
      return [...conjuncts(not(ast.test), environment), ...conjuncts(ast.otherwise, environment)];
  }
  if (
    ast.kind === 'unary' &&
    ast.operator === 'not' &&
    ast.operand.kind === 'logical' &&
    ast.operand.operator === '||'
  ) {
    return ast.operand.operands.flatMap((operand) => conjuncts(not(operand), environment));
  }
  const opened = ast.kind === 'let' ? inlined(ast, environment) : undefined;
  return opened === undefined ? [ast] : conjuncts(opened, environment);
}

/** The body of a `let` with the value in the place of the name; undefined where that would not be the same. */
export function inlined<F>(ast: LetNode, environment: Environment<F> | undefined): Node | undefined {
  if (!isPure(ast.value, environment)) return undefined;
  // Inside a predicate # is another one than where the value stands; names cannot clash, `let` refuses that.
  const body = rewrite(ast.body, (node) =>
    node.kind === 'name' && node.name === ast.name ? ast.value : undefined,
  );
  return sizeUpTo(body, MAX_SIZE, childrenOf) < MAX_SIZE ? body : undefined;
}

function isFalse(node: Node): boolean {
  return node.kind === 'literal' && node.value === false;
}

function not(operand: Node): UnaryNode {
  return { kind: 'unary', operator: 'not', operand, start: operand.start, end: operand.end };
}

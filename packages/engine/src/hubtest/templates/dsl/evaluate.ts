// Works expressions out. An unknown variable or function is an error, as it is for nuclei: a matcher that names the
// answer to a request that is yet to be sent is not true.

import { compilePattern } from '../../../patterns/index.ts';
import { functionNamed, type DslContext } from './functions.ts';
import type { Expression, Infix } from './parseExpression.ts';
import { DslError, numberOf, textOf, type DslValue } from './value.ts';

export type Variables = ReadonlyMap<string, DslValue>;

/** Returns the value; throws DslError. */
export function evaluate(expression: Expression, variables: Variables, context: DslContext): DslValue {
  const of = (part: Expression): DslValue => evaluate(part, variables, context);
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'variable': {
      const value = variables.get(expression.name);
      if (value === undefined) throw new DslError(`There is no '${expression.name}'`);
      return value;
    }
    case 'list':
      return expression.items.map(of);
    case 'call': {
      const call = functionNamed(expression.name);
      if (call === undefined) throw new DslError(`There is no function '${expression.name}'`);
      return call(expression.args.map(of), context);
    }
    case 'prefix': {
      const value = of(expression.of);
      if (expression.operator === '!') return !truthOf(value);
      return expression.operator === '-' ? -numberOf(value) : ~numberOf(value);
    }
    case 'choice':
      return of(truthOf(of(expression.test)) ? expression.yes : expression.no);
    case 'infix':
      return infix(expression.operator, of(expression.left), () => of(expression.right));
  }
}

function truthOf(value: DslValue): boolean {
  if (typeof value !== 'boolean') throw new DslError(`'${textOf(value)}' is neither true nor false`);
  return value;
}

function infix(operator: Infix, left: DslValue, rightOf: () => DslValue): DslValue {
  switch (operator) {
    case '&&':
      return truthOf(left) && truthOf(rightOf());
    case '||':
      return truthOf(left) || truthOf(rightOf());
    case '??':
      return left ?? rightOf();
    case '==':
      return isEqual(left, rightOf());
    case '!=':
      return !isEqual(left, rightOf());
    case 'in': {
      const list = rightOf();
      return Array.isArray(list) && list.some((item: DslValue) => isEqual(left, item));
    }
    case '=~':
      return matches(left, rightOf());
    case '!~':
      return !matches(left, rightOf());
    case '+': {
      const right = rightOf();
      const isText = typeof left === 'string' || typeof right === 'string';
      return isText ? textOf(left) + textOf(right) : numberOf(left) + numberOf(right);
    }
    case '>':
    case '<':
    case '>=':
    case '<=':
      return compare(operator, left, rightOf());
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
      return calculate(operator, numberOf(left), numberOf(rightOf()));
  }
}

function isEqual(left: DslValue, right: DslValue): boolean {
  if (typeof left === 'object' || typeof right === 'object') return textOf(left) === textOf(right);
  return left === right;
}

function matches(text: DslValue, pattern: DslValue): boolean {
  const compiled = compilePattern(textOf(pattern));
  if (!compiled.ok) throw new DslError(compiled.error.message);
  return compiled.pattern.test(textOf(text));
}

function compare(operator: '>' | '<' | '>=' | '<=', left: DslValue, right: DslValue): boolean {
  const areTexts = typeof left === 'string' && typeof right === 'string';
  const a = areTexts ? left : numberOf(left);
  const b = areTexts ? right : numberOf(right);
  switch (operator) {
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
  }
}

function calculate(
  operator: '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^' | '<<' | '>>',
  left: number,
  right: number,
): number {
  switch (operator) {
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
  }
}

// The operators with two operands, with shorter ways where the types or one side are known.

import { compilePattern, type Pattern } from '../patterns/index.ts';
import { isIn, isInTexts } from './access.ts';
import type { BinaryNode, Node } from './ast.ts';
import { derived, type Code } from './code.ts';
import { EvaluationError, ExpressionFault } from './errors.ts';
import * as operations from './operations.ts';
import { recentPattern } from './textPatterns.ts';
import type { Translator } from './translate.ts';
import { Float, type Value } from './value.ts';

export function translateBinary<F>(translator: Translator<F>, node: BinaryNode): Code<F> {
  const left = translator.translate(node.left);
  const right = translator.translate(node.right);
  const { operator, start: at } = node;
  refuseMismatch(node, left, right);
  const parts = [left, right];
  const l = left.evaluate;
  const r = right.evaluate;
  const isFast = !translator.isNaive;
  switch (operator) {
    case '==':
    case '!=': {
      const same = isFast ? fastEqual(left, right) : undefined;
      const test = same ?? ((frame: F) => operations.equal(l(frame), r(frame)));
      return derived(parts, operator === '==' ? test : (frame) => !test(frame), 'boolean');
    }
    case '<':
      return derived(parts, (frame) => operations.compare(l(frame), r(frame), '<', at) < 0, 'boolean');
    case '>':
      return derived(parts, (frame) => operations.compare(l(frame), r(frame), '>', at) > 0, 'boolean');
    case '<=':
      return derived(parts, (frame) => operations.compare(l(frame), r(frame), '<=', at) <= 0, 'boolean');
    case '>=':
      return derived(parts, (frame) => operations.compare(l(frame), r(frame), '>=', at) >= 0, 'boolean');
    case 'in':
      return derived(parts, membership(node.right, left, right, at, isFast), 'boolean');
    case 'contains':
    case 'startsWith':
    case 'endsWith': {
      const fast = isFast ? fastText(left, operator, right) : undefined;
      return derived(
        parts,
        fast ?? ((frame) => operations.testText(l(frame), operator, r(frame), at)),
        'boolean',
      );
    }
    case 'matches':
      return derived(parts, matching(node, left, right), 'boolean');
    case '..':
      return derived(parts, (frame) => operations.range(l(frame), r(frame), at));
    case '+':
      if (isFast && left.type === 'text' && right.type === 'text') {
        return derived(parts, (frame) => operations.add(l(frame), r(frame), at), 'text');
      }
      return derived(parts, (frame) => operations.add(l(frame), r(frame), at));
    case '-':
      return derived(parts, (frame) => operations.subtract(l(frame), r(frame), at));
    case '*':
      return derived(parts, (frame) => operations.multiply(l(frame), r(frame), at));
    case '/':
      return derived(parts, (frame) => operations.divide(l(frame), r(frame), at));
    case '%':
      return derived(parts, (frame) => operations.modulo(l(frame), r(frame), at));
    case '**':
      return derived(parts, (frame) => operations.power(l(frame), r(frame), at));
    case '??':
      return derived(parts, (frame) => l(frame) ?? r(frame));
  }
}

/** A field that is always a text, tested against a number: Go refuses it, and it could never be what was meant. */
function refuseMismatch<F>(node: BinaryNode, left: Code<F>, right: Code<F>): void {
  if (!TEXT_OPERATORS.has(node.operator)) return;
  for (const [field, code, literal] of [
    [node.left, left, node.right],
    [node.right, right, node.left],
  ] as const) {
    if (field.kind !== 'member' || code.type !== 'text' || literal.kind !== 'literal') continue;
    const { value } = literal;
    if (typeof value === 'string' || value === null) continue;
    const message = `A text cannot be tested with '${node.operator}' against ${operations.goType(value)}`;
    const shown = value instanceof Float ? value.value : value;
    const hint =
      typeof value === 'boolean'
        ? `Write '${value}' in quotes`
        : `Write '${shown}' in quotes, or convert the text with int(…) or float(…)`;
    throw new ExpressionFault('E_EXPRESSION_TYPE', message, literal.start, hint);
  }
}

const TEXT_OPERATORS: ReadonlySet<string> = new Set(
  '== != < > <= >= contains startsWith endsWith matches'.split(' '),
);

/** Where one side is a text, a boolean or nil, JavaScript's own equality is Go's. */
function fastEqual<F>(left: Code<F>, right: Code<F>): ((frame: F) => boolean) | undefined {
  const isSimple = ({ type, constant }: Code<F>): boolean => type !== 'any' || constant === null;
  const l = left.evaluate;
  const r = right.evaluate;
  const { constant } = right;
  if (typeof constant === 'number') {
    return (frame) => {
      const value = l(frame);
      return value === constant || (value instanceof Float && value.value === constant);
    };
  }
  if (constant !== undefined && isSimple(right)) return (frame) => l(frame) === constant;
  return isSimple(left) || isSimple(right) ? (frame) => l(frame) === r(frame) : undefined;
}

function fastText<F>(
  left: Code<F>,
  operator: operations.TextTest,
  right: Code<F>,
): ((frame: F) => boolean) | undefined {
  const part = right.constant;
  if (left.type !== 'text' || typeof part !== 'string') return undefined;
  const text = left.evaluate as (frame: F) => string; // by its type
  switch (operator) {
    case 'contains':
      return (frame) => text(frame).includes(part);
    case 'startsWith':
      return (frame) => text(frame).startsWith(part);
    case 'endsWith':
      return (frame) => text(frame).endsWith(part);
  }
}

function membership<F>(
  node: Node,
  left: Code<F>,
  right: Code<F>,
  at: number,
  isFast: boolean,
): (frame: F) => boolean {
  const l = left.evaluate;
  const r = right.evaluate;
  const literals =
    node.kind === 'array' ? node.elements.map((element) => element.kind === 'literal' && element.value) : [];
  if (literals.length > 0 && literals.every((literal) => typeof literal === 'string')) {
    const texts: ReadonlySet<Value> = new Set(literals);
    if (isFast && left.type === 'text') return (frame) => texts.has(l(frame));
    return (frame) => isInTexts(l(frame), texts, at);
  }
  const list = right.constant;
  if (
    isFast &&
    list !== undefined &&
    operations.isList(list) &&
    list.every((element) => typeof element === 'string')
  ) {
    // Values of other types equal no text.
    const texts: ReadonlySet<Value> = new Set(list);
    return (frame) => texts.has(l(frame));
  }
  return (frame) => isIn(l(frame), r(frame), at);
}

function matching<F>(node: BinaryNode, left: Code<F>, right: Code<F>): (frame: F) => boolean {
  const { start: at } = node;
  const l = left.evaluate;
  const r = right.evaluate;
  const source = right.constant;
  if (typeof source === 'string') {
    const compiled = compilePattern(source);
    if (compiled.ok) {
      const { pattern } = compiled;
      if (left.type === 'text') return (frame) => pattern.test(l(frame) as string); // by its type
      return (frame) => test(l(frame), pattern, at);
    }
    if (node.right.kind === 'literal') {
      const { message, offset, hint } = compiled.error;
      // The opening quote is one character; escapes before the error make this an approximation.
      const where = Math.min(node.right.start + 1 + offset, node.right.end);
      throw new ExpressionFault('E_EXPRESSION_PATTERN', `The pattern is wrong: ${message}`, where, hint);
    }
  }
  return (frame) => {
    const text = l(frame);
    const pattern = r(frame);
    if (text === null || pattern === null) return false;
    return test(text, dynamicPattern(pattern, at), at);
  };
}

function dynamicPattern(source: Value, at: number): Pattern {
  const compiled = recentPattern(operations.toText(source, at));
  if (compiled.ok) return compiled.pattern;
  throw new EvaluationError(`error parsing regexp: ${compiled.error.message}`, at);
}

function test(text: Value, pattern: Pattern, at: number): boolean {
  return text !== null && pattern.test(operations.toText(text, at));
}

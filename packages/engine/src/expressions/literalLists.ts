// `any(LIST, { S contains E(#) })` over a constant list, where S is the same for all elements: one look at S
// for all texts at once instead of one for each. Also for the other tests of text, and where more has to hold
// than the test: then it is a quick way to say no.

import { LiteralSet } from '../patterns/index.ts';
import type { BinaryNode, Node } from './ast.ts';
import type { Cell, Code } from './code.ts';
import { EvaluationError } from './errors.ts';
import { toText } from './operations.ts';
import type { Translator } from './translate.ts';
import type { Value } from './value.ts';

type TextOperator = 'contains' | 'startsWith' | 'endsWith' | '==';

/** Returns the whole of `any` over the elements of the cell, or undefined when the body has no such form. */
export function fastAny<F>(
  translator: Translator<F>,
  body: Node,
  cell: Cell,
  test: (frame: F) => boolean,
): ((frame: F) => boolean) | undefined {
  const elements = cell.elements ?? [];
  if (elements.length === 0) return () => false;
  const { condition, isWhole } = necessary(body);
  if (condition === undefined) return undefined;
  const finder = textFinder(translator, condition, cell, elements);
  if (finder === undefined || isWhole) return finder;
  return (frame) => {
    if (!finder(frame)) return false;
    for (let i = 0; i < elements.length; i++) {
      cell.value = elements[i]!;
      cell.index = i;
      if (test(frame)) return true;
    }
    return false;
  };
}

/** The test of text that is evaluated first and has to be true for the body to be true. */
function necessary(body: Node): { condition: BinaryNode | undefined; isWhole: boolean } {
  if (body.kind === 'binary') return { condition: body, isWhole: true };
  if (body.kind === 'logical' && body.operator === '&&') {
    return { condition: necessary(body.operands[0]!).condition, isWhole: false };
  }
  if (body.kind === 'conditional' && body.otherwise.kind === 'literal' && body.otherwise.value === false) {
    const { condition, isWhole } = necessary(body.test);
    return { condition, isWhole: isWhole && body.then.kind === 'literal' && body.then.value === true };
  }
  return { condition: undefined, isWhole: false };
}

function textFinder<F>(
  translator: Translator<F>,
  condition: BinaryNode,
  cell: Cell,
  elements: readonly Value[],
): ((frame: F) => boolean) | undefined {
  const { operator, start: at } = condition;
  if (operator !== 'contains' && operator !== 'startsWith' && operator !== 'endsWith' && operator !== '==') {
    return undefined;
  }
  translator.predicates.push(cell);
  const left = translator.translate(condition.left);
  const right = translator.translate(condition.right);
  translator.predicates.pop();
  const isSubject = (code: Code<F>): boolean => code.isPure && !code.cells.has(cell);
  const swaps = operator === '==' && !isSubject(left);
  const [subject, part] = swaps ? [right, left] : [left, right];
  if (
    !isSubject(subject) ||
    part.usesFrame ||
    !part.isPure ||
    [...part.cells].some((other) => other !== cell)
  ) {
    return undefined;
  }
  const texts = textsOf(part, cell, elements, operator);
  if (texts === undefined) return undefined;
  const finds = finderFor(operator, texts);
  const { evaluate } = subject;
  return (frame) => {
    const text = evaluate(frame);
    if (typeof text === 'string') return finds(text);
    if (text === null || operator === '==' || texts.length === 0) return false;
    return finds(toText(text, at));
  };
}

/** The part for each element; nil is part of no text. Undefined when one is no text. */
function textsOf<F>(
  part: Code<F>,
  cell: Cell,
  elements: readonly Value[],
  operator: TextOperator,
): readonly string[] | undefined {
  const texts: string[] = [];
  for (const [index, element] of elements.entries()) {
    cell.value = element;
    cell.index = index;
    let value: Value;
    try {
      value = part.evaluate(undefined as F); // it uses no frame
    } catch (error) {
      if (error instanceof EvaluationError) return undefined;
      throw error;
    }
    if (typeof value === 'string') texts.push(value);
    else if (value !== null || operator === '==') return undefined;
  }
  return texts;
}

function finderFor(operator: TextOperator, texts: readonly string[]): (text: string) => boolean {
  switch (operator) {
    case '==': {
      const set = new Set(texts);
      return (text) => set.has(text);
    }
    case 'contains':
      return containsFinder(texts);
    case 'startsWith':
      return affixFinder(
        texts,
        (text, length) => text.slice(0, length),
        (text, part) => text.startsWith(part),
      );
    case 'endsWith':
      return affixFinder(
        texts,
        (text, length) => text.slice(text.length - length),
        (text, part) => text.endsWith(part),
      );
  }
}

/** Up to here, looking for one text after the other is faster than one pass for all (measured: 61 ns each). */
const FEW = 5;

function containsFinder(texts: readonly string[]): (text: string) => boolean {
  const distinct = [...new Set(texts)];
  if (distinct.length > FEW) {
    const set = new LiteralSet(distinct);
    return (text) => set.occursIn(text);
  }
  return (text) => {
    for (let i = 0; i < distinct.length; i++) if (text.includes(distinct[i]!)) return true;
    return false;
  };
}

/** Texts by the few characters at their edge: one look-up leaves one or two candidates. */
function affixFinder(
  texts: readonly string[],
  edge: (text: string, length: number) => string,
  matches: (text: string, part: string) => boolean,
): (text: string) => boolean {
  const length = Math.min(4, ...texts.map((text) => text.length));
  const byEdge = new Map<string, string[]>();
  for (const text of new Set(texts)) {
    const key = edge(text, length);
    const bucket = byEdge.get(key);
    if (bucket === undefined) byEdge.set(key, [text]);
    else bucket.push(text);
  }
  return (text) => {
    if (text.length < length) return false;
    return byEdge.get(edge(text, length))?.some((part) => matches(text, part)) === true;
  };
}

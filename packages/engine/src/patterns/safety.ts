// How long a backtracking matcher may take on a pattern in the worst case, decided from its tree when it loads.
//
// Two findings, both erring on the side of danger. A loop is *exponential* when one stretch of text can be
// walked from the loop's head back to its head in two ways: looked for first by a cheap sufficient test (every
// choice is decided by the next character), else exactly, on pairs of positions of the loop's automaton.
// Otherwise time is polynomial, and its degree is the longest chain of loops where one can hand over to the
// next anywhere inside a text that both accept; trying every start counts as the first loop of the chain.

import { NO_CHARS, overlaps, union, type CharSet } from './charSet.ts';
import { firstChars } from './first.ts';
import { isExponential } from './ambiguity.ts';
import { polynomialDegree } from './loopChains.ts';
import { childrenOf, isNullable, type Node } from './syntaxTree.ts';

export type Safety =
  | { readonly kind: 'linear' }
  | {
      readonly kind: 'polynomial';
      readonly degree: number;
      /** Longest text for which a backtracking matcher stays within the step budget. */
      readonly maxLength: number;
    }
  | { readonly kind: 'exponential' };

// Steps that one match may cost on V8's matcher: at most some milliseconds.
const STEP_BUDGET = 2_000_000;
// Repetitions up to this count are looked at copy by copy; longer ones count as endless.
const UNROLLED = 3;

/** The worst case of `tree` under backtracking. */
export function analyseSafety(tree: Node): Safety {
  if (hasExponentialLoop(tree)) return { kind: 'exponential' };
  const degree = polynomialDegree(tree, !startsAtTextStart(tree), UNROLLED);
  if (degree <= 1) return { kind: 'linear' };
  return { kind: 'polynomial', degree, maxLength: longestText(degree) };
}

/** Solves n^degree / degree! = budget: the ways to place `degree` hand-overs in order in n characters. */
function longestText(degree: number): number {
  let factorial = 1;
  for (let i = 2; i <= degree; i++) factorial *= i;
  return Math.floor((STEP_BUDGET * factorial) ** (1 / degree));
}

/** Whether every match begins at the start of the text. */
function startsAtTextStart(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'textStart';
    case 'concat': {
      for (const item of node.items) {
        if (startsAtTextStart(item)) return true;
        if (item.kind !== 'assert' && item.kind !== 'empty') return false;
      }
      return false;
    }
    case 'alternate':
      return node.items.every(startsAtTextStart);
    case 'capture':
      return startsAtTextStart(node.item);
    case 'repeat':
      return node.min > 0 && startsAtTextStart(node.item);
    case 'empty':
    case 'chars':
      return false;
  }
}

function isLoop(node: Node): node is Node & { kind: 'repeat' } {
  return node.kind === 'repeat' && node.max > UNROLLED;
}

/** Walks to the outermost loops; what is inside one is judged with it. */
function hasExponentialLoop(node: Node): boolean {
  if (!isLoop(node)) return childrenOf(node).some(hasExponentialLoop);
  if (node.item.kind === 'chars') return false;
  // Which of many compulsory iterations are the empty ones can be chosen in exponentially many ways.
  if (node.min > UNROLLED && isNullable(node.item) && firstChars(node.item).length > 0) return true;
  return !decidedByNextChar(node.item, firstChars(node.item), true) && isExponential(node.item, UNROLLED);
}

/** Sufficient for unambiguity: at each choice the next character leaves one way only. `follow` comes after. */
function decidedByNextChar(node: Node, follow: CharSet, inLoop: boolean): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'chars':
      return true;
    case 'capture':
      return decidedByNextChar(node.item, follow, inLoop);
    case 'concat': {
      if (inLoop && isNullable(node)) return false;
      let after = follow;
      for (let i = node.items.length - 1; i >= 0; i--) {
        const item = node.items[i]!;
        if (!decidedByNextChar(item, after, false)) return false;
        after = isNullable(item) ? union(firstChars(item), after) : firstChars(item);
      }
      return true;
    }
    case 'alternate': {
      if (node.items.filter(isNullable).length > (inLoop ? 0 : 1)) return false;
      let seen: CharSet = isNullable(node) ? follow : NO_CHARS;
      for (const item of node.items) {
        const first = firstChars(item);
        if (overlaps(first, seen) || !decidedByNextChar(item, follow, false)) return false;
        seen = union(seen, first);
      }
      return true;
    }
    case 'repeat': {
      if (inLoop && isNullable(node)) return false;
      if (node.max === 0) return true;
      const first = firstChars(node.item);
      if (isNullable(node.item)) return false;
      if (node.min !== node.max && overlaps(first, follow)) return false;
      const after = node.max > 1 ? union(first, follow) : follow;
      return decidedByNextChar(node.item, after, false);
    }
  }
}

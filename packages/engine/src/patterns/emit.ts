// Writes a tree as the source of a JavaScript RegExp that finds the same leftmost-first match as RE2.
//
// No flag but `u` is ever used: folding is already in the sets, `$` without multi-line is JavaScript's own, and
// the multi-line assertions are look-arounds because JavaScript's `m` also breaks lines at \r and \u2028.

import { intersect, negate, sizeOf, type CharSet } from './charSet.ts';
import { childrenOf, hasCapture, isNullable, type Node } from './syntaxTree.ts';

export interface Emitted {
  readonly source: string;
  /** For each group of the RegExp, in order, the number of the group in the pattern. */
  readonly groups: readonly number[];
}

/** The RegExp source; with `unicode` it is for the `u` flag, without it for texts that have no surrogates. */
export function toJavaScript(tree: Node, unicode: boolean): Emitted {
  const groups: number[] = [];
  return { source: write(tree, { unicode, groups }), groups };
}

/** Whether JavaScript, given the emitted source, may set other groups or end elsewhere than RE2 does. */
export function capturesDiffer(node: Node): boolean {
  if (node.kind === 'repeat' && node.max > 1) {
    // JavaScript refuses an empty iteration and tries the item's other choices; RE2 leaves the loop.
    if (isNullable(node.item) && (hasCapture(node.item) || !emptyComesLast(node.item))) return true;
    // JavaScript clears the groups of the item before each iteration; RE2 keeps what an earlier one set.
    if (!everyCaptureTakesPart(node.item)) return true;
  }
  return childrenOf(node).some(capturesDiffer);
}

/** Whether matching nothing is the last choice of the node, whatever stands before it. */
function emptyComesLast(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'chars':
      return true;
    case 'concat':
      return node.items.every(emptyComesLast);
    case 'alternate':
      return node.items.every((item, i) =>
        i === node.items.length - 1 ? emptyComesLast(item) : !isNullable(item),
      );
    case 'capture':
      return emptyComesLast(node.item);
    case 'repeat':
      if (!isNullable(node)) return true;
      return node.greedy && !isNullable(node.item);
  }
}

function everyCaptureTakesPart(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'chars':
      return true;
    case 'concat':
      return node.items.every(everyCaptureTakesPart);
    case 'alternate':
      return !hasCapture(node);
    case 'capture':
      return everyCaptureTakesPart(node.item);
    case 'repeat':
      return node.min > 0 ? everyCaptureTakesPart(node.item) : !hasCapture(node);
  }
}

interface Context {
  readonly unicode: boolean;
  readonly groups: number[];
}

function write(node: Node, context: Context): string {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'chars':
      return writeSet(node.set, context.unicode);
    case 'concat':
      return node.items
        .map((item) => (item.kind === 'alternate' ? `(?:${write(item, context)})` : write(item, context)))
        .join('');
    case 'alternate':
      return node.items.map((item) => write(item, context)).join('|');
    case 'capture':
      context.groups.push(node.index);
      return `(${write(node.item, context)})`;
    case 'assert':
      return ASSERTIONS[node.what];
    case 'repeat':
      return writeRepeat(node, context);
  }
}

const ASSERTIONS = {
  textStart: '^',
  textEnd: '$',
  lineStart: '(?<![^\\n])',
  lineEnd: '(?=\\n|$)',
  word: '\\b',
  notWord: '\\B',
} as const;

function writeRepeat(node: Node & { kind: 'repeat' }, context: Context): string {
  const { min, max } = node;
  if (max === 0) return '(?:)';
  const inner = write(node.item, context);
  if (min === 1 && max === 1) return `(?:${inner})`;
  // A quantifier refuses an empty match of an optional item where RE2 accepts it; an alternation does not.
  if (min === 0 && max === 1 && isNullable(node.item)) {
    return node.greedy ? `(?:(?:${inner})|)` : `(?:|(?:${inner}))`;
  }
  const atom = node.item.kind === 'chars' || node.item.kind === 'capture' ? inner : `(?:${inner})`;
  return atom + quantifier(min, max) + (node.greedy ? '' : '?');
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const KNOWN_SETS = new Map([
  ['48,57', '\\d'],
  ['48,57,65,90,95,95,97,122', '\\w'],
]);

function writeSet(set: CharSet, unicode: boolean): string {
  const visible = unicode ? set : intersect(set, [0, 0xffff]);
  const known = KNOWN_SETS.get(visible.join(','));
  if (known !== undefined) return known;
  if (visible.length === 2 && visible[0] === visible[1]) return writeChar(visible[0]!, unicode);
  const complement = unicode ? negate(set) : intersect(negate(set), [0, 0xffff]);
  const negated = complement.length < visible.length || sizeOf(complement) < 3;
  const parts: string[] = [];
  const ranges = negated ? complement : visible;
  for (let i = 0; i < ranges.length; i += 2) {
    const lo = writeChar(ranges[i]!, unicode);
    if (ranges[i] === ranges[i + 1]) parts.push(lo);
    else parts.push(`${lo}-${writeChar(ranges[i + 1]!, unicode)}`);
  }
  return `[${negated ? '^' : ''}${parts.join('')}]`;
}

function writeChar(codePoint: number, unicode: boolean): string {
  const char = String.fromCodePoint(codePoint);
  if (/^[A-Za-z0-9 _"'<>@#%&;:,=~!`]$/.test(char)) return char;
  if (codePoint < 0x100) return `\\x${codePoint.toString(16).padStart(2, '0')}`;
  return unicode ? `\\u{${codePoint.toString(16)}}` : `\\u${codePoint.toString(16).padStart(4, '0')}`;
}

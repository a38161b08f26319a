// The tree of a parsed regular expression. Case folding, dot and classes are resolved into code point sets by
// the parser, so the stages after it know eight kinds of node and no flags.

import type { CharSet } from './charSet.ts';

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'chars'; readonly set: CharSet }
  | { readonly kind: 'concat'; readonly items: readonly Node[] }
  | { readonly kind: 'alternate'; readonly items: readonly Node[] }
  | RepeatNode
  | CaptureNode
  | { readonly kind: 'assert'; readonly what: Assertion };

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly item: Node;
  readonly min: number;
  /** Infinity when there is no upper limit. */
  readonly max: number;
  readonly greedy: boolean;
}

export interface CaptureNode {
  readonly kind: 'capture';
  readonly index: number;
  readonly item: Node;
  /** Where its parenthesis opens in the source, by which grok finds the group of a sub-pattern. */
  readonly offset: number;
}

export const EMPTY: Node = { kind: 'empty' };

export function concat(items: readonly Node[]): Node {
  if (items.length === 0) return EMPTY;
  return items.length === 1 ? items[0]! : { kind: 'concat', items };
}

export function alternate(items: readonly Node[]): Node {
  return items.length === 1 ? items[0]! : { kind: 'alternate', items };
}

/** Whether the node can match without consuming anything. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return true;
    case 'chars':
      return false;
    case 'concat':
      return node.items.every(isNullable);
    case 'alternate':
      return node.items.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.item);
    case 'capture':
      return isNullable(node.item);
  }
}

/** The nodes directly inside the node, in order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'chars':
      return [];
    case 'concat':
    case 'alternate':
      return node.items;
    case 'repeat':
    case 'capture':
      return [node.item];
  }
}

/** Whether the test holds for one of the sets of characters in the tree. */
export function someSet(node: Node, test: (set: CharSet) => boolean): boolean {
  return node.kind === 'chars' ? test(node.set) : childrenOf(node).some((child) => someSet(child, test));
}

export function hasCapture(node: Node): boolean {
  return node.kind === 'capture' || childrenOf(node).some(hasCapture);
}

/** The tree with the captures that `keep` refuses taken out, and sequences flattened. */
export function withoutCaptures(node: Node, keep: (index: number) => boolean): Node {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'chars':
      return node;
    case 'concat': {
      const items: Node[] = [];
      for (const item of node.items) {
        const stripped = withoutCaptures(item, keep);
        if (stripped.kind === 'concat') items.push(...stripped.items);
        else if (stripped.kind !== 'empty') items.push(stripped);
      }
      return concat(items);
    }
    case 'alternate': {
      const items: Node[] = [];
      for (const item of node.items) {
        const stripped = withoutCaptures(item, keep);
        if (stripped.kind === 'alternate') items.push(...stripped.items);
        else items.push(stripped);
      }
      return alternate(items);
    }
    case 'repeat': {
      const item = withoutCaptures(node.item, keep);
      return item === node.item ? node : { ...node, item };
    }
    case 'capture': {
      const item = withoutCaptures(node.item, keep);
      return keep(node.index) ? { ...node, item } : item;
    }
  }
}

// A quick no for IPv6 addresses, the part that most lines are asked for first and least often have: every form
// has a colon within its first five characters.

import { hasAstral, onlyChar } from '../charSet.ts';
import type { Node } from '../syntaxTree.ts';

const COLON = 0x3a;
const MAX_BEFORE = 8;

/** At most how many characters stand before the first colon of any match; undefined if that is not small. */
export function earlyColon(node: Node): number | undefined {
  const before = charsBefore(node);
  return before <= MAX_BEFORE ? before : undefined;
}

function charsBefore(node: Node): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return Infinity;
    case 'chars':
      return onlyChar(node.set) === COLON ? 0 : Infinity;
    case 'capture':
      return charsBefore(node.item);
    case 'repeat':
      return node.min > 0 ? charsBefore(node.item) : Infinity;
    case 'alternate':
      return Math.max(...node.items.map(charsBefore));
    case 'concat': {
      let length = 0;
      for (const item of node.items) {
        const before = charsBefore(item);
        if (before !== Infinity) return length + before;
        length += longest(item);
      }
      return Infinity;
    }
  }
}

function longest(node: Node): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return 0;
    case 'chars':
      return hasAstral(node.set) ? 2 : 1;
    case 'capture':
      return longest(node.item);
    case 'repeat': {
      const item = longest(node.item);
      return item === 0 ? 0 : node.max * item;
    }
    case 'alternate':
      return Math.max(...node.items.map(longest));
    case 'concat':
      return node.items.reduce((sum, item) => sum + longest(item), 0);
  }
}

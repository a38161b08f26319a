// Which characters a match of a node can begin with.

import { NO_CHARS, union, type CharSet } from './charSet.ts';
import { isNullable, type Node } from './syntaxTree.ts';

/** The characters that a non-empty match of `node` can begin with. */
export function firstChars(node: Node): CharSet {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NO_CHARS;
    case 'chars':
      return node.set;
    case 'capture':
      return firstChars(node.item);
    case 'repeat':
      return node.max === 0 ? NO_CHARS : firstChars(node.item);
    case 'alternate':
      return node.items.reduce<CharSet>((set, item) => union(set, firstChars(item)), NO_CHARS);
    case 'concat': {
      let set = NO_CHARS;
      for (const item of node.items) {
        set = union(set, firstChars(item));
        if (!isNullable(item)) break;
      }
      return set;
    }
  }
}

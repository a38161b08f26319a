// What may come next: the facts by which the scanner generator knows that a choice cannot be taken otherwise.

import { NO_CHARS, overlaps, union, type CharSet } from '../charSet.ts';
import type { Node } from '../syntaxTree.ts';

/** What the rest of a pattern can begin with. */
export interface Follow {
  readonly set: CharSet;
  /** The rest can hold at the end of the text. */
  readonly atEnd: boolean;
  /** The rest can be nothing at all, so that anything may stand here. */
  readonly anything: boolean;
}

export const ANYTHING: Follow = { set: NO_CHARS, atEnd: true, anything: true };

/** What `items` and then `follow` can begin with. Assertions but the ends are looked through. */
export function followOf(items: readonly Node[], follow: Follow): Follow {
  let result = follow;
  for (let i = items.length - 1; i >= 0; i--) result = before(items[i]!, result);
  return result;
}

function before(node: Node, follow: Follow): Follow {
  switch (node.kind) {
    case 'empty':
      return follow;
    case 'assert':
      if (node.what === 'textEnd') return { set: NO_CHARS, atEnd: true, anything: false };
      if (node.what === 'lineEnd') return { set: [10, 10], atEnd: true, anything: false };
      return follow;
    case 'chars':
      return { set: node.set, atEnd: false, anything: false };
    case 'capture':
      return before(node.item, follow);
    case 'concat':
      return followOf(node.items, follow);
    case 'alternate':
      return node.items.map((item) => before(item, follow)).reduce(either);
    case 'repeat': {
      if (node.max === 0) return follow;
      // More iterations begin as the first does.
      const first = before(node.item, follow);
      return node.min === 0 ? either(first, follow) : first;
    }
  }
}

function either(a: Follow, b: Follow): Follow {
  return {
    set: union(a.set, b.set),
    atEnd: a.atEnd || b.atEnd,
    anything: a.anything || b.anything,
  };
}

/** Whether a character of `set` cannot begin what follows. */
export function excludes(follow: Follow, set: CharSet): boolean {
  return !follow.anything && !overlaps(follow.set, set);
}

export interface Alphabet {
  readonly set: CharSet;
  /**
   * The node may take `%` and then the rest of the line (the zone of an IPv6 address). The set has the `%` but
   * not the rest: it holds for texts where no `%` stands among the characters of the set.
   */
  readonly zone: boolean;
}

/** The characters that a match of the node can consist of. */
export function alphabetOf(node: Node): Alphabet {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return { set: NO_CHARS, zone: false };
    case 'chars':
      return { set: node.set, zone: false };
    case 'capture':
      return alphabetOf(node.item);
    case 'repeat':
      return isZone(node.item) ? { set: [37, 37], zone: true } : alphabetOf(node.item);
    case 'concat':
    case 'alternate': {
      if (isZone(node)) return { set: [37, 37], zone: true };
      const parts = node.items.map(alphabetOf);
      return {
        set: parts.reduce<CharSet>((set, part) => union(set, part.set), NO_CHARS),
        zone: parts.some((part) => part.zone),
      };
    }
  }
}

/** `%.+` */
function isZone(node: Node): boolean {
  if (node.kind !== 'concat' || node.items.length !== 2) return false;
  const [percent, rest] = node.items;
  return (
    percent!.kind === 'chars' &&
    percent!.set.length === 2 &&
    percent!.set[0] === 37 &&
    percent!.set[1] === 37 &&
    rest!.kind === 'repeat' &&
    rest!.item.kind === 'chars'
  );
}

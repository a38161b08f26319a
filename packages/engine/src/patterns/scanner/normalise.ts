// Rewrites parts that need backtracking into equal parts that do not.
//
// `S?T{1,m}` with S within T (as in `[01]?[0-9][0-9]?`, the usual octet of an IPv4 address) first takes an S and
// may have to give it back. Read from its first character it is `S T{0,m}` or `(T without S) T{0,m-1}`: the same
// texts with the same preference for longer ones.

import { intersect, negate, type CharSet } from '../charSet.ts';
import type { Node, RepeatNode } from '../syntaxTree.ts';

/** The tree in an equal form that a scanner can follow further. */
export function normalise(node: Node): Node {
  switch (node.kind) {
    case 'empty':
    case 'chars':
    case 'assert':
      return node;
    case 'capture':
    case 'repeat':
      return { ...node, item: normalise(node.item) };
    case 'alternate':
      return { kind: 'alternate', items: node.items.map(normalise) };
    case 'concat':
      return { kind: 'concat', items: rewrite(node.items.map(normalise)) };
  }
}

function rewrite(items: readonly Node[]): readonly Node[] {
  const out: Node[] = [];
  for (let i = 0; i < items.length; i++) {
    const head = optionalClass(items[i]!);
    const tail = head === undefined ? undefined : classRun(items, i + 1);
    if (head === undefined || tail === undefined || !isWithin(head, tail.set)) {
      out.push(items[i]!);
      continue;
    }
    const others = intersect(tail.set, negate(head));
    const branches: Node[] = [{ kind: 'concat', items: [chars(head), atMost(tail.set, tail.max)] }];
    if (others.length > 0) {
      branches.push({ kind: 'concat', items: [chars(others), atMost(tail.set, tail.max - 1)] });
    }
    out.push({ kind: 'alternate', items: branches });
    i += tail.items;
  }
  return out;
}

function optionalClass(node: Node): CharSet | undefined {
  const optional = node.kind === 'repeat' && node.greedy && node.min === 0 && node.max === 1;
  return optional && node.item.kind === 'chars' ? node.item.set : undefined;
}

/** One to `max` characters of one class, starting at item `from`, and how many items spell it. */
function classRun(
  items: readonly Node[],
  from: number,
): { set: CharSet; max: number; items: number } | undefined {
  const item = items[from];
  if (item?.kind === 'repeat' && item.greedy && item.min === 1 && item.item.kind === 'chars') {
    return item.max === Infinity ? undefined : { set: item.item.set, max: item.max, items: 1 };
  }
  if (item?.kind !== 'chars') return undefined;
  const next = items[from + 1];
  const more = next === undefined ? undefined : optionalClass(next);
  const same = more !== undefined && more.join() === item.set.join();
  return { set: item.set, max: same ? 2 : 1, items: same ? 2 : 1 };
}

function isWithin(a: CharSet, b: CharSet): boolean {
  return intersect(a, b).join() === a.join();
}

function chars(set: CharSet): Node {
  return { kind: 'chars', set };
}

function atMost(set: CharSet, max: number): RepeatNode {
  return { kind: 'repeat', item: chars(set), min: 0, max, greedy: true };
}

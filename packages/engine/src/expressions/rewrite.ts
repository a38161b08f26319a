// Trees with some of their nodes replaced.

import type { Node } from './ast.ts';

/**
 * Returns the tree with each node for which `replace` returns one exchanged. Children of a replacement are not
 * visited; a predicate's body is entered with `enterPredicate` in place of `replace`.
 */
export function rewrite(
  node: Node,
  replace: (node: Node) => Node | undefined,
  enterPredicate: (node: Node) => Node | undefined = replace,
): Node {
  const replaced = replace(node);
  if (replaced !== undefined) return replaced;
  const go = (child: Node): Node => rewrite(child, replace, enterPredicate);
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'pointer':
      return node;
    case 'member':
      return { ...node, object: go(node.object), property: go(node.property) };
    case 'chain':
      return { ...node, body: go(node.body) };
    case 'predicate':
      return { ...node, body: rewrite(node.body, enterPredicate) };
    case 'slice':
      return {
        ...node,
        object: go(node.object),
        from: node.from && go(node.from),
        to: node.to && go(node.to),
      };
    case 'unary':
      return { ...node, operand: go(node.operand) };
    case 'binary':
      return { ...node, left: go(node.left), right: go(node.right) };
    case 'logical':
      return { ...node, operands: node.operands.map(go) };
    case 'conditional':
      return { ...node, test: go(node.test), then: go(node.then), otherwise: go(node.otherwise) };
    case 'let':
      return { ...node, value: go(node.value), body: go(node.body) };
    case 'sequence':
      return { ...node, nodes: node.nodes.map(go) };
    case 'array':
      return { ...node, elements: node.elements.map(go) };
    case 'map':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key: go(key), value: go(value) })) };
    case 'call':
    case 'builtin':
      return { ...node, args: node.args.map(go) };
    case 'method':
      return { ...node, object: go(node.object), args: node.args.map(go) };
  }
}

/** How many nodes a tree has, counting no further than the limit. */
export function sizeUpTo(node: Node, limit: number, childrenOf: (node: Node) => readonly Node[]): number {
  let size = 1;
  for (const child of childrenOf(node)) {
    if (size >= limit) return limit;
    size += sizeUpTo(child, limit - size, childrenOf);
  }
  return size;
}

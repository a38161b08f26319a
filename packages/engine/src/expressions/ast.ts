// The tree of an expression. `start` and `end` are offsets into the source (UTF-16 units, end exclusive), so
// that an error found at any later time can still point at the text that caused it.
//
// Spellings are normalised: `and` is `&&`, `or` is `||`, `!` is `not`, `^` is `**`; `a not in b` is `not (a in b)`,
// `a < b < c` is `a < b && b < c`, `x | f(y)` is `f(x, y)`, `.field` in a predicate is `#.field`.

import type { Float } from './value.ts';

export type Node =
  | LiteralNode
  | NameNode
  | PointerNode
  | MemberNode
  | ChainNode
  | SliceNode
  | UnaryNode
  | BinaryNode
  | LogicalNode
  | ConditionalNode
  | LetNode
  | SequenceNode
  | ArrayNode
  | MapNode
  | CallNode
  | MethodNode
  | BuiltinNode
  | PredicateNode;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface LiteralNode extends Span {
  readonly kind: 'literal';
  readonly value: string | number | Float | boolean | null;
}

/** A variable of the environment, a `let` variable, or `$env`. */
interface NameNode extends Span {
  readonly kind: 'name';
  readonly name: string;
}

/** `#`, `#acc` or `#index` inside a predicate. */
interface PointerNode extends Span {
  readonly kind: 'pointer';
  readonly name: '' | 'acc' | 'index';
}

/** `a.b`, `a["b"]`, `a[i]`; optional ones (`?.`) make the whole enclosing chain nil when `object` is nil. */
interface MemberNode extends Span {
  readonly kind: 'member';
  readonly object: Node;
  readonly property: Node;
  readonly optional: boolean;
}

/** How far a `?.` inside `body` jumps. */
interface ChainNode extends Span {
  readonly kind: 'chain';
  readonly body: Node;
}

interface SliceNode extends Span {
  readonly kind: 'slice';
  readonly object: Node;
  readonly from: Node | undefined;
  readonly to: Node | undefined;
}

export interface UnaryNode extends Span {
  readonly kind: 'unary';
  readonly operator: 'not' | '-' | '+';
  readonly operand: Node;
}

export type BinaryOperator =
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'matches'
  | '..'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '??';

export interface BinaryNode extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

/** Two or more operands, from left to right; no operand is a logical node of the same operator. */
export interface LogicalNode extends Span {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly operands: readonly Node[];
}

/** `test ? then : otherwise`, and `if test { then } else { otherwise }`. */
interface ConditionalNode extends Span {
  readonly kind: 'conditional';
  readonly test: Node;
  readonly then: Node;
  readonly otherwise: Node;
}

export interface LetNode extends Span {
  readonly kind: 'let';
  readonly name: string;
  readonly value: Node;
  readonly body: Node;
}

/** `a; b; c`: all are evaluated, the last one is the value. */
interface SequenceNode extends Span {
  readonly kind: 'sequence';
  readonly nodes: readonly Node[];
}

interface ArrayNode extends Span {
  readonly kind: 'array';
  readonly elements: readonly Node[];
}

interface MapNode extends Span {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Node; readonly value: Node }[];
}

/** A call of a helper function of the environment, or of a variable that holds none. */
export interface CallNode extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Node[];
}

interface MethodNode extends Span {
  readonly kind: 'method';
  readonly object: Node;
  readonly name: string;
  readonly args: readonly Node[];
  readonly optional: boolean;
}

/** A call of one of the language's own functions; its predicate, if it takes one, is the second argument. */
export interface BuiltinNode extends Span {
  readonly kind: 'builtin';
  readonly name: string;
  readonly args: readonly Node[];
}

interface PredicateNode extends Span {
  readonly kind: 'predicate';
  readonly body: Node;
}

/** Returns the direct children of a node, in the order they are evaluated. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'pointer':
      return [];
    case 'member':
      return [node.object, node.property];
    case 'chain':
    case 'predicate':
      return [node.body];
    case 'slice':
      return [node.object, node.from, node.to].filter((child) => child !== undefined);
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'logical':
      return node.operands;
    case 'conditional':
      return [node.test, node.then, node.otherwise];
    case 'let':
      return [node.value, node.body];
    case 'sequence':
      return node.nodes;
    case 'array':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'call':
    case 'builtin':
      return node.args;
    case 'method':
      return [node.object, ...node.args];
  }
}

/** The path of a constant member access such as `evt.Meta.http_path`, from its variable; undefined for others. */
export function constantPath(
  node: Node,
): { readonly variable: string; readonly path: readonly string[] } | undefined {
  const path: string[] = [];
  let at = node;
  while (at.kind === 'member' && !at.optional) {
    if (at.property.kind !== 'literal' || typeof at.property.value !== 'string') return undefined;
    path.push(at.property.value);
    at = at.object;
  }
  return at.kind === 'name' ? { variable: at.name, path: path.toReversed() } : undefined;
}

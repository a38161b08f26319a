// Tokens to tree: the grammar of expr-lang 1.17. One token of look-ahead and no backtracking, so the time is
// linear; length, nesting and number of nodes are bounded because expressions come from outside.

import type { BinaryOperator, LogicalNode, Node } from './ast.ts';
import { BUILTINS } from './builtins.table.ts';
import { TokenCursor } from './cursor.ts';
import { ExpressionFault, type ExpressionError } from './errors.ts';
import type { Token } from './lex.ts';
import { BINARY, COMPARISONS, NEGATABLE, UNARY } from './operators.table.ts';
import { Float } from './value.ts';

export type ParseResult =
  | { readonly ok: true; readonly ast: Node }
  | { readonly ok: false; readonly error: ExpressionError };

const MAX_LENGTH = 100_000;
const MAX_NODES = 10_000;
/** Of the tree; walking it recursively has to fit on the stack. */
const MAX_DEPTH = 250;

/** Returns the tree of an expression, or what is wrong with its text. Never throws. */
export function parseExpression(source: string): ParseResult {
  try {
    if (source.length > MAX_LENGTH) {
      throw new ExpressionFault(
        'E_EXPRESSION_LIMIT',
        `The expression is longer than ${MAX_LENGTH} characters`,
        MAX_LENGTH,
        'Split it',
      );
    }
    return { ok: true, ast: new Parser(new TokenCursor(source)).parse() };
  } catch (error) {
    if (error instanceof ExpressionFault) return { ok: false, error: error.error };
    throw error;
  }
}

/** A node without its kind's other fields checked: each caller of `#node` writes a literal of one kind. */
type Unplaced<N> = N extends Node ? Omit<N, 'start' | 'end'> : never;

class Parser {
  readonly #tokens: TokenCursor;
  #predicates = 0;
  #nesting = 0;
  /** How deep and how big the tree is at each node. A part that is used twice (`a ?: b`) counts twice. */
  readonly #measures = new Map<Node, { readonly depth: number; readonly size: number }>();

  constructor(tokens: TokenCursor) {
    this.#tokens = tokens;
  }

  parse(): Node {
    const ast = this.#sequence();
    if (this.#tokens.token.kind !== 'end') this.#tokens.unexpected();
    return ast;
  }

  #node(node: Unplaced<Node>, start: number, children: readonly (Node | undefined)[] = []): Node {
    let depth = 0;
    let size = 1;
    for (const child of children) {
      const measure = child === undefined ? undefined : this.#measures.get(child);
      depth = Math.max(depth, measure?.depth ?? 0);
      size += measure?.size ?? 0;
    }
    // Adding the span to a node of one kind gives that kind again, which the type of a spread does not show.
    return this.#measured({ ...node, start, end: this.#tokens.previousEnd } as Node, depth + 1, size);
  }

  #measured(node: Node, depth: number, size: number): Node {
    if (size > MAX_NODES) this.#tooBig(`has more than ${MAX_NODES} parts`, node.start);
    if (depth > MAX_DEPTH) this.#tooBig(`is nested more than ${MAX_DEPTH} levels deep`, node.start);
    this.#measures.set(node, { depth, size });
    return node;
  }

  #tooBig(what: string, offset: number): never {
    throw new ExpressionFault('E_EXPRESSION_LIMIT', `The expression ${what}`, offset, 'Split it');
  }

  // Grammar

  #sequence(): Node {
    const { start } = this.#tokens.token;
    const nodes = [this.#expression(0)];
    while (this.#tokens.accept('operator', ';')) {
      if (this.#tokens.is('end')) break;
      nodes.push(this.#expression(0));
    }
    return nodes.length === 1 ? nodes[0]! : this.#node({ kind: 'sequence', nodes }, start, nodes);
  }

  #expression(precedence: number): Node {
    if (++this.#nesting > MAX_DEPTH) {
      this.#tooBig(`is nested more than ${MAX_DEPTH} levels deep`, this.#tokens.token.start);
    }
    const node = this.#expressionWithin(precedence);
    this.#nesting--;
    return node;
  }

  #expressionWithin(precedence: number): Node {
    if (precedence === 0 && this.#tokens.is('operator', 'let')) return this.#let();
    if (precedence === 0 && this.#tokens.is('operator', 'if')) return this.#if();
    const { start } = this.#tokens.token;
    const node = this.#binary(this.#primary(), start, precedence);
    return precedence === 0 ? this.#ternary(node, start) : node;
  }

  /** The operators that follow `left` and bind at least as tightly as `precedence`. */
  #binary(first: Node, start: number, precedence: number): Node {
    let left = first;
    let previous = '';
    while (this.#tokens.is('operator')) {
      const negated = this.#tokens.is('operator', 'not');
      const token = negated ? this.#tokens.following : this.#tokens.token;
      if (negated && !NEGATABLE.has(token.text))
        this.#tokens.unexpected("Did you mean 'and not' or 'not in'?");
      const found = BINARY.get(token.text);
      if (found === undefined || found.precedence < precedence) break;
      this.#tokens.next();
      if (negated) this.#tokens.next();
      if (previous === '??' && token.text !== '??' && token.text !== '|') {
        this.#tokens.fail(
          `'??' and '${token.text}' cannot be mixed`,
          token.start,
          'Put one of them into parentheses',
        );
      }
      previous = token.text;
      left = this.#operation(left, start, token, found);
      if (negated) left = this.#node({ kind: 'unary', operator: 'not', operand: left }, start, [left]);
    }
    return left;
  }

  #operation(
    left: Node,
    start: number,
    token: Token,
    { operator, precedence }: { operator: BinaryOperator | '&&' | '||' | '|'; precedence: number },
  ): Node {
    if (operator === '|') {
      const name = this.#tokens.expect('name', undefined, 'A function call has to follow the pipe');
      return this.#call(name, [left]);
    }
    if (COMPARISONS.has(operator)) return this.#comparison(left, start, token);
    const right = this.#expression(operator === '**' ? precedence : precedence + 1);
    if (operator === '&&' || operator === '||') return this.#logical(operator, [left, right], start);
    return this.#node({ kind: 'binary', operator, left, right }, start, [left, right]);
  }

  /** `a < b < c` is `a < b && b < c`. */
  #comparison(left: Node, start: number, first: Token): Node {
    const comparisons: Node[] = [];
    let token = first;
    let from = left;
    for (;;) {
      const right = this.#expression(21);
      // The four comparisons are operators of binary nodes.
      const operator = token.text as BinaryOperator;
      comparisons.push(this.#node({ kind: 'binary', operator, left: from, right }, start, [from, right]));
      if (!this.#tokens.is('operator') || !COMPARISONS.has(this.#tokens.token.text)) break;
      token = this.#tokens.next();
      from = right;
    }
    return comparisons.length === 1 ? comparisons[0]! : this.#logical('&&', comparisons, start);
  }

  #logical(operator: '&&' | '||', parts: readonly Node[], start: number): Node {
    const isSame = (node: Node): node is LogicalNode => node.kind === 'logical' && node.operator === operator;
    const [first, ...others] = parts;
    const grown = first !== undefined && isSame(first) ? first : undefined;
    // A chain grows at its end: pushing onto the list of its first operand keeps a chain of n operands linear.
    const operands = grown === undefined ? [first!] : (grown.operands as Node[]);
    for (const other of others) {
      if (isSame(other)) operands.push(...other.operands);
      else operands.push(other);
    }
    if (grown !== undefined) {
      const measures = [grown, ...others].map((node) => this.#measures.get(node) ?? { depth: 0, size: 0 });
      const depth = Math.max(measures[0]!.depth, ...measures.slice(1).map((measure) => measure.depth + 1));
      const size = measures.reduce((sum, measure) => sum + measure.size, 0);
      return this.#measured({ ...grown, start, end: this.#tokens.previousEnd }, depth, size);
    }
    return this.#node({ kind: 'logical', operator, operands }, start, operands);
  }

  #let(): Node {
    const { start } = this.#tokens.next();
    const name = this.#tokens.expect('name', undefined, "A name has to follow 'let'").text;
    this.#tokens.expect('operator', '=');
    const value = this.#expression(0);
    this.#tokens.expect('operator', ';', "'let x = …;' has to be followed by what uses x");
    const body = this.#sequence();
    return this.#node({ kind: 'let', name, value, body }, start, [value, body]);
  }

  #if(): Node {
    const { start } = this.#tokens.next();
    const test = this.#expression(0);
    const then = this.#block();
    this.#tokens.expect('operator', 'else', "An 'if' needs its 'else'");
    let otherwise: Node;
    if (this.#tokens.is('operator', 'if')) {
      if (++this.#nesting > MAX_DEPTH) this.#tooBig('has too many branches', start);
      otherwise = this.#if();
      this.#nesting--;
    } else {
      otherwise = this.#block();
    }
    return this.#node({ kind: 'conditional', test, then, otherwise }, start, [test, then, otherwise]);
  }

  #block(): Node {
    this.#tokens.expect('bracket', '{');
    const body = this.#sequence();
    this.#tokens.expect('bracket', '}');
    return body;
  }

  #ternary(first: Node, start: number): Node {
    let node = first;
    while (this.#tokens.accept('operator', '?')) {
      const test = node;
      // `a ?: b` is `a ? a : b`.
      const then = this.#tokens.is('operator', ':') ? test : this.#expression(0);
      this.#tokens.expect('operator', ':', "A '?' needs its ':'");
      const otherwise = this.#expression(0);
      node = this.#node({ kind: 'conditional', test, then, otherwise }, start, [test, then, otherwise]);
    }
    return node;
  }

  #primary(): Node {
    const token = this.#tokens.token;
    const unary = token.kind === 'operator' ? UNARY.get(token.text) : undefined;
    if (unary !== undefined) {
      this.#tokens.next();
      const operand = this.#expression(unary.precedence);
      return this.#postfix(
        this.#node({ kind: 'unary', operator: unary.operator, operand }, token.start, [operand]),
        token.start,
      );
    }
    if (this.#tokens.accept('bracket', '(')) {
      const inner = this.#sequence();
      this.#tokens.expect('bracket', ')', 'The parenthesis is not closed');
      return this.#postfix(inner, token.start);
    }
    if (this.#tokens.is('operator', '#')) return this.#pointer();
    if (this.#predicates > 0 && this.#tokens.is('operator', '.')) {
      return this.#postfix(this.#node({ kind: 'pointer', name: '' }, token.start), token.start);
    }
    if (this.#tokens.accept('operator', '::')) {
      return this.#postfix(this.#call(this.#tokens.expect('name'), []), token.start);
    }
    return this.#operand(token);
  }

  #pointer(): Node {
    const { start, end } = this.#tokens.next();
    if (this.#predicates === 0) {
      this.#tokens.fail(
        "'#' stands for the element of a list only inside a predicate",
        start,
        'Write any(list, { # == … })',
      );
    }
    let name = '';
    if (this.#tokens.is('name') && this.#tokens.token.start === end) name = this.#tokens.next().text;
    if (name !== '' && name !== 'acc' && name !== 'index') {
      this.#tokens.fail(
        `'#${name}' is unknown`,
        start,
        'There are #, #acc and #index; a field is written #.field',
      );
    }
    return this.#postfix(this.#node({ kind: 'pointer', name }, start), start);
  }

  #operand(token: Token): Node {
    const { start } = token;
    switch (token.kind) {
      case 'name': {
        this.#tokens.next();
        // These three cannot be followed by `.` or `[`.
        if (token.text === 'true') return this.#node({ kind: 'literal', value: true }, start);
        if (token.text === 'false') return this.#node({ kind: 'literal', value: false }, start);
        if (token.text === 'nil') return this.#node({ kind: 'literal', value: null }, start);
        if (this.#tokens.is('bracket', '(')) return this.#postfix(this.#call(token, []), start);
        return this.#postfix(this.#node({ kind: 'name', name: token.text }, start), start);
      }
      case 'number':
        this.#tokens.next();
        return this.#node({ kind: 'literal', value: this.#number(token) }, start);
      case 'string':
        this.#tokens.next();
        return this.#postfix(this.#node({ kind: 'literal', value: token.text }, start), start);
      case 'bytes': {
        this.#tokens.next();
        const elements = Array.from(token.text, (byte) =>
          this.#node({ kind: 'literal', value: byte.charCodeAt(0) }, start),
        );
        return this.#postfix(this.#node({ kind: 'array', elements }, start, elements), start);
      }
      case 'bracket':
        if (token.text === '[') return this.#postfix(this.#array(), start);
        if (token.text === '{') return this.#postfix(this.#map(), start);
        return this.#tokens.unexpected();
      case 'operator':
      case 'end':
        return this.#tokens.unexpected();
    }
  }

  #number(token: Token): number | Float {
    const digits = token.text.replaceAll('_', '');
    const isInteger = /^(0[xob]|\d+$)/i.test(digits);
    if (!isInteger) {
      const value = Number(digits);
      if (!Number.isFinite(value)) this.#tokens.fail(`'${token.text}' is no number`, token.start);
      return new Float(value);
    }
    const value = /^0[xob]$/i.test(digits) ? NaN : Number(digits);
    // An int64 in Go. Above 2^53 the last digits are lost here.
    if (!(value < 2 ** 63)) this.#tokens.fail(`'${token.text}' is no 64-bit integer`, token.start);
    return value;
  }

  #array(): Node {
    const { start } = this.#tokens.next();
    const elements = this.#tokens.list(']', () => this.#expression(0));
    return this.#node({ kind: 'array', elements }, start, elements);
  }

  #map(): Node {
    const { start } = this.#tokens.next();
    const entries = this.#tokens.list('}', () => {
      const key = this.#mapKey();
      this.#tokens.expect('operator', ':', 'A key of a map is followed by a colon and its value');
      return { key, value: this.#expression(0) };
    });
    const children = entries.flatMap(({ key, value }) => [key, value]);
    return this.#node({ kind: 'map', entries }, start, children);
  }

  #mapKey(): Node {
    const token = this.#tokens.token;
    if (token.kind === 'number' || token.kind === 'string' || token.kind === 'name') {
      this.#tokens.next();
      return this.#node({ kind: 'literal', value: token.text }, token.start);
    }
    if (this.#tokens.is('bracket', '(')) return this.#expression(0);
    return this.#tokens.unexpected('A key is a text, a number, a name, or an expression in parentheses');
  }

  /** The arguments of a call of `name`, which has just been read; `piped` come before them. */
  #call(name: Token, piped: readonly Node[]): Node {
    const builtin = BUILTINS.get(name.text);
    this.#tokens.expect('bracket', '(', `'${name.text}' is a function: call it with parentheses`);
    let position = piped.length;
    const args = [
      ...piped,
      ...this.#tokens.list(')', () =>
        builtin?.takesPredicate === true && position++ === 1 ? this.#predicate() : this.#expression(0),
      ),
    ];
    if (builtin === undefined) return this.#node({ kind: 'call', name: name.text, args }, name.start, args);
    if (args.length < builtin.minArgs || args.length > builtin.maxArgs) {
      const { minArgs, maxArgs } = builtin;
      const wanted = minArgs === maxArgs ? `${minArgs}` : `${minArgs} to ${maxArgs}`;
      throw new ExpressionFault(
        'E_EXPRESSION_CALL',
        `'${name.text}' has ${args.length} argument${args.length === 1 ? '' : 's'}`,
        name.start,
        maxArgs === Infinity ? `It takes at least ${minArgs}` : `It takes ${wanted}`,
      );
    }
    return this.#node({ kind: 'builtin', name: name.text, args }, name.start, args);
  }

  #predicate(): Node {
    const { start } = this.#tokens.token;
    this.#predicates++;
    let body: Node;
    if (this.#tokens.is('bracket', '{')) {
      body = this.#block();
    } else {
      body = this.#expression(0);
      if (this.#tokens.is('operator', ';')) this.#tokens.unexpected('Put the predicate into { and }');
    }
    this.#predicates--;
    return this.#node({ kind: 'predicate', body }, start, [body]);
  }

  #postfix(first: Node, start: number): Node {
    let node = first;
    for (;;) {
      if (this.#tokens.is('operator', '.') || this.#tokens.is('operator', '?.')) {
        const optional = this.#tokens.next().text === '?.';
        if (optional && this.#tokens.accept('bracket', '[')) node = this.#subscript(node, start, true);
        else node = this.#member(node, start, optional);
      } else if (this.#tokens.accept('bracket', '[')) {
        node = this.#subscript(node, start, false);
      } else {
        return node;
      }
    }
  }

  #member(before: Node, start: number, optional: boolean): Node {
    const token = this.#tokens.next();
    // Words such as `not` and `matches` are names after a dot.
    if (token.kind !== 'name' && !(token.kind === 'operator' && /^[a-zA-Z]/.test(token.text))) {
      this.#tokens.fail(
        'A name has to follow the dot',
        token.start,
        'Write x["…"] for a key that is no name',
      );
    }
    // A chain takes in the members after it: in `a?.b.c` a nil `a` skips both.
    const object = before.kind === 'chain' ? before.body : before;
    let node: Node;
    if (this.#tokens.accept('bracket', '(')) {
      const args = this.#tokens.list(')', () => this.#expression(0));
      node = this.#node({ kind: 'method', object, name: token.text, args, optional }, start, [
        object,
        ...args,
      ]);
    } else {
      const property = this.#node({ kind: 'literal', value: token.text }, token.start);
      node = this.#node({ kind: 'member', object, property, optional }, start, [object]);
    }
    return optional || before.kind === 'chain'
      ? this.#node({ kind: 'chain', body: node }, start, [node])
      : node;
  }

  /** What stands between `[` and `]`: an index or a slice. Unlike a dot it does not join the chain before it. */
  #subscript(object: Node, start: number, optional: boolean): Node {
    const from = this.#tokens.is('operator', ':') ? undefined : this.#expression(0);
    if (this.#tokens.accept('operator', ':')) {
      const to = this.#tokens.is('bracket', ']') ? undefined : this.#expression(0);
      this.#tokens.expect('bracket', ']');
      return this.#node({ kind: 'slice', object, from, to }, start, [object, from, to]);
    }
    this.#tokens.expect('bracket', ']', 'The bracket is not closed');
    const node = this.#node({ kind: 'member', object, property: from!, optional }, start, [object, from]);
    return optional ? this.#node({ kind: 'chain', body: node }, start, [node]) : node;
  }
}

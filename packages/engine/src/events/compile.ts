// Turns the expressions of an item into what nodes call: predicates, texts, statics. A bad expression is one
// problem at its place in the file; one that fails on an event is counted, and the event goes on without it.

import {
  Float,
  ValueMap,
  childrenOf,
  compileAst,
  compileExpression,
  type Environment,
  type Expression,
  type HelperFunction,
  type Node,
  type Value,
} from '../expressions/index.ts';
import { constantPath } from '../expressions/ast.ts';
import { readsOf } from '../expressions/analysis.ts';
import { rewrite } from '../expressions/rewrite.ts';
import { formatFloat } from '../expressions/helpers/floatText.ts';
import type { MapReader, Position } from '../items/index.ts';
import type { Bag, EventSchema } from './event.ts';
import type { Faults } from './faults.ts';
import { memoOf, type Question } from './memo.ts';
import { eventVariable, type EventFrame } from './variable.ts';
import type { WhitelistTest } from './whitelist.ts';

export type EventExpression = Expression<EventFrame>;

/**
 * The text of an expression's value. Without one: `undefined` for nil and for what is never written (maps,
 * lists), `null` when the evaluation failed, `false` for a value of a type that Go's engine stops at.
 */
export type TextOf = (frame: EventFrame) => string | undefined | null | false;

/** Compiles the expressions of one parser's items; what fails later is counted under the node's name. */
export class ExpressionCompiler {
  readonly schema: EventSchema;
  readonly faults: Faults;
  /** Every slot that some static writes: whoever reads another one finds nothing. */
  readonly written: Set<number>;
  readonly #environment: Environment<EventFrame>;

  constructor(
    schema: EventSchema,
    functions: Readonly<Record<string, HelperFunction>>,
    faults: Faults,
    written: Set<number> = new Set(),
  ) {
    this.schema = schema;
    this.faults = faults;
    this.written = written;
    this.#environment = { variables: { evt: eventVariable<EventFrame>(schema) }, functions };
  }

  /** Compiles the expression at `key`; a bad one becomes a problem there and gives undefined. */
  expression(reader: MapReader, key: string, source: string, at?: Position): EventExpression | undefined {
    const compiled = compileExpression(source, this.#environment);
    if (compiled.ok) return compiled.expression;
    const { code, message, offset, hint } = compiled.error;
    reader.complain(code, message, hint, at ?? reader.positionInside(key, offset));
    return undefined;
  }

  /** Compiles a part of an expression that compiles as a whole. */
  part(tree: Node): EventExpression | undefined {
    const compiled = compileAst(tree, this.#environment);
    return compiled.ok ? compiled.expression : undefined;
  }

  /** The answer of a filter. What is neither true nor false is false, as in CrowdSec. */
  predicate(expression: EventExpression, node: string): (frame: EventFrame) => boolean {
    const { faults } = this;
    const evaluate = (frame: EventFrame): boolean => {
      try {
        const answer = expression.evaluate(frame);
        if (typeof answer === 'boolean') return answer;
        faults.count('E_PARSER_NOT_BOOLEAN', node, 'The filter gives neither true nor false');
      } catch (error) {
        faults.count('E_PARSER_EXPRESSION', node, error);
      }
      return false;
    };
    return this.#remembered(expression, evaluate) ?? evaluate;
  }

  whitelistTest(expression: EventExpression, node: string): WhitelistTest {
    const { faults } = this;
    return (frame) => {
      try {
        const answer = expression.evaluate(frame);
        if (typeof answer === 'boolean') return answer;
        faults.count('E_PARSER_NOT_BOOLEAN', node, 'The whitelist gives neither true nor false');
        return false;
      } catch (error) {
        faults.count('E_PARSER_EXPRESSION', node, error);
        return undefined;
      }
    };
  }

  /** The text that an expression gives, as a static writes it. */
  text(expression: EventExpression, node: string): TextOf {
    const plain = this.#plainText(expression);
    if (plain !== undefined) return plain;
    const { faults } = this;
    const evaluate = (frame: EventFrame): string | typeof NOTHING | null | false => {
      try {
        return textOf(expression.evaluate(frame)) ?? NOTHING;
      } catch (error) {
        faults.count('E_PARSER_EXPRESSION', node, error);
        return null;
      }
    };
    const find = this.#remembered(expression, evaluate) ?? evaluate;
    return (frame) => {
      const text = find(frame);
      return text === NOTHING ? undefined : text;
    };
  }

  /**
   * The slots that decide an expression's value, or undefined when something else decides, too. Whether a field
   * is there (`'source_ip' in evt.Meta`) counts as reading it.
   */
  slotsRead(expression: EventExpression): readonly number[] | undefined {
    if (!expression.isPure) return undefined;
    const slots: number[] = [];
    for (const read of readsOf(rewrite(expression.ast, memberForPresence), this.#environment)) {
      const [, bag, name] = /^(Meta|Parsed|Enriched)\.([^*]+)$/s.exec(read) ?? [];
      if (bag === undefined || name === undefined) return undefined;
      slots.push(this.schema.slot(bag as Bag, name)); // the pattern admits only the names of the bags
    }
    return slots;
  }

  /**
   * The same evaluation, remembered by value, when one field decides the answer and helpers are called to find
   * it: for `IpInRange` and `Upper` that pays, for a comparison or two it does not.
   */
  #remembered<T>(
    expression: EventExpression,
    evaluate: (frame: EventFrame) => T,
  ): ((frame: EventFrame) => T) | undefined {
    if (!callsHelper(expression.ast)) return undefined;
    const slots = this.slotsRead(expression);
    const [slot] = slots ?? [];
    if (slots?.length !== 1 || slot === undefined) return undefined;
    const memo = memoOf(this.schema, slot);
    const ask: Question<T, EventFrame> = memo.question((_value, frame: EventFrame) => evaluate(frame));
    return (frame) => ask(frame.evt.values[slot], frame);
  }

  /** Whether the expression is nothing but a field which is a text. */
  isPlain(expression: EventExpression): boolean {
    return this.#plainText(expression) !== undefined;
  }

  /** The getter of an expression that is nothing but a field which is a text, such as `evt.StrTime`. */
  #plainText(expression: EventExpression): ((frame: EventFrame) => string) | undefined {
    const found = constantPath(expression.ast);
    if (found?.variable !== 'evt') return undefined;
    const getter = this.#environment.variables['evt']?.member(found.path);
    if (getter?.isString !== true || getter.steps !== found.path.length) return undefined;
    // A getter that says isString returns strings only.
    return (frame) => getter.get(frame) as string;
  }
}

/** `'key' in evt.Meta` as `evt.Meta.key`. */
function memberForPresence(node: Node): Node | undefined {
  if (node.kind !== 'binary' || node.operator !== 'in') return undefined;
  const { left, right } = node;
  const path = constantPath(right)?.path;
  if (left.kind !== 'literal' || typeof left.value !== 'string' || path?.length !== 1) return undefined;
  return { kind: 'member', object: right, property: left, optional: false, start: node.start, end: node.end };
}

/** Stands for undefined where answers are remembered. */
const NOTHING = Symbol('nothing');

function callsHelper(node: Node): boolean {
  return node.kind === 'call' || childrenOf(node).some((child) => callsHelper(child));
}

function textOf(value: Value): string | undefined | false {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value instanceof Float) return formatFloat(value.value, 'f', 6);
  if (value === null || value instanceof ValueMap || Array.isArray(value)) return undefined;
  return false;
}

// A tree to closures. What does not depend on the frame is computed here, once; what depends only on the
// element of a constant list is computed here once for each element.

import { constantPath, type Node } from './ast.ts';
import { fetch, slice } from './access.ts';
import { builtinFunction, mapOf } from './builtins.ts';
import { asTest, atOffset, Cell, constantCode, derived, type Code } from './code.ts';
import type { Environment, HelperFunction } from './environment.ts';
import { didYouMean, EvaluationError, ExpressionFault } from './errors.ts';
import { absentHelpers } from './helpers/absent.ts';
import { negate, toText } from './operations.ts';
import { remembering } from './recentCalls.ts';
import { translateBinary } from './translateBinary.ts';
import { translateLogical } from './translateLogical.ts';
import { translatePredicate } from './translatePredicate.ts';
import { callMethod, isPureMethod } from './times.ts';
import { HostObject, type Value } from './value.ts';
import { countElements, countSteps } from './work.ts';

export interface TranslateOptions {
  /** Evaluates everything as written, every time; tests compare with it. */
  readonly isNaive?: boolean;
}

export class Translator<F> {
  readonly environment: Environment<F>;
  readonly isNaive: boolean;
  /** The `let` variables in scope, innermost last. */
  readonly #locals: { readonly name: string; readonly code: Code<F> }[] = [];
  /** The predicates around the current node, innermost last. */
  readonly predicates: Cell[] = [];

  constructor(environment: Environment<F>, { isNaive = false }: TranslateOptions) {
    this.environment = environment;
    this.isNaive = isNaive;
  }

  translate(node: Node): Code<F> {
    const code = this.#byKind(node);
    return this.isNaive || code.constant !== undefined || code.usesFrame || !code.isPure
      ? code
      : this.#precomputed(code, node);
  }

  #precomputed(code: Code<F>, node: Node): Code<F> {
    // Not called with a frame: the code has none of its parts depend on it.
    const evaluate = (): Value => code.evaluate(undefined as F);
    try {
      if (code.cells.size === 0) return constantCode(evaluate());
      const [cell] = code.cells;
      if (code.cells.size > 1 || cell?.elements === undefined || node.kind === 'pointer') return code;
      countSteps(cell.elements.length, node.start);
      const column = cell.elements.map((element, index) => {
        cell.value = element;
        cell.index = index;
        return evaluate();
      });
      return { ...code, evaluate: () => column[cell.index]! };
    } catch (error) {
      // What fails now fails, if it is ever reached, when it is evaluated.
      if (error instanceof EvaluationError) return code;
      throw error;
    }
  }

  #byKind(node: Node): Code<F> {
    switch (node.kind) {
      case 'literal':
        return constantCode(node.value);
      case 'name':
        return this.#name(node.name, node.start);
      case 'pointer':
        return this.#pointer(node.name);
      case 'member':
        return this.#member(node);
      case 'chain': {
        const body = this.translate(node.body);
        return derived([body], (frame) => {
          const value = body.evaluate(frame);
          return value === BROKEN ? null : value;
        });
      }
      case 'slice':
        return this.#slice(node);
      case 'unary':
        return this.#unary(node.operator, this.translate(node.operand), node.start);
      case 'binary':
        return translateBinary(this, node);
      case 'logical':
        return translateLogical(
          node,
          node.operands.map((operand) => this.translate(operand)),
          this.isNaive,
        );
      case 'conditional':
        return this.#conditional(node);
      case 'let':
        return this.#let(node);
      case 'sequence': {
        const parts = node.nodes.map((part) => this.translate(part));
        return derived(parts, (frame) => {
          let value: Value = null;
          for (const part of parts) value = part.evaluate(frame);
          return value;
        });
      }
      case 'array': {
        const elements = node.elements.map((element) => this.translate(element));
        return derived(elements, (frame) => {
          countElements(elements.length, node.start);
          return elements.map((element) => element.evaluate(frame));
        });
      }
      case 'map':
        return this.#map(node);
      case 'call':
        return this.#helperCall(node, this.#helper(node.name, node.start));
      case 'builtin':
        return this.#builtin(node);
      case 'method':
        return this.#method(node);
      case 'predicate':
        throw new ExpressionFault('E_EXPRESSION_SYNTAX', 'A predicate cannot stand here', node.start);
    }
  }

  #name(name: string, at: number): Code<F> {
    const local = this.#locals.findLast((found) => found.name === name);
    if (local !== undefined) return local.code;
    if (name === '$env') return frameCode((frame) => new EnvironmentObject(this.environment, frame));
    const variable = ownValue(this.environment.variables, name);
    if (variable === undefined) throw this.#unknownName(name, at);
    return frameCode((frame) => variable.get(frame));
  }

  #unknownName(name: string, at: number): ExpressionFault {
    const known = [...this.#locals.map((local) => local.name), ...Object.keys(this.environment.variables)];
    const hint = Object.hasOwn(this.environment.functions, name)
      ? `It is a function: write ${name}(…)`
      : (didYouMean(name, known) ?? `Known here: ${known.join(', ')}`);
    return new ExpressionFault('E_EXPRESSION_NAME', `'${name}' is unknown`, at, hint);
  }

  #pointer(name: '' | 'acc' | 'index'): Code<F> {
    const cell = this.predicates.at(-1)!; // the parser refuses a pointer outside a predicate
    const cells = new Set([cell]);
    const base = { type: 'any', constant: undefined, usesFrame: false, cells, isPure: true } as const;
    if (name === 'index') return { ...base, evaluate: () => cell.index };
    // The accumulator changes from element to element in a way that only evaluation knows.
    if (name === 'acc') return { ...base, usesFrame: true, evaluate: () => cell.accumulator };
    const isText = cell.elements?.every((element) => typeof element === 'string') === true;
    return { ...base, type: isText ? 'text' : 'any', evaluate: () => cell.value };
  }

  #isLocal(name: string): boolean {
    return this.#locals.some((local) => local.name === name);
  }

  #member(node: Node & { kind: 'member' }): Code<F> {
    const direct = this.#directMember(node);
    if (direct !== undefined) return direct;
    const object = this.translate(node.object);
    const property = this.translate(node.property);
    const at = node.property.start;
    const key = property.constant;
    const get = key === undefined ? property.evaluate : (): Value => key;
    if (!mayBreak(node)) {
      if (key !== undefined) return derived([object], (frame) => fetch(object.evaluate(frame), key, at));
      return derived([object, property], (frame) => fetch(object.evaluate(frame), get(frame), at));
    }
    const { optional } = node;
    return derived([object, property], (frame) => {
      const from = object.evaluate(frame);
      if (from === BROKEN || (optional && from === null)) return BROKEN;
      return fetch(from, get(frame), at);
    });
  }

  /** A constant path below a variable: the variable's own getter, and look-ups for what it leaves. */
  #directMember(node: Node & { kind: 'member' }): Code<F> | undefined {
    const found = constantPath(node);
    if (found === undefined || found.variable === '$env' || this.#isLocal(found.variable)) return undefined;
    const variable = ownValue(this.environment.variables, found.variable);
    if (variable === undefined) return undefined;
    const getter = variable.member(found.path);
    const [first = ''] = found.path;
    if (getter === undefined) {
      const at = memberStart(node, found.path.length);
      const hint = didYouMean(first, variable.fields ?? []);
      throw new ExpressionFault('E_EXPRESSION_NAME', `'${found.variable}' has no field '${first}'`, at, hint);
    }
    const get = (frame: F): Value => getter.get(frame);
    const rest = found.path.slice(getter.steps);
    if (rest.length === 0) return { ...frameCode(get), type: getter.isString ? 'text' : 'any' };
    const at = node.property.start;
    if (rest.length === 1) {
      const key = rest[0]!;
      return frameCode((frame) => fetch(get(frame), key, at));
    }
    return frameCode((frame) => {
      let value = get(frame);
      for (const key of rest) value = fetch(value, key, at);
      return value;
    });
  }

  #slice(node: Node & { kind: 'slice' }): Code<F> {
    const object = this.translate(node.object);
    const from = node.from && this.translate(node.from);
    const to = node.to && this.translate(node.to);
    const parts = [object, from, to].filter((part) => part !== undefined);
    return derived(
      parts,
      (frame) => slice(object.evaluate(frame), from?.evaluate(frame), to?.evaluate(frame), node.start),
      object.type === 'text' ? 'text' : 'any',
    );
  }

  #unary(operator: 'not' | '-' | '+', operand: Code<F>, at: number): Code<F> {
    if (operator === '+') return operand;
    if (operator === '-') return derived([operand], (frame) => negate(operand.evaluate(frame), at));
    const test = asTest(operand, at);
    return derived([operand], (frame) => !test(frame), 'boolean');
  }

  #conditional(node: Node & { kind: 'conditional' }): Code<F> {
    const condition = this.translate(node.test);
    const then = this.translate(node.then);
    const otherwise = this.translate(node.otherwise);
    if (typeof condition.constant === 'boolean') return condition.constant ? then : otherwise;
    const test = asTest(condition, node.test.start);
    return derived(
      [condition, then, otherwise],
      (frame) => (test(frame) ? then.evaluate(frame) : otherwise.evaluate(frame)),
      then.type === otherwise.type ? then.type : 'any',
    );
  }

  #let(node: Node & { kind: 'let' }): Code<F> {
    const { name } = node;
    const { variables, functions } = this.environment;
    if (Object.hasOwn(variables, name) || Object.hasOwn(functions, name) || this.#isLocal(name)) {
      throw new ExpressionFault(
        'E_EXPRESSION_NAME',
        `'${name}' is already defined`,
        node.start,
        'Take another name',
      );
    }
    const value = this.translate(node.value);
    if (value.constant !== undefined) return this.#within(name, value, node.body);
    const cell = new Cell();
    const body = this.#within(
      name,
      { ...value, cells: new Set([cell]), usesFrame: false, isPure: true, evaluate: () => cell.value },
      node.body,
    );
    const outside = { ...body, cells: new Set([...body.cells].filter((other) => other !== cell)) };
    const code = derived(
      [value, outside],
      (frame) => {
        cell.value = value.evaluate(frame);
        return body.evaluate(frame);
      },
      body.type,
    );
    return code;
  }

  #within(name: string, code: Code<F>, body: Node): Code<F> {
    this.#locals.push({ name, code });
    const translated = this.translate(body);
    this.#locals.pop();
    return translated;
  }

  #map(node: Node & { kind: 'map' }): Code<F> {
    const keys = node.entries.map(({ key }) => this.translate(key));
    const values = node.entries.map(({ value }) => this.translate(value));
    return derived([...keys, ...values], (frame) => {
      countElements(keys.length, node.start);
      return mapOf(
        keys.map((key, i) => [toText(key.evaluate(frame), node.start), values[i]!.evaluate(frame)] as const),
      );
    });
  }

  #helper(name: string, at: number): HelperFunction {
    const helper = ownValue(this.environment.functions, name);
    if (helper !== undefined) return helper;
    const hint = ownValue(absentHelpers, name) ?? didYouMean(name, Object.keys(this.environment.functions));
    throw new ExpressionFault('E_EXPRESSION_NAME', `There is no function '${name}'`, at, hint);
  }

  #helperCall(node: Node & { kind: 'call' | 'builtin' }, helper: HelperFunction): Code<F> {
    const { name, args: nodes, start } = node;
    const { minArgs, maxArgs } = helper;
    if (nodes.length < minArgs || nodes.length > maxArgs) {
      const wanted =
        minArgs === maxArgs
          ? `${minArgs}`
          : maxArgs === Infinity
            ? `at least ${minArgs}`
            : `${minArgs} to ${maxArgs}`;
      const message = `'${name}' has ${nodes.length} argument${nodes.length === 1 ? '' : 's'}`;
      throw new ExpressionFault('E_EXPRESSION_CALL', message, start, `It takes ${wanted}`);
    }
    const args = nodes.map((arg) => this.translate(arg));
    const evaluate =
      helper.isPure && !this.isNaive && args.length === 1
        ? rememberedCall(helper, args[0]!, start)
        : (frame: F): Value => {
            const values = args.map((arg) => arg.evaluate(frame));
            try {
              return helper.call(values);
            } catch (cause) {
              throw atOffset(cause, start);
            }
          };
    const code = derived(args, evaluate);
    return helper.isPure ? code : { ...code, usesFrame: true, isPure: false };
  }

  #builtin(node: Node & { kind: 'builtin' }): Code<F> {
    const overriding = ownValue(this.environment.functions, node.name);
    if (overriding !== undefined && !node.args.some((arg) => arg.kind === 'predicate')) {
      return this.#helperCall(node, overriding);
    }
    const builtin = builtinFunction(node.name);
    if (builtin === undefined) {
      if (node.name !== 'now') return translatePredicate(this, node);
      throw new ExpressionFault(
        'E_EXPRESSION_NAME',
        "There is no clock for 'now' here",
        node.start,
        'Use the time of the event',
      );
    }
    const args = node.args.map((arg) => this.translate(arg));
    const [first] = args;
    const at = node.start;
    if (first !== undefined && args.length === 1) {
      return derived(args, (frame) => builtin([first.evaluate(frame)], at));
    }
    return derived(args, (frame) =>
      builtin(
        args.map((arg) => arg.evaluate(frame)),
        at,
      ),
    );
  }

  #method(node: Node & { kind: 'method' }): Code<F> {
    const { name, optional, start: at } = node;
    const object = this.translate(node.object);
    const args = node.args.map((arg) => this.translate(arg));
    const breaks = mayBreak(node);
    const code = derived([object, ...args], (frame) => {
      const self = object.evaluate(frame);
      if (breaks && (self === BROKEN || (optional && self === null))) return BROKEN;
      const values = args.map((arg) => arg.evaluate(frame));
      try {
        return callMethod(self, name, values, at);
      } catch (cause) {
        throw atOffset(cause, at);
      }
    });
    return isPureMethod(name) ? code : { ...code, usesFrame: true, isPure: false };
  }
}

function rememberedCall<F>(helper: HelperFunction, arg: Code<F>, at: number): (frame: F) => Value {
  const remembered = remembering(helper);
  const { evaluate } = arg;
  return (frame) => {
    const value = evaluate(frame);
    try {
      return typeof value === 'string' ? remembered(value) : helper.call([value]);
    } catch (cause) {
      throw atOffset(cause, at);
    }
  };
}

function frameCode<F>(evaluate: (frame: F) => Value): Code<F> {
  return { evaluate, type: 'any', constant: undefined, usesFrame: true, cells: new Set(), isPure: true };
}

function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Where the first step of a path stands. */
function memberStart(node: Node, steps: number): number {
  let at = node;
  for (let i = 1; i < steps && at.kind === 'member'; i++) at = at.object;
  return at.kind === 'member' ? at.property.start : at.start;
}

/** Whether a `?.` in the chain of objects may skip the rest of the chain. */
function mayBreak(node: Node): boolean {
  for (let at = node; at.kind === 'member' || at.kind === 'method'; at = at.object)
    if (at.optional) return true;
  return false;
}

/** `$env`: the variables as fields. */
class EnvironmentObject<F> extends HostObject {
  readonly #environment: Environment<F>;
  readonly #frame: F;
  constructor(environment: Environment<F>, frame: F) {
    super();
    this.#environment = environment;
    this.#frame = frame;
  }
  field(name: string): Value | undefined {
    return ownValue(this.#environment.variables, name)?.get(this.#frame);
  }
  method(): undefined {
    return undefined;
  }
}

/** What a `?.` on nil gives to the rest of its chain; it never leaves the chain. */
class Broken extends HostObject {
  field(): undefined {
    return undefined;
  }
  method(): undefined {
    return undefined;
  }
}
const BROKEN: Value = new Broken();

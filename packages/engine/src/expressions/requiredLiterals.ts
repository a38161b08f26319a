// What a text has to contain for a condition on it to be true. An index over many scenarios looks for all such
// literals in one pass and evaluates only the conditions whose literals are there. Everything here may say too
// little; it must never say too much.

import { compilePattern } from '../patterns/index.ts';
import { constantPath, type BinaryNode, type BuiltinNode, type CallNode, type Node } from './ast.ts';
import { compileAst } from './compile.ts';
import { inlined } from './conjuncts.ts';
import type { Environment } from './environment.ts';
import { isList } from './operations.ts';
import { rewrite } from './rewrite.ts';
import { Float, type Value } from './value.ts';

/** The condition can only be true if the text of the field `reads` contains one of the literals. */
export interface RequiredLiterals {
  /** The field, as MemberGetter.reads names it. */
  readonly reads: string;
  /**
   * False: look for the literals in the text. True: they are in upper case; look for them in the text's
   * toUpperCase(), as a LiteralSet with foldCase does.
   */
  readonly foldCase: boolean;
  /** Without duplicates and without the empty text. */
  readonly anyOf: readonly string[];
}

/** Returns what the condition requires of one field, or undefined when nothing is known. */
export function requiredLiterals<F>(
  condition: Node,
  environment: Environment<F>,
): RequiredLiterals | undefined {
  const found = new Finder(environment).find(condition);
  return found === NEVER ? undefined : found;
}

/** The condition is never true. */
const NEVER = 'never';
type Found = RequiredLiterals | typeof NEVER | undefined;

/** A list with more elements is not looked at. */
const MAX_ELEMENTS = 20_000;

/** A text that comes from a field: unchanged, in another case, shortened, or decoded. */
interface Subject {
  readonly reads: string;
  /** How the case was changed; a literal is then looked for in either case. */
  readonly folded: 'no' | 'upper' | 'lower';
  /** What has to be in the field where a decoder made up a character of the text. */
  readonly escapes: readonly string[];
}

class Finder<F> {
  readonly #environment: Environment<F>;
  constructor(environment: Environment<F>) {
    this.#environment = environment;
  }

  find(node: Node): Found {
    switch (node.kind) {
      case 'literal':
        return node.value === true ? undefined : NEVER;
      case 'logical':
        return node.operator === '&&'
          ? node.operands.map((operand) => this.find(operand)).reduce(stronger)
          : union(node.operands.map((operand) => this.find(operand)));
      case 'conditional':
        return union([stronger(this.find(node.test), this.find(node.then)), this.find(node.otherwise)]);
      case 'let': {
        const body = inlined(node, this.#environment);
        return body === undefined ? undefined : this.find(body);
      }
      case 'sequence':
        return this.find(node.nodes.at(-1)!);
      case 'binary':
        return this.#binary(node);
      case 'builtin':
        return this.#builtin(node);
      case 'call':
        return this.#call(node);
      case 'name':
      case 'pointer':
      case 'member':
      case 'chain':
      case 'slice':
      case 'unary':
      case 'array':
      case 'map':
      case 'method':
      case 'predicate':
        return undefined;
    }
  }

  #binary({ operator, left, right }: BinaryNode): Found {
    if (operator === '==') {
      return (
        this.#literals(this.#subject(left), [this.#constant(right)]) ??
        this.#literals(this.#subject(right), [this.#constant(left)])
      );
    }
    if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') {
      return this.#literals(this.#subject(left), [this.#constant(right)]);
    }
    if (operator === 'in') {
      const list = this.#constant(right);
      return list !== undefined && isList(list) ? this.#literals(this.#subject(left), list) : undefined;
    }
    if (operator !== 'matches') return undefined;
    const subject = this.#subject(left);
    const source = this.#constant(right);
    if (subject === undefined || typeof source !== 'string') return undefined;
    const compiled = compilePattern(source);
    const required = compiled.ok ? compiled.pattern.requiredLiterals : undefined;
    if (required === undefined) return undefined;
    return this.#literals(asFolded(subject, required.foldCase), required.anyOf);
  }

  #call({ name, args }: CallNode): Found {
    const { functions } = this.#environment;
    const helper = Object.hasOwn(functions, name) ? functions[name] : undefined;
    const [first, ...rest] = args;
    if (helper?.requires === undefined || first === undefined) return undefined;
    const subject = this.#subject(first);
    const required = helper.requires([undefined, ...rest.map((arg) => this.#constant(arg))]);
    if (subject === undefined || required === undefined) return undefined;
    return this.#literals(asFolded(subject, required.foldCase), required.anyOf);
  }

  #builtin({ name, args }: BuiltinNode): Found {
    const [first, second] = args;
    if (Object.hasOwn(this.#environment.functions, name)) return undefined;
    if ((name === 'hasPrefix' || name === 'hasSuffix') && first && second) {
      return this.#literals(this.#subject(first), [this.#constant(second)]);
    }
    if (name !== 'any' || first === undefined || second?.kind !== 'predicate') return undefined;
    const list = this.#constant(first);
    if (list === undefined || !isList(list) || list.length > MAX_ELEMENTS) return undefined;
    const found: Found[] = [];
    for (const [index, element] of list.entries()) {
      const body = withElement(second.body, element, index);
      const required = body && this.find(body);
      if (required === undefined) return undefined;
      found.push(required);
    }
    return union(found);
  }

  /** What a field needs for its text to equal, or to contain, one of these; nil is contained in nothing. */
  #literals(subject: Subject | undefined, values: readonly (Value | undefined)[]): Found {
    if (subject === undefined) return undefined;
    const texts: string[] = [];
    for (const value of values) {
      if (value === undefined || value === '') return undefined;
      if (typeof value === 'string') texts.push(value);
    }
    if (texts.length === 0) return NEVER;
    const { reads, folded, escapes } = subject;
    if (folded === 'no') return { reads, foldCase: false, anyOf: [...new Set([...texts, ...escapes])] };
    const upper = texts.map((text) => text.toUpperCase());
    const strange = folded === 'lower' ? strangeLowered(upper) : [];
    return { reads, foldCase: true, anyOf: [...new Set([...upper, ...strange, ...escapes])] };
  }

  #subject(node: Node): Subject | undefined {
    const found = constantPath(node);
    if (found !== undefined) {
      const variable = Object.hasOwn(this.#environment.variables, found.variable)
        ? this.#environment.variables[found.variable]
        : undefined;
      const getter = found.path.length === 0 ? undefined : variable?.member(found.path);
      if (getter?.isString !== true || getter.steps !== found.path.length) return undefined;
      return { reads: getter.reads, folded: 'no', escapes: [] };
    }
    if (node.kind === 'binary' && node.operator === '??') return this.#subject(node.left);
    if (node.kind !== 'call' && node.kind !== 'builtin') return undefined;
    const isHelper = Object.hasOwn(this.#environment.functions, node.name);
    const [argument] = node.args;
    if (
      argument === undefined ||
      (node.kind === 'call' && !isHelper) ||
      (node.kind === 'builtin' && isHelper)
    ) {
      return undefined;
    }
    const inner = this.#subject(argument);
    return inner && throughFunction(node.name, inner);
  }

  #constant(node: Node): Value | undefined {
    // Most operands are literals; the others are folded as they are when they are compiled.
    if (node.kind === 'literal') return node.value;
    const compiled = compileAst(node, this.#environment);
    return compiled.ok ? compiled.expression.constant : undefined;
  }
}

/** Literals in upper case are looked for in the text's upper case. */
function asFolded(subject: Subject, foldCase: boolean): Subject {
  return foldCase && subject.folded === 'no' ? { ...subject, folded: 'upper' } : subject;
}

/** What the text becomes in a function, for those whose result shows in the field. */
function throughFunction(name: string, subject: Subject): Subject | undefined {
  switch (name) {
    case 'Upper':
    case 'upper':
      return { ...subject, folded: subject.folded === 'lower' ? 'lower' : 'upper' };
    case 'Lower':
    case 'lower':
      return { ...subject, folded: 'lower' };
    // These only cut something off.
    case 'TrimSpace':
    case 'Trim':
    case 'TrimLeft':
    case 'TrimRight':
    case 'TrimPrefix':
    case 'TrimSuffix':
    case 'trim':
    case 'trimPrefix':
    case 'trimSuffix':
      return subject;
    case 'PathUnescape':
      return { ...subject, escapes: [...subject.escapes, '%'] };
    case 'QueryUnescape':
      return { ...subject, escapes: [...subject.escapes, '%', '+'] };
    default:
      return undefined;
  }
}

/**
 * Characters whose lower case has another upper case than they have: in Lower(text) they become letters that
 * text.toUpperCase() does not show (the Kelvin sign becomes k).
 */
const STRANGE = ['\u0130', '\u03f4', '\u1e9e', '\u2126', '\u212a', '\u212b'];

function strangeLowered(upper: readonly string[]): string[] {
  return STRANGE.filter((character) => {
    const becomes = Array.from(character.toLowerCase().toUpperCase());
    return becomes.some((letter) => upper.some((text) => text.includes(letter)));
  });
}

/** The body of a predicate with its element, of the predicate itself and not of those inside it, written out. */
function withElement(body: Node, element: Value, index: number): Node | undefined {
  const isLiteral = element === null || typeof element !== 'object' || element instanceof Float;
  if (!isLiteral) return undefined;
  return rewrite(
    body,
    (node) => {
      if (node.kind !== 'pointer' || node.name === 'acc') return undefined;
      const value = node.name === 'index' ? index : element;
      return { kind: 'literal', value, start: node.start, end: node.end };
    },
    () => undefined,
  );
}

/** What has to hold where one of several conditions is true; undefined where they are about different fields. */
function union(all: readonly Found[]): Found {
  const possible: RequiredLiterals[] = [];
  for (const found of all) {
    if (found === undefined) return undefined;
    if (found !== NEVER) possible.push(found);
  }
  const [first] = possible;
  if (first === undefined) return NEVER;
  if (possible.some(({ reads }) => reads !== first.reads)) return undefined;
  const foldCase = possible.some((found) => found.foldCase);
  const literals = possible.flatMap(({ anyOf }) => anyOf);
  return {
    reads: first.reads,
    foldCase,
    anyOf: [...new Set(foldCase ? literals.map((literal) => literal.toUpperCase()) : literals)],
  };
}

/** Where two conditions have to be true: the one that fewer texts satisfy, as far as one can tell. */
function stronger(a: Found, b: Found): Found {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === NEVER || b === NEVER) return NEVER;
  return weight(b) > weight(a) ? b : a;
}

function weight({ anyOf }: RequiredLiterals): number {
  return Math.min(...anyOf.map((literal) => literal.length)) - Math.log2(anyOf.length);
}

// Hundreds of filters, one event: which of them are true? Evaluating each in turn costs a microsecond or more
// apiece, so the filters are taken apart when they are loaded.
//
// A filter is a conjunction. Each of its parts that reads one field only, and changes nothing, is an *atom* of
// that field (`evt.Meta.service == 'http'`); a part that is a disjunction of such atoms is a *clause*. What the
// atoms of a field say depends on nothing but the field's value, so it is remembered by value: most events
// carry values that were seen before (a status, a user agent, a popular path), and their answer is one look-up.
// For a value that is new, one pass of a literal set over the text tells which atoms can be true at all.
//
// The answer of a field is two bit sets: filters it rules out, and clauses it satisfies. Fields have few different
// answers, so where each leads is worked out once and remembered as a tree (answerTree.ts). What survives all
// fields is evaluated for what no atom covers. The result is the same as evaluating every filter, in order.

import { AnswerTree } from './answerTree.ts';
import type { Node } from './ast.ts';
import type { Environment, MemberGetter } from './environment.ts';
import { FieldAnswers, type Atom } from './fieldAnswers.ts';
import { conjuncts, isPure, readsOf, requiredLiterals, type RequiredLiterals } from './analysis.ts';
import { compileAst, type Expression } from './compile.ts';

/** Answers which filters are true for a frame, as ascending indexes; the array is reused by the next call. */
export interface FilterIndex<F> {
  matching(frame: F): readonly number[];
}

export class FilterSet<F> implements FilterIndex<F> {
  readonly #tree: AnswerTree<F>;
  readonly #slots: (frame: F) => readonly (string | undefined)[];
  /** For each filter, what no atom covers; undefined when nothing is left. */
  readonly #rest: (((frame: F) => boolean) | undefined)[];
  readonly #matching: number[] = [];

  /**
   * @param filters compiled filters; an undefined one is always true.
   * @param slots the array that getters with a `slot` read from.
   * @param onError told when a filter cannot be evaluated for a frame; such a filter counts as false.
   */
  constructor(
    filters: readonly (Expression<F> | undefined)[],
    environment: Environment<F>,
    slots: (frame: F) => readonly (string | undefined)[],
    onError: (filter: number, error: unknown) => void,
  ) {
    this.#slots = slots;
    const words = (filters.length + 31) >> 5;
    const all = new Int32Array(words);
    const clauses: number[][] = filters.map(() => []);
    const atomsByField = new Map<string, Atom<F>[]>();
    let clauseCount = 0;
    const addAtom = (reads: string, atom: Atom<F>): void => {
      const atoms = atomsByField.get(reads) ?? [];
      atomsByField.set(reads, atoms);
      // Several parts of one filter about one field are one atom: all of them have to hold.
      const twin = atom.filter < 0 ? -1 : atoms.findIndex(({ filter }) => filter === atom.filter);
      if (twin < 0) atoms.push(atom);
      else atoms[twin] = both(atoms[twin]!, atom);
    };

    this.#rest = filters.map((filter, index) => {
      all[index >> 5]! |= 1 << (index & 31);
      if (filter === undefined) return undefined;
      const evaluateAll = guarded(filter.test, index, onError);
      const rest: Node[] = [];
      for (const part of conjuncts(filter.ast, environment)) {
        const alternatives = alternativesOf(part).map((node) => atomOf(node, environment));
        if (alternatives.every((atom) => atom !== undefined)) {
          const clause = alternatives.length === 1 ? -1 : clauseCount++;
          if (clause >= 0) clauses[index]!.push(clause);
          for (const { reads, test, literals } of alternatives) {
            addAtom(reads, { test, filter: clause < 0 ? index : -1, clause, literals });
          }
        } else {
          rest.push(part);
        }
      }
      if (rest.length === 0) return undefined;
      // A part may call on what an earlier part made sure of, so what is left keeps its order; when all of the
      // filter is left there is nothing to gain from taking it apart.
      const tests = rest.map((node) => compileTest(node, environment));
      if (
        tests.some((test) => test === undefined) ||
        rest.length === conjuncts(filter.ast, environment).length
      )
        return evaluateAll;
      return guarded((frame: F) => tests.every((test) => test!(frame)), index, onError);
    });

    const clauseWords = (clauseCount + 31) >> 5;
    const fields: FieldAnswers<F>[] = [];
    for (const [reads, atoms] of atomsByField) {
      const getter = getterOf(reads, environment)!; // fieldOf has asked for it
      fields.push(new FieldAnswers(getter, atoms, words, clauseWords));
    }
    // The fields that rule out most filters go first: after them there is little left to ask the others.
    fields.sort((a, b) => b.reach - a.reach);
    this.#tree = new AnswerTree(fields, all, clauses, clauseWords);
  }

  matching(frame: F): readonly number[] {
    const values = this.#slots(frame);
    const tree = this.#tree;
    let branch = tree.root;
    for (let { field } = branch; field !== undefined; { field } = branch) {
      const { slot } = field;
      const value = slot < 0 ? field.read(frame) : values[slot];
      const answer = value === undefined ? field.answerForNone(frame) : field.answer(value, frame);
      branch = branch.known(answer) ?? tree.grow(branch, answer);
    }
    const { left } = branch;
    if (left.length === 0) return left;
    const matching = this.#matching;
    matching.length = 0;
    for (let i = 0; i < left.length; i++) {
      const filter = left[i]!;
      const rest = this.#rest[filter];
      if (rest === undefined || rest(frame)) matching.push(filter);
    }
    return matching;
  }
}

function both<F>(first: Atom<F>, second: Atom<F>): Atom<F> {
  return {
    ...first,
    test: (frame) => first.test(frame) && second.test(frame),
    literals: first.literals,
  };
}

function alternativesOf(node: Node): readonly Node[] {
  return node.kind === 'logical' && node.operator === '||' ? node.operands : [node];
}

/**
 * What a pure part says of one field, if it reads just one and cannot be true unless certain literals are in it.
 * A part that needs no literal would have to be asked for every new value; it is asked last instead, for the few
 * events that all else has let pass.
 */
function atomOf<F>(
  node: Node,
  environment: Environment<F>,
):
  | { readonly reads: string; readonly test: (frame: F) => boolean; readonly literals: RequiredLiterals }
  | undefined {
  if (!isPure(node, environment)) return undefined;
  const [reads, ...others] = readsOf(node, environment);
  if (reads === undefined || others.length > 0 || getterOf(reads, environment) === undefined)
    return undefined;
  const literals = requiredLiterals(node, environment);
  const test = literals === undefined ? undefined : compileTest(node, environment);
  return literals === undefined || test === undefined ? undefined : { reads, test, literals };
}

/** The getter of a field that is always a text, by the name that it gives what it reads. */
function getterOf<F>(reads: string, environment: Environment<F>): MemberGetter<F> | undefined {
  const [bag = '', ...rest] = reads.split('.');
  const path = rest.length === 0 ? [bag] : [bag, rest.join('.')];
  for (const steps of [path, reads.split('.')]) {
    for (const variable of Object.values(environment.variables)) {
      const getter = variable.member(steps);
      if (getter?.reads === reads && getter.isString) return getter;
    }
  }
  return undefined;
}

function compileTest<F>(node: Node, environment: Environment<F>): ((frame: F) => boolean) | undefined {
  const compiled = compileAst(node, environment);
  if (!compiled.ok) return undefined;
  return compiled.expression.test;
}

function guarded<F>(
  test: (frame: F) => boolean,
  filter: number,
  onError: (filter: number, error: unknown) => void,
): (frame: F) => boolean {
  return (frame) => {
    try {
      return test(frame);
    } catch (error) {
      onError(filter, error);
      return false;
    }
  };
}

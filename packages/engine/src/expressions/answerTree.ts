// Where the answers of the fields lead: from all filters, field by field, to those that are left. Most events take
// a way that others have taken before, and walking it costs a comparison or two for each field.

import type { Answer, FieldAnswers } from './fieldAnswers.ts';

/** Branches that are remembered; whoever sends ever new combinations costs time, never memory. */
const MAX_BRANCHES = 4096;
/** Answers of a field that are remembered at one branch. */
const MAX_ANSWERS = 24;

const NONE: readonly number[] = [];

/** What is left after some of the fields have answered. */
class Branch<F> {
  /** Who is to be asked next; undefined when nobody can rule out any more. */
  readonly field: FieldAnswers<F> | undefined;
  /** The place of `field`. */
  readonly at: number;
  readonly alive: Int32Array;
  readonly satisfied: Int32Array;
  /** At the end of a way: the filters that no field has ruled out and whose clauses hold, ascending. */
  readonly left: readonly number[];
  readonly #answers: Answer[] = [];
  readonly #branches: Branch<F>[] = [];

  constructor(
    field: FieldAnswers<F> | undefined,
    at: number,
    alive: Int32Array,
    satisfied: Int32Array,
    left: readonly number[],
  ) {
    this.field = field;
    this.at = at;
    this.alive = alive;
    this.satisfied = satisfied;
    this.left = left;
  }

  /** The branch that the answer leads to, if it was gone before. */
  known(answer: Answer): Branch<F> | undefined {
    const answers = this.#answers;
    for (let i = 0; i < answers.length; i++) if (answers[i] === answer) return this.#branches[i];
    return undefined;
  }

  /** Remembers where an answer leads, if there is room. */
  add(answer: Answer, branch: Branch<F>): boolean {
    if (this.#answers.length >= MAX_ANSWERS) return false;
    this.#answers.push(answer);
    this.#branches.push(branch);
    return true;
  }
}

export class AnswerTree<F> {
  /** Where every way begins. */
  root: Branch<F>;
  readonly #fields: readonly FieldAnswers<F>[];
  readonly #all: Int32Array;
  /** By filter, the numbers of its clauses: all have to hold. */
  readonly #clauses: readonly (readonly number[])[];
  readonly #clauseWords: number;
  #size = 0;

  constructor(
    fields: readonly FieldAnswers<F>[],
    all: Int32Array,
    clauses: readonly (readonly number[])[],
    clauseWords: number,
  ) {
    this.#fields = fields;
    this.#all = all;
    this.#clauses = clauses;
    this.#clauseWords = clauseWords;
    this.root = this.#plant();
  }

  /** Returns where an answer leads that `branch.known` does not know. */
  grow(branch: Branch<F>, answer: Answer): Branch<F> {
    const alive = branch.alive.map((word, i) => word & ~answer.ruledOut[i]!);
    const satisfied = branch.satisfied.map((word, i) => word | answer.satisfies[i]!);
    const grown = this.#branch(branch.at + 1, alive, satisfied);
    if (branch.add(answer, grown) && ++this.#size >= MAX_BRANCHES) {
      this.#size = 0;
      this.root = this.#plant();
    }
    return grown;
  }

  #plant(): Branch<F> {
    return this.#branch(0, this.#all, new Int32Array(this.#clauseWords));
  }

  #branch(from: number, alive: Int32Array, satisfied: Int32Array): Branch<F> {
    const fields = this.#fields;
    if (alive.every((word) => word === 0)) return new Branch(undefined, from, alive, satisfied, NONE);
    let at = from;
    while (at < fields.length && !fields[at]!.concerns(alive)) at++;
    const field = fields[at];
    const left = field === undefined ? this.#left(alive, satisfied) : NONE;
    return new Branch(field, at, alive, satisfied, left);
  }

  #left(alive: Int32Array, satisfied: Int32Array): readonly number[] {
    const holds = (clause: number): boolean => hasBit(satisfied, clause);
    return this.#clauses.flatMap((clauses, filter) =>
      hasBit(alive, filter) && clauses.every(holds) ? [filter] : [],
    );
  }
}

function hasBit(bits: Int32Array, index: number): boolean {
  return (bits[index >> 5]! & (1 << (index & 31))) !== 0;
}

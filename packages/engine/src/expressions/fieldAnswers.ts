// What one field of an event says about all filters at once, remembered by the field's value.

import { LiteralSet } from '../patterns/index.ts';
import type { RequiredLiterals } from './analysis.ts';
import type { MemberGetter } from './environment.ts';

export interface Atom<F> {
  readonly test: (frame: F) => boolean;
  /** The filter that dies when the atom is false; -1 when the atom is one alternative of a clause. */
  readonly filter: number;
  /** The clause that holds when the atom is true; -1 when the atom stands alone. */
  readonly clause: number;
  /** One of these is in the text whenever the atom is true. */
  readonly literals: RequiredLiterals;
}

/** Bit sets, 32 to a word: the filters that a value rules out, the clauses that it satisfies. */
export interface Answer {
  readonly ruledOut: Int32Array;
  readonly satisfies: Int32Array;
}

/** A field that has shown more values than this has many. */
const FEW_VALUES = 256;
/** How many values with findings are remembered; longer texts are not worth it. */
const MEMO_SIZE = 4096;
const MEMO_TEXT_LENGTH = 512;

/** A power of two. */
const RECENT = 64;

export class FieldAnswers<F> {
  /** How many atoms the field decides. */
  readonly reach: number;
  /** Where the value stands in the frame's slots, or -1 when it has to be read. */
  readonly slot: number;
  readonly #getter: MemberGetter<F>;
  /** Filters that an atom or a clause of this field can still change. */
  readonly #concerned: Int32Array;
  /** Atoms that can only be true when literal i of the set is in the text, by i. */
  readonly #gated: Atom<F>[][] = [];
  readonly #literals: LiteralSet;
  /** The answer when no atom is true: where each answer starts from. */
  readonly #none: Answer;
  /** The last value and its answer: a log says the same things again and again. */
  #lastValue = '';
  #lastAnswer: Answer | undefined;
  #noneAnswer: Answer | undefined;
  readonly #known = new Map<string, Answer>();
  #hasManyValues = false;
  /** The values of `#known` that came last, each at a place that a glance at it tells. */
  readonly #recentValues: string[] = Array.from({ length: RECENT }, () => '');
  readonly #recentAnswers: (Answer | undefined)[] = Array.from({ length: RECENT }, () => undefined);
  /** Thousands of values share a handful of answers: each different answer is kept once. */
  readonly #distinct = new Map<string, Answer>();

  constructor(getter: MemberGetter<F>, atoms: readonly Atom<F>[], words: number, clauseWords: number) {
    this.reach = atoms.length;
    this.#getter = getter;
    this.slot = getter.slot ?? -1;
    this.#concerned = new Int32Array(words);
    const ruledOut = new Int32Array(words);
    for (const atom of atoms) if (atom.filter >= 0) setBit(ruledOut, atom.filter);
    this.#concerned.set(ruledOut);
    if (atoms.some((atom) => atom.clause >= 0)) this.#concerned.fill(-1);
    this.#none = { ruledOut, satisfies: new Int32Array(clauseWords) };
    this.#distinct.set(keyOf(this.#none), this.#none);

    const numberOf = new Map<string, number>();
    for (const atom of atoms) {
      for (const literal of atom.literals.anyOf) {
        const folded = literal.toUpperCase();
        let number = numberOf.get(folded);
        if (number === undefined) {
          number = numberOf.size;
          numberOf.set(folded, number);
          this.#gated.push([]);
        }
        this.#gated[number]!.push(atom);
      }
    }
    this.#literals = new LiteralSet([...numberOf.keys()], { foldCase: true });
  }

  /** Whether any filter that is still alive depends on this field. */
  concerns(alive: Int32Array): boolean {
    const concerned = this.#concerned;
    for (let i = 0; i < concerned.length; i++) if ((alive[i]! & concerned[i]!) !== 0) return true;
    return false;
  }

  read(frame: F): string {
    return this.#getter.get(frame) as string; // only getters with isString are given to the constructor
  }

  /** The answer when the event has no such field. */
  answerForNone(frame: F): Answer {
    return (this.#noneAnswer ??= this.#ask('', frame, this.#literals.indexesIn('')));
  }

  /** The answer for the value, which is the frame's own. */
  answer(value: string, frame: F): Answer {
    if (value === this.#lastValue && this.#lastAnswer !== undefined) return this.#lastAnswer;
    const answer = this.#hasManyValues ? this.#search(value, frame) : this.#recall(value, frame);
    this.#lastValue = value;
    this.#lastAnswer = answer;
    return answer;
  }

  /** For a field of few values: most have been seen before, and comparing texts costs less than hashing them. */
  #recall(value: string, frame: F): Answer {
    const place = placeOf(value);
    if (this.#recentValues[place] === value) {
      const recent = this.#recentAnswers[place];
      if (recent !== undefined) return recent;
    }
    const answer = this.#lookUp(value, frame);
    this.#recentValues[place] = value;
    this.#recentAnswers[place] = answer;
    return answer;
  }

  #lookUp(value: string, frame: F): Answer {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const answer = this.#ask(value, frame, this.#literals.indexesIn(value));
    if (this.#known.size >= FEW_VALUES) this.#hasManyValues = true;
    this.#known.set(value, answer);
    return answer;
  }

  /**
   * For a field of many values a pass of the literals over the text costs less than a look-up in a map that no
   * cache holds. The texts in which something was found are few, until somebody makes them many.
   */
  #search(value: string, frame: F): Answer {
    const candidates = this.#literals.indexesIn(value);
    if (candidates.length === 0) return this.#none;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const answer = this.#ask(value, frame, candidates);
    if (value.length > MEMO_TEXT_LENGTH) return answer;
    if (this.#known.size >= MEMO_SIZE) {
      this.#known.clear();
      this.#distinct.clear();
      this.#distinct.set(keyOf(this.#none), this.#none);
    }
    this.#known.set(value, answer);
    return answer;
  }

  #ask(value: string, frame: F, candidates: readonly number[]): Answer {
    if (candidates.length === 0) return this.#none;
    const answer = { ruledOut: this.#none.ruledOut.slice(), satisfies: this.#none.satisfies.slice() };
    for (const number of candidates) for (const atom of this.#gated[number]!) ask(atom, frame, answer);
    const key = keyOf(answer);
    const known = this.#distinct.get(key);
    if (known !== undefined) return known;
    this.#distinct.set(key, answer);
    return answer;
  }
}

function placeOf(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const sum = length + text.charCodeAt(length - 1) * 7 + text.charCodeAt(length >> 1) * 31;
  return sum & (RECENT - 1);
}

function keyOf({ ruledOut, satisfies }: Answer): string {
  return `${ruledOut.join()};${satisfies.join()}`;
}

function ask<F>(atom: Atom<F>, frame: F, answer: Answer): void {
  if (!holds(atom, frame)) return;
  if (atom.filter >= 0) answer.ruledOut[atom.filter >> 5]! &= ~(1 << (atom.filter & 31));
  if (atom.clause >= 0) setBit(answer.satisfies, atom.clause);
}

/** An atom that cannot be evaluated is false, as a filter that cannot be evaluated is. */
function holds<F>(atom: Atom<F>, frame: F): boolean {
  try {
    return atom.test(frame);
  } catch {
    return false;
  }
}

function setBit(bits: Int32Array, index: number): void {
  bits[index >> 5]! |= 1 << (index & 31);
}

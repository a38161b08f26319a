// Asks many patterns at once. One pass finds the literals that the patterns need; only patterns whose literal is
// there, and the few that need none, are run.

import type { RequiredLiterals } from './literals.ts';
import { LiteralSet } from './literalSet.ts';
import type { Pattern } from './pattern.ts';

export class PatternSet {
  readonly patterns: readonly Pattern[];
  readonly #free: readonly number[];
  readonly #indexes: readonly LiteralIndex[];

  constructor(patterns: readonly Pattern[]) {
    this.patterns = patterns;
    const free: number[] = [];
    const plain: [literal: string, pattern: number][] = [];
    const folded: [literal: string, pattern: number][] = [];
    for (const [i, pattern] of patterns.entries()) {
      const required = pattern.requiredLiterals;
      if (required === undefined) free.push(i);
      else for (const literal of required.anyOf) (required.foldCase ? folded : plain).push([literal, i]);
    }
    this.#free = free;
    const indexes: LiteralIndex[] = [];
    if (plain.length > 0) indexes.push(new LiteralIndex(plain, false));
    if (folded.length > 0) indexes.push(new LiteralIndex(folded, true));
    this.#indexes = indexes;
  }

  /** A text that any pattern matches contains one of these; undefined when a pattern has no such literal. */
  get requiredLiterals(): RequiredLiterals | undefined {
    if (this.#free.length > 0) return undefined;
    const required = this.patterns.map((pattern) => pattern.requiredLiterals!); // those without are free
    const foldCase = required.some((one) => one.foldCase);
    const literals = required.flatMap(({ anyOf }) => anyOf);
    return {
      foldCase,
      anyOf: [...new Set(foldCase ? literals.map((literal) => literal.toUpperCase()) : literals)],
    };
  }

  /** Whether any pattern matches the text. */
  anyMatch(text: string): boolean {
    for (const index of this.#indexes) {
      for (const candidate of index.candidates(text)) if (this.patterns[candidate]!.test(text)) return true;
    }
    return this.#free.some((i) => this.patterns[i]!.test(text));
  }

  /** Which patterns match the text, by their place in the list, ascending. */
  matches(text: string): number[] {
    const candidates = new Set(this.#free);
    for (const index of this.#indexes)
      for (const candidate of index.candidates(text)) candidates.add(candidate);
    return [...candidates].filter((i) => this.patterns[i]!.test(text)).sort((a, b) => a - b);
  }
}

/** From literals to the patterns that need them. */
class LiteralIndex {
  readonly #literals: LiteralSet;
  readonly #patternsOf: readonly (readonly number[])[];

  constructor(pairs: readonly (readonly [literal: string, pattern: number])[], foldCase: boolean) {
    const patternsOf = new Map<string, number[]>();
    for (const [literal, pattern] of pairs) {
      const list = patternsOf.get(literal);
      if (list === undefined) patternsOf.set(literal, [pattern]);
      else list.push(pattern);
    }
    this.#literals = new LiteralSet([...patternsOf.keys()], { foldCase });
    this.#patternsOf = [...patternsOf.values()];
  }

  candidates(text: string): readonly number[] {
    const found = this.#literals.indexesIn(text);
    if (found.length === 0) return found;
    if (found.length === 1) return this.#patternsOf[found[0]!]!;
    return [...new Set(found.flatMap((literal) => this.#patternsOf[literal]!))];
  }
}

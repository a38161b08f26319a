// The degree of polynomial backtracking: the longest chain of loops of which each can hand over to the next
// anywhere inside a text that both accept (the condition of Weideman et al. 2016, overestimated on the tree).

import { intersect, type CharSet } from './charSet.ts';
import type { Node } from './syntaxTree.ts';

// Beyond this many loops that may be running at one place, constraints between them are forgotten.
const MAX_CHAINS = 32;
const MAX_BETWEEN = 6;

interface Chain {
  /** What the last loop of the chain accepts: a number of Masks. */
  readonly alphabet: number;
  /** Single characters that had to be matched since then, as one mask: both neighbouring loops accept them. */
  readonly needs: number;
  /** Classes that had to be matched since then: each must have a character that both accept. */
  readonly between: readonly number[];
  readonly degree: number;
}

/** The degree of `tree`; `unanchored` adds the loop over all starts. Counts above `unrolled` are endless. */
export function polynomialDegree(tree: Node, unanchored: boolean, unrolled: number): number {
  const chains = new Chains(unrolled);
  chains.walk(tree, unanchored ? [{ alphabet: ALL, needs: 0, between: [], degree: 1 }] : [], true);
  return chains.degree;
}

const ALL = 1;

/**
 * Character sets as numbers, so that the walk compares and intersects integers. A set is reduced to 129 bits:
 * ASCII, and whether it has anything beyond (two sets that have are taken to overlap there).
 */
class Masks {
  readonly #masks: bigint[] = [0n, (1n << 129n) - 1n];
  readonly #numbers = new Map<bigint, number>([
    [0n, 0],
    [(1n << 129n) - 1n, ALL],
  ]);
  readonly #ofSet = new Map<CharSet, number>();
  readonly #both = new Map<number, number>();
  readonly #either = new Map<number, number>();

  of(set: CharSet): number {
    let number = this.#ofSet.get(set);
    if (number === undefined) {
      const ascii = intersect(set, [0, 127]);
      let mask = 0n;
      for (let i = 0; i < ascii.length; i += 2) {
        const width = BigInt(ascii[i + 1]! - ascii[i]! + 1);
        mask |= ((1n << width) - 1n) << BigInt(ascii[i]!);
      }
      if (set.length > 0 && set[set.length - 1]! > 127) mask |= 1n << 128n;
      number = this.#number(mask);
      this.#ofSet.set(set, number);
    }
    return number;
  }

  and(a: number, b: number): number {
    if (a === b || b === ALL) return a;
    if (a === ALL) return b;
    const key = a < b ? a * 65536 + b : b * 65536 + a;
    let number = this.#both.get(key);
    if (number === undefined) {
      number = this.#number(this.#masks[a]! & this.#masks[b]!);
      this.#both.set(key, number);
    }
    return number;
  }

  or(a: number, b: number): number {
    if (a === b || b === 0) return a;
    const key = a * 65536 + b;
    let number = this.#either.get(key);
    if (number === undefined) {
      number = this.#number(this.#masks[a]! | this.#masks[b]!);
      this.#either.set(key, number);
    }
    return number;
  }

  isSingle(number: number): boolean {
    const mask = this.#masks[number]!;
    return mask !== 0n && (mask & (mask - 1n)) === 0n && mask >> 128n === 0n;
  }

  #number(mask: bigint): number {
    let number = this.#numbers.get(mask);
    if (number === undefined) {
      number = this.#masks.length;
      this.#masks.push(mask);
      this.#numbers.set(mask, number);
    }
    return number;
  }
}

/** Follows the pattern from left to right and remembers the loops that may still be running. */
class Chains {
  readonly #masks = new Masks();
  readonly #unrolled: number;
  degree = 1;

  constructor(unrolled: number) {
    this.#unrolled = unrolled;
  }

  /** `canEnd`: nothing after the node can fail, so its last loop never has to give anything back. */
  walk(node: Node, open: readonly Chain[], canEnd: boolean): readonly Chain[] {
    switch (node.kind) {
      case 'empty':
      case 'assert':
        return open;
      case 'chars':
        return this.#through(open, this.#masks.of(node.set));
      case 'capture':
        return this.walk(node.item, open, canEnd);
      case 'concat': {
        let restCannotFail = node.items.length;
        while (restCannotFail > 0 && cannotFail(node.items[restCannotFail - 1]!)) restCannotFail--;
        let chains = open;
        for (const [i, item] of node.items.entries()) {
          chains = this.walk(item, chains, canEnd && i + 1 >= restCannotFail);
        }
        return chains;
      }
      case 'alternate':
        return limit(node.items.flatMap((item) => this.walk(item, open, canEnd)));
      case 'repeat':
        return node.max > this.#unrolled ? this.#loop(node, open, canEnd) : this.#copies(node, open, canEnd);
    }
  }

  #copies(node: Node & { kind: 'repeat' }, open: readonly Chain[], canEnd: boolean): readonly Chain[] {
    let chains = open;
    const exits: Chain[] = [];
    for (let i = 0; i < node.max; i++) {
      if (i >= node.min) exits.push(...chains);
      chains = this.walk(node.item, chains, canEnd && i >= node.min);
    }
    return exits.length === 0 ? chains : limit([...exits, ...chains]);
  }

  #loop(node: Node & { kind: 'repeat' }, open: readonly Chain[], canEnd: boolean): readonly Chain[] {
    const alphabet = this.#alphabetOf(node.item);
    let degree = 1;
    for (const chain of open) {
      if (chain.degree < degree) continue;
      const shared = this.#masks.and(chain.alphabet, alphabet);
      if (shared === 0 || this.#masks.and(chain.needs, shared) !== chain.needs) continue;
      if (!chain.between.every((mask) => this.#masks.and(mask, shared) !== 0)) continue;
      degree = chain.degree + 1;
    }
    const quiet = canEnd && node.item.kind === 'chars' && node.min <= 1;
    if (!quiet) this.degree = Math.max(this.degree, degree);
    const passed = node.min === 0 ? open : this.#through(open, alphabet);
    return limit([...passed, { alphabet, needs: 0, between: [], degree }]);
  }

  #through(open: readonly Chain[], mask: number): readonly Chain[] {
    const out: Chain[] = [];
    for (const chain of open) {
      const shared = this.#masks.and(chain.alphabet, mask);
      if (shared === 0) continue;
      // A constraint that equals the alphabet says nothing, and repeating one says nothing new.
      if (shared === chain.alphabet || chain.between.includes(shared)) out.push(chain);
      else if (this.#masks.isSingle(mask)) {
        out.push({ ...chain, needs: this.#masks.or(chain.needs, mask) });
      } else if (chain.between.length < MAX_BETWEEN) {
        out.push({ ...chain, between: [...chain.between, shared] });
      } else out.push(chain);
    }
    return out;
  }

  #alphabetOf(node: Node): number {
    switch (node.kind) {
      case 'empty':
      case 'assert':
        return 0;
      case 'chars':
        return this.#masks.of(node.set);
      case 'concat':
      case 'alternate':
        return node.items.reduce((mask, item) => this.#masks.or(mask, this.#alphabetOf(item)), 0);
      case 'capture':
      case 'repeat':
        return this.#alphabetOf(node.item);
    }
  }
}

/** A part that always matches something, if only nothing. */
function cannotFail(node: Node): boolean {
  return node.kind === 'empty' || (node.kind === 'repeat' && node.min === 0);
}

/** Keeps the chains few: equal ones are merged, and beyond the limit constraints are forgotten. */
function limit(chains: readonly Chain[]): readonly Chain[] {
  if (chains.length < 2) return chains;
  const unique = new Map<string, Chain>();
  for (const chain of chains) {
    const key = `${chain.alphabet}|${chain.needs}|${chain.between.join()}`;
    const other = unique.get(key);
    if (other === undefined || other.degree < chain.degree) unique.set(key, chain);
  }
  if (unique.size <= MAX_CHAINS) return [...unique.values()];
  const loose = new Map<number, Chain>();
  for (const chain of unique.values()) {
    const degree = Math.max(chain.degree, loose.get(chain.alphabet)?.degree ?? 0);
    loose.set(chain.alphabet, { alphabet: chain.alphabet, needs: 0, between: [], degree });
  }
  return [...loose.values()];
}

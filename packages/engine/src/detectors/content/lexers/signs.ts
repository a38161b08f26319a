// Findings that need no reading of their own: a literal that must be there, and a pattern around it. The literal is
// looked for first, so that a text without it costs one search.

import type { AttackClass } from '@parapet/kinds';
import { LiteralSet } from '../../../patterns/literalSet.ts';
import type { LexicalFinding, Strength } from './finding.ts';

export interface Sign {
  /** In lower case; one of them must be in the text for the pattern to be tried. */
  readonly needs: string | readonly string[];
  /** Each repetition in it is bounded, or of characters that cannot begin what follows: cost is linear in the text. */
  readonly pattern: RegExp;
  readonly what: string;
  readonly strength: Strength;
  readonly class: AttackClass;
}

const ORDER: Readonly<Record<Strength, number>> = { weak: 0, likely: 1, sure: 2 };

/** Signs that are looked for together: their literals in one pass, then the patterns of those that are there. */
export class SignSet {
  readonly #signs: readonly Sign[];
  readonly #literals: LiteralSet;
  /** The sign that each literal belongs to; the literals of one stand together. */
  readonly #owners: readonly number[];

  constructor(signs: readonly Sign[]) {
    this.#signs = signs;
    const literals: string[] = [];
    const owners: number[] = [];
    for (const [index, { needs }] of signs.entries()) {
      for (const literal of typeof needs === 'string' ? [needs] : needs) {
        literals.push(literal);
        owners.push(index);
      }
    }
    this.#owners = owners;
    this.#literals = new LiteralSet(literals, { foldCase: true });
  }

  /** The strongest of the signs that a text has; of equal ones the first. */
  strongestIn(text: string): LexicalFinding | undefined {
    let best: LexicalFinding | undefined;
    let last = -1;
    for (const literal of this.#literals.indexesIn(text)) {
      const index = this.#owners[literal] ?? -1;
      if (index === last) continue;
      last = index;
      const sign = this.#signs[index];
      if (sign === undefined || (best !== undefined && ORDER[sign.strength] <= ORDER[best.strength]))
        continue;
      const match = sign.pattern.exec(text);
      if (match === null) continue;
      best = {
        class: sign.class,
        what: sign.what,
        strength: sign.strength,
        start: match.index,
        end: match.index + match[0].length,
      };
      if (best.strength === 'sure') return best;
    }
    return best;
  }
}

/** Whether a text has one of some characters, given as a table of 128 flags; at most `limit` characters are looked at. */
export function hasAny(text: string, flags: Uint8Array, limit: number): boolean {
  const length = Math.min(text.length, limit);
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128 && flags[code] === 1) return true;
  }
  return false;
}

/** A table for `hasAny`. */
export function flagsOf(letters: string): Uint8Array {
  const flags = new Uint8Array(128);
  for (let at = 0; at < letters.length; at += 1) flags[letters.charCodeAt(at)] = 1;
  return flags;
}

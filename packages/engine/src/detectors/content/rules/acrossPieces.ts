// Rules that look at the whole target as it was sent. Most targets are made of a path and pairs that were seen before,
// in other targets: what has to be in one for such a rule to be asked again.

import { LiteralSet } from '../../../patterns/index.ts';
import type { ContentRule } from './rule.ts';
import { triggersOf } from './triggers.ts';

/** In nearly all that is looked for in targets, and in few targets. */
const MARK = '%';
/** A piece begins with one of these: what has another further on stands in two pieces. */
const IN_TWO_PIECES = /.[?&]/;

export class AcrossPieces {
  readonly #areAlwaysAsked: boolean;
  readonly #hasMarked: boolean;
  readonly #unmarked: LiteralSet;

  /** Of these rules those count that look at targets. */
  constructor(rules: readonly ContentRule[]) {
    const ofTarget = rules.filter(({ where }) => where.places.has('target')).map(triggersOf);
    const literals = ofTarget.flatMap((triggers) => (triggers ?? []).flatMap((one) => one.literals));
    const unmarked = literals.filter((literal) => !literal.includes(MARK));
    this.#areAlwaysAsked = ofTarget.includes(undefined) || unmarked.some((one) => IN_TWO_PIECES.test(one));
    this.#hasMarked = unmarked.length < literals.length;
    this.#unmarked = new LiteralSet(unmarked, { foldCase: true });
  }

  /** Whether one of these pieces of a target holds what rules look for there, and they need no mark for it. */
  isInPiece(pieces: string): boolean {
    return this.#unmarked.occursIn(pieces);
  }

  /** Whether rules have to be asked about a target none of whose pieces holds anything of that kind. */
  mayStandAcross(rawTarget: string): boolean {
    return this.#areAlwaysAsked || (this.#hasMarked && rawTarget.includes(MARK));
  }
}

// What every lexer says when it recognises something: which kind of attack, in words, and where.

import type { AttackClass } from '@parapet/kinds';

/**
 * How much a finding proves alone. `sure`: honest people do not write it outside code and articles about attacks.
 * `likely`: rare in honest text. `weak`: seen in honest text; counts only beside other findings.
 */
export type Strength = 'sure' | 'likely' | 'weak';

export interface LexicalFinding {
  readonly class: AttackClass;
  /** A sentence without its full stop, for people. */
  readonly what: string;
  /** Where it stands in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly strength: Strength;
}

/** Lexers read at most this many characters of a text: more than the longest value that decoders keep whole. */
export const MAX_LEXED_CHARS = 20_000;

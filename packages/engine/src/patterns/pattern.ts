// A regular expression of the outside world (hub item, user's rule, list file), ready to run without risk.

import type { RequiredLiterals } from './literals.ts';
import { isTooLarge, Matcher, MAX_PROGRAM_SIZE } from './matcher.ts';
import { parsePattern, type PatternError } from './parse.ts';
import type { Safety } from './safety.ts';

export type { PatternError } from './parse.ts';

export type CompileResult =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly error: PatternError };

/** Compiles a pattern in RE2 syntax; a refused one is a value with the offset of the mistake. */
export function compilePattern(source: string): CompileResult {
  const result = parsePattern(source);
  if (!result.ok) return result;
  const { tree, groupNames } = result.parsed;
  if (isTooLarge(tree)) {
    const message = `Written out, the pattern has more than ${MAX_PROGRAM_SIZE} steps`;
    return { ok: false, error: { message, offset: 0, hint: 'Use smaller repetition counts' } };
  }
  return { ok: true, pattern: new Pattern(source, groupNames, new Matcher(tree, groupNames.length)) };
}

/** A compiled pattern. Matching is leftmost-first as in RE2, and its time is bounded on any text. */
export class Pattern {
  readonly source: string;
  /** By group number; index 0 is the whole match. A name may occur more than once. */
  readonly groupNames: readonly (string | undefined)[];
  readonly #matcher: Matcher;

  constructor(source: string, groupNames: readonly (string | undefined)[], matcher: Matcher) {
    this.source = source;
    this.groupNames = groupNames;
    this.#matcher = matcher;
  }

  /** What every match must contain, if anything is known. */
  get requiredLiterals(): RequiredLiterals | undefined {
    return this.#matcher.required;
  }

  /** The worst case of a backtracking matcher on this pattern. */
  get safety(): Safety {
    return this.#matcher.safety;
  }

  /** Whether the text contains a match. */
  test(text: string): boolean {
    return this.#matcher.test(text);
  }

  /** The groups of the first match (0 is the whole, undefined took no part), or null without one. */
  exec(text: string): (string | undefined)[] | null {
    return this.#matcher.exec(text);
  }
}

// What one rule finds in one text.

import { FINDERS } from './finders.ts';
import { patternLiterals } from './literals.ts';
import { findLiteral, findPattern, type Found } from './look.ts';
import type { Ask } from './ruleIndex.ts';
import type { ContentRule } from './rule.ts';

/** Whether one of the texts that the rule names itself is there. */
export function hasLiteral({ what }: ContentRule, text: string): boolean {
  if (what.contains.length === 0) return true;
  const folded = text.toLowerCase();
  return what.contains.some((literal) => folded.includes(literal));
}

/** Where the rule finds what it looks for; that one of its literals is there has to be known. */
export function findInText({ rule: { what }, pattern, literals }: Ask, text: string): Found | undefined {
  for (const needed of what.and)
    if (findPattern([needed], patternLiterals(needed.source), text) === undefined) return undefined;
  let found: Found | undefined;
  if (pattern !== undefined) found = findPattern([pattern], literals, text);
  else if (what.match.length > 0) found = findPattern(what.match, literals, text);
  else if (what.finder !== undefined) found = FINDERS.get(what.finder)?.find(text);
  else found = findLiteral(what.contains, text);
  if (found === undefined) return undefined;
  for (const other of what.unless) if (findPattern([other], undefined, text) !== undefined) return undefined;
  return found;
}

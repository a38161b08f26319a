// What has to be in a request before a rule is asked at all: a literal, a name, a method, an anomaly. Rules without any
// would cost every request their time and are refused, but for those that look at one text of a request only.

import type { Pattern } from '../../../patterns/index.ts';
import { FINDERS } from './finders.ts';
import { patternLiterals } from './literals.ts';
import type { ContentRule, RulePlace } from './rule.ts';

/** Why to ask a rule about a text. */
export interface Trigger {
  /** In lower case; one of them is in every text that matches. */
  readonly literals: readonly string[];
  /** Which of the rule's patterns they belong to; undefined for all of them, or when there are none. */
  readonly pattern: Pattern | undefined;
}

const ONCE: ReadonlySet<RulePlace> = new Set<RulePlace>(['path', 'target', 'request', 'body']);

/** Whether most requests need not ask the rule. */
export function hasTrigger(rule: ContentRule): boolean {
  const { what, where } = rule;
  if (what.anomalies !== undefined) return true;
  const isNamed = where.names !== undefined && where.names.globs.length === 0;
  if (where.places.has('raw-header')) return isNamed;
  if (isNamed || triggersOf(rule) !== undefined) return true;
  if (where.methods !== undefined && !where.methods.has('GET') && !where.methods.has('POST')) return true;
  return [...where.places].every((place) => ONCE.has(place));
}

/** The rule's triggers, of which one is there when the rule finds something; undefined when it needs no literal. */
export function triggersOf({ what }: ContentRule): readonly Trigger[] | undefined {
  if (what.contains.length > 0) return [{ literals: what.contains, pattern: undefined }];
  const finder = what.finder === undefined ? undefined : FINDERS.get(what.finder);
  if (finder !== undefined) return [{ literals: finder.literals, pattern: undefined }];
  const triggers: Trigger[] = [];
  for (const pattern of what.match) {
    const literals = patternLiterals(pattern.source);
    if (literals === undefined) return ofAnd(what.and);
    triggers.push({ literals, pattern });
  }
  return triggers.length > 0 ? triggers : ofAnd(what.and);
}

function ofAnd(patterns: readonly Pattern[]): readonly Trigger[] | undefined {
  for (const pattern of patterns) {
    const literals = patternLiterals(pattern.source);
    if (literals !== undefined) return [{ literals, pattern: undefined }];
  }
  return undefined;
}

// What has to be in a request before a rule is asked at all: a literal, a name, a method, an anomaly. Rules without any
// would cost every request their time and are refused, but for those that look at one text of a request only.

import { FINDERS } from './finders.ts';
import type { ContentRule, RulePlace } from './rule.ts';

const ONCE: ReadonlySet<RulePlace> = new Set<RulePlace>(['path', 'target', 'request', 'body']);

/** Whether most requests need not ask the rule. */
export function hasTrigger(rule: ContentRule): boolean {
  const { what, where } = rule;
  if (what.anomalies !== undefined) return true;
  if (literalsOf(rule) !== undefined) return true;
  if (where.names !== undefined && where.names.globs.length === 0) return true;
  if (where.methods !== undefined && !where.methods.has('GET') && !where.methods.has('POST')) return true;
  return [...where.places].every((place) => ONCE.has(place));
}

/** Texts, in lower case, of which every match contains one; undefined when nothing is known. */
export function literalsOf({ what }: ContentRule): readonly string[] | undefined {
  if (what.contains.length > 0) return what.contains;
  if (what.finder !== undefined) return FINDERS.get(what.finder)?.literals;
  const fromMatch = literalsOfAll(what.match);
  if (fromMatch !== undefined) return fromMatch;
  for (const pattern of what.and) {
    const literals = literalsOfAll([pattern]);
    if (literals !== undefined) return literals;
  }
  return undefined;
}

function literalsOfAll(patterns: ContentRule['what']['match']): readonly string[] | undefined {
  if (patterns.length === 0) return undefined;
  const all = new Set<string>();
  for (const pattern of patterns) {
    const required = pattern.requiredLiterals;
    if (required === undefined) return undefined;
    for (const literal of required.anyOf) all.add(literal.toLowerCase());
  }
  return [...all];
}

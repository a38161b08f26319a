// What the rules say, as reasons.

import type { RequestParts } from '../parts.ts';
import type { RuleFinding, RuleSet } from '../rules/index.ts';
import type { ContentDetector, Finding } from './detector.ts';
import { excerptOf } from './excerpts.ts';

const NONE: readonly Finding[] = [];

/** Returns the rules as a detector. */
export function ruleDetector(rules: RuleSet): ContentDetector {
  return {
    find: (parts: RequestParts) => {
      const found = rules.match(parts);
      return found.length === 0 ? NONE : found.map(findingOf);
    },
    wasSilent: () => !rules.hasHeard,
    seesMore: (rawTarget) => rules.seesMore(rawTarget),
  };
}

function findingOf({ rule, weight, says, placement, name, text, start, end }: RuleFinding): Finding {
  return {
    detector: rule.name,
    class: rule.class,
    text: says,
    weight,
    foundIn: { placement, name, excerpt: excerptOf(text, start, end) },
    refuses: rule.isReject,
    ...(rule.isHonestWhereServed ? { isHonestWhereServed: true } : {}),
  };
}

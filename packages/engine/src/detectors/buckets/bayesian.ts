// How likely a bucket's visitor is evil, given which conditions hold: Bayes' rule, in the 32-bit floats that
// CrowdSec computes with, so that a threshold is crossed at the same event.

import type { BayesianCondition } from './scenario.ts';

const { fround } = Math;

/**
 * Returns the probability after all conditions. `holds` evaluates one and says undefined when it failed: such
 * a condition counts neither way. `fallen` remembers guillotine conditions that have been true.
 */
export function posterior(
  prior: number,
  conditions: readonly BayesianCondition[],
  fallen: boolean[],
  holds: (condition: BayesianCondition) => boolean | undefined,
): number {
  let probability = prior;
  for (const [i, condition] of conditions.entries()) {
    const isTrue = condition.guillotine && fallen[i] === true ? true : holds(condition);
    if (isTrue === undefined) continue;
    const { probGivenEvil, probGivenBenign } = condition;
    if (isTrue) {
      fallen[i] = true;
      probability = update(probability, probGivenEvil, probGivenBenign);
    } else {
      probability = update(probability, fround(1 - probGivenEvil), fround(1 - probGivenBenign));
    }
  }
  return probability;
}

function update(prior: number, givenEvil: number, givenBenign: number): number {
  const evil = fround(givenEvil * prior);
  const benign = fround(givenBenign * fround(1 - prior));
  return fround(evil / fround(evil + benign));
}

// What CrowdSec's rules say, as reasons. Their authors say how sure a rule is (`confidence`, 0 to 3); a virtual patch
// that is sure stops a request by itself, a rule of less confidence needs something else to speak for it.

import type { ContentDetector, Finding } from '../verdict/detector.ts';
import type { AppsecFinding, AppsecRules } from './appsecRules.ts';
import type { AppsecRule } from './rule.ts';

/** Log-odds by confidence; the last are as sure as rules of our own can be. */
const WEIGHTS: readonly number[] = [1.5, 3, 5.5, 9];
const SURE = 3;

const NONE: readonly Finding[] = [];

/** What is done about a match: a rule stops, asks for a check, or is only told. */
export type AppsecTreatment = 'ban' | 'captcha' | 'allow';

/** Returns the rules as a detector, each treated as it is said. */
export function appsecDetector(
  rules: AppsecRules,
  treatmentOf: (rule: AppsecRule) => AppsecTreatment = () => 'ban',
): ContentDetector {
  return {
    wasSilent: () => true,
    find: ({ request }) => {
      const findings = rules.match(request);
      return findings.length === 0
        ? NONE
        : findings.map((finding) => reasonOf(finding, treatmentOf(finding.rule)));
    },
  };
}

function reasonOf({ rule, class: found, foundIn }: AppsecFinding, treatment: AppsecTreatment): Finding {
  return {
    detector: rule.name,
    class: found,
    text: `is what the rule “${titleOf(rule)}” looks for`,
    weight: treatment === 'allow' ? 0 : weightOf(rule),
    ...(treatment === 'captcha' ? { asksForCheck: true } : {}),
    foundIn,
  };
}

function titleOf({ labels, description, name }: AppsecRule): string {
  const { label } = labels;
  return typeof label === 'string' && label !== '' ? label : description || name;
}

function weightOf({ labels }: AppsecRule): number {
  const confidence = Number(labels['confidence'] ?? SURE);
  const step = Number.isNaN(confidence) ? SURE : Math.round(Math.min(SURE, Math.max(0, confidence)));
  return WEIGHTS[step]!;
}

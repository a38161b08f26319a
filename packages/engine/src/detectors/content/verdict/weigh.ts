// One answer from all reasons. A part's weight is the sum of what speaks for it; the request's is that of its
// heaviest part, and a little for each other part that would be suspicious alone.

import type { AttackClass, Inspection, InspectionAction } from '@parapet/kinds';
import type { Anomaly } from '../parts.ts';
import type { Finding } from './detector.ts';
import type { Thresholds } from './settings.ts';

/** How much of another part's weight counts: scanners fill several parameters, and so do long honest forms. */
const OTHERS_SHARE = 0.25;
const MOST_REASONS = 12;
/** Log-odds of bytes that no honest client sends. */
const REFUSED = 9;
/** Log-odds of an attack where nothing speaks for one. */
const NOTHING = -9;

export const CLEAN: Inspection = {
  action: 'pass',
  score: probabilityOf(NOTHING),
  class: undefined,
  reasons: [],
};

/** Returns the verdict on a request for which there is something to weigh. */
export function weigh(findings: readonly Finding[], thresholds: Thresholds): Inspection {
  if (findings.length === 0) return CLEAN;
  const logOdds = weightOf(findings);
  const isRefused = findings.some(({ refuses }) => refuses === true);
  const decisive = findings.filter(({ asksForCheck }) => asksForCheck !== true);
  const isAsked = decisive.length < findings.length;
  const heaviest = findings.toSorted((one, other) => other.weight - one.weight).slice(0, MOST_REASONS);
  return {
    action: actionOf(isAsked ? weightOf(decisive) : logOdds, isRefused, isAsked, thresholds),
    score: probabilityOf(logOdds),
    class: classOf(findings),
    reasons: heaviest,
  };
}

/** Returns what an anomaly says that no honest client's bytes have. */
export function refusalOf({ code, placement, name }: Anomaly): Finding {
  return {
    detector: code,
    class: 'protocol',
    text: 'is written in a way that no honest client uses',
    weight: REFUSED,
    foundIn: { placement, name, excerpt: '' },
    refuses: true,
  };
}

function actionOf(
  logOdds: number,
  isRefused: boolean,
  isAsked: boolean,
  { challenge, block }: Thresholds,
): InspectionAction {
  if (isRefused) return 'reject';
  if (logOdds >= block) return 'block';
  return isAsked || logOdds >= challenge ? 'challenge' : 'pass';
}

function weightOf(reasons: readonly Finding[]): number {
  const byPart = new Map<string, number>();
  for (const { foundIn, weight } of reasons) {
    const key = `${foundIn.placement} ${foundIn.name}`;
    byPart.set(key, (byPart.get(key) ?? 0) + weight);
  }
  let heaviest = NOTHING;
  let others = 0;
  for (const weight of byPart.values()) {
    if (weight > 0) others += weight;
    if (weight > heaviest) heaviest = weight;
  }
  return heaviest > 0 ? heaviest + (others - heaviest) * OTHERS_SHARE : heaviest;
}

/** The class for which most is said. */
function classOf(reasons: readonly Finding[]): AttackClass | undefined {
  const weights = new Map<AttackClass, number>();
  let found: AttackClass | undefined;
  let most = 0;
  for (const { class: one, weight } of reasons) {
    const sum = (weights.get(one) ?? 0) + weight;
    weights.set(one, sum);
    if (sum > most) [found, most] = [one, sum];
  }
  return found;
}

function probabilityOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

// Helpers that count the decisions there have been on a value. Without a store of decisions they answer 0.

import { parseDuration } from '@parapet/kinds';
import { GoDuration, type Value } from '../value.ts';
import { impure, text, type HelperTable } from './define.ts';

/** What is known of decisions on a value (an address, a range, a name). */
export interface DecisionCounts {
  /** How many decisions there have been, those made before the given time left out. */
  count(value: string, sinceMs?: number): number;
  /** How many are in force now. */
  activeCount(value: string): number;
  /** For how long the last of them will be; 0 when none is. */
  activeTimeLeftMs(value: string): number;
}

export function decisionHelpers(
  decisions: DecisionCounts | undefined,
  nowMs: () => number,
  log: (message: string) => void,
): HelperTable {
  function ask(name: string, answer: (counts: DecisionCounts) => Value): Value {
    if (decisions !== undefined) return answer(decisions);
    log(`${name}: there is no store of decisions`);
    return 0;
  }

  return {
    GetDecisionsCount: impure((args) => {
      const value = text(args, 0);
      return ask('GetDecisionsCount', (counts) => counts.count(value));
    }, 1),
    GetDecisionsSinceCount: impure((args) => {
      const [value, since] = [text(args, 0), text(args, 1)];
      return ask('GetDecisionsSinceCount', (counts) => {
        const sinceMs = parseDurationWithDays(since);
        if (sinceMs === undefined) log(`GetDecisionsSinceCount: '${since}' is no duration`);
        return sinceMs === undefined ? 0 : counts.count(value, nowMs() - sinceMs);
      });
    }, 2),
    GetActiveDecisionsCount: impure((args) => {
      const value = text(args, 0);
      return ask('GetActiveDecisionsCount', (counts) => counts.activeCount(value));
    }, 1),
    GetActiveDecisionsTimeLeft: impure((args) => {
      const value = text(args, 0);
      return ask('GetActiveDecisionsTimeLeft', (counts) => new GoDuration(counts.activeTimeLeftMs(value)));
    }, 1),
  };
}

// Days are CrowdSec's addition to Go's durations: `7d`, `1d12h`.
function parseDurationWithDays(duration: string): number | undefined {
  const [, sign, days, rest] = /^([+-]?)(?:(\d+)d)?(.*)$/s.exec(duration) ?? [];
  if (days === undefined) return parseDuration(duration);
  const restMs = rest === '' ? 0 : parseDuration(rest!);
  return restMs === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(days) * 86_400_000 + restMs);
}

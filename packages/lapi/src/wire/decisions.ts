// A decision as the protocol writes it.

import type { LeanDecision, StoredDecision } from '@parapet/store';
import { crowdsecScope, wireOrigin } from './scopes.ts';

/**
 * One decision as JSON; long streams are made of this, so it makes no object on the way. `duration` is what is left of
 * it at that moment; negative when it is over, as bouncers expect of what is to be taken out.
 */
export function decisionText(decision: LeanDecision, nowMs: number, withSimulated: boolean): string {
  const [number, id, scope, value, remediation, , endMs, scenario, origin, isSimulated, , liftMs] = decision;
  const left = leftOf(endMs, liftMs, nowMs);
  const simulated = withSimulated ? `"simulated":${isSimulated === 1},` : '';
  return `{"duration":"${durationText(left)}","id":${number},"origin":${quoted(origin, wireOrigin)},"scenario":${quoted(scenario, same)},"scope":${quoted(scope, crowdsecScope)},${simulated}"type":${quoted(remediation, same)},"uuid":${textOf(id)},"value":${textOf(value)}}`;
}

/** What a decision is in few words. */
export function leanOf({
  number,
  id,
  target,
  remediation,
  startAt,
  expiresAt,
  scenario,
  origin,
  mode,
  alertId,
  lift,
}: StoredDecision): LeanDecision {
  return [
    ...([number, id, target.scope, target.value, remediation] as const),
    ...([startAt.getTime(), expiresAt.getTime(), scenario, origin] as const),
    ...([mode === 'simulated' ? 1 : 0, alertId ?? null, lift?.at.getTime() ?? null] as const),
  ];
}

const same = (text: string): string => text;
/** Words that millions of decisions share, as JSON. */
const WORDS = new Map<(text: string) => string, Map<string, string>>();
const MOST_WORDS = 5000;

function quoted(text: string, wire: (text: string) => string): string {
  let words = WORDS.get(wire);
  if (words === undefined) WORDS.set(wire, (words = new Map()));
  let word = words.get(text);
  if (word === undefined) {
    if (words.size >= MOST_WORDS) words.clear();
    words.set(text, (word = JSON.stringify(wire(text))));
  }
  return word;
}

function leftOf(endMs: number, liftMs: number | null, nowMs: number): number {
  const left = (liftMs === null ? endMs : Math.min(liftMs, endMs)) - nowMs;
  // What has ended this very moment has ended: clients read the sign.
  return liftMs !== null && left > -1000 ? -1000 : left;
}

/** By whole seconds, as Go prints it. */
function durationText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const sign = ms < 0 && seconds > 0 ? '-' : '';
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds % 60}s` : `${sign}${seconds}s`;
}

const PLAIN = /^[\w./:@ -]*$/;

function textOf(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

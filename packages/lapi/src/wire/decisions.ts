// A decision as the protocol writes it.

import type { StoredDecision } from '@parapet/store';
import { crowdsecScope, wireOrigin } from './scopes.ts';

export interface WireDecision {
  readonly duration: string;
  readonly id: number;
  readonly origin: string;
  readonly scenario: string;
  readonly scope: string;
  readonly simulated?: boolean;
  readonly type: string;
  readonly uuid: string;
  readonly value: string;
}

/** What is left of it at that moment; negative when it is over, as bouncers expect of what is to be taken out. */
export function wireDecision(decision: StoredDecision, now: Date, withSimulated = false): WireDecision {
  const { id, number, target, remediation, origin, scenario, mode } = decision;
  return {
    duration: durationText(leftMs(decision, now)),
    id: number,
    origin: wireOrigin(origin),
    scenario,
    scope: crowdsecScope(target.scope),
    ...(withSimulated ? { simulated: mode === 'simulated' } : {}),
    type: remediation,
    uuid: id,
    value: target.value,
  };
}

/** One decision as JSON; long streams are made of this, so it makes no object on the way. */
export function decisionText(decision: StoredDecision, now: Date): string {
  const { id, number, target, remediation, origin, scenario } = decision;
  return `{"duration":"${durationText(leftMs(decision, now))}","id":${number},"origin":${textOf(wireOrigin(origin))},"scenario":${textOf(scenario)},"scope":${textOf(crowdsecScope(target.scope))},"type":${textOf(remediation)},"uuid":${textOf(id)},"value":${textOf(target.value)}}`;
}

function leftMs({ expiresAt, lift }: StoredDecision, now: Date): number {
  const endMs = lift === undefined ? expiresAt.getTime() : Math.min(lift.at.getTime(), expiresAt.getTime());
  const left = endMs - now.getTime();
  // What has ended this very moment has ended: clients read the sign.
  return lift !== undefined && left > -1000 ? -1000 : left;
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

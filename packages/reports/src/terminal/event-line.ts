// One line for each alert, where nothing can be redrawn: a pipe, a journal, a container's log.

import type { Alert, Decision } from '@parapet/kinds';
import { describeSource, explainAct, explainAlert } from '../words/explain.ts';
import { describeDecision } from '../words/sentences.ts';
import { plain } from './text.ts';

/** Returns when, who did what, what is done about it and the record's id; never more than one line. */
export function renderEventLine(
  alert: Alert,
  decisions: readonly Decision[],
  covered: readonly Decision[] = [],
): string {
  const at = Number.isNaN(alert.knownAt.getTime()) ? 'unknown time' : alert.knownAt.toISOString();
  return `${at} ${explainAlert(alert)}: ${describeOutcome(alert, decisions, covered)}`;
}

/** Returns what was done in a word or two, for a narrow list: `banned`, `left alone`. */
export function describeOutcomeShort(
  alert: Alert,
  decisions: readonly Decision[],
  covered: readonly Decision[] = [],
): string {
  if (alert.spared !== undefined) return 'left alone';
  const decision = decisions[0] ?? covered[0];
  if (decision === undefined) return 'noted';
  if (decision.mode === 'simulated') return 'simulated';
  return SHORT.get(decision.remediation) ?? plain(decision.remediation);
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['ban', 'banned'],
  ['captcha', 'challenged'],
  ['throttle', 'slowed'],
  ['tarpit', 'kept waiting'],
]);

/** Returns what was done: `banned for 4 hours [record …]`, `left alone: …`, `noted`. */
function describeOutcome(alert: Alert, decisions: readonly Decision[], covered: readonly Decision[]): string {
  if (alert.spared !== undefined) return `left alone: ${plain(alert.spared)}`;
  if (decisions.length === 0 && covered.length > 0) {
    return covered
      .map((decision) => `already ${whom(alert, decision)}${actOf(decision)} [${plain(decision.id)}]`)
      .join(', ');
  }
  if (decisions.length === 0) {
    if (alert.simulated) return 'noted, since this scenario is only simulated';
    return alert.remediation ? 'noted, nothing was decided' : 'noted';
  }
  return decisions
    .map((decision) => `${whom(alert, decision)}${describeDecision(decision)} [${plain(decision.id)}]`)
    .join(', ');
}

/** What a decision in force does, without how long it was made for: that began earlier than this alert. */
function actOf({ mode, remediation, expiresAt }: Decision): string {
  const act = SHORT.get(remediation) ?? plain(remediation);
  return `${mode === 'simulated' ? 'simulated as ' : ''}${act} until ${expiresAt.toISOString()}`;
}

/** Returns who did what in short, for a narrow list: without the scenario's name. */
export function describeAlertShort(alert: Alert): string {
  return `${describeSource({ scope: alert.source.scope, value: alert.source.value })} ${explainAct(alert)}`;
}

/** A decision is usually on the source itself; where it is on its range or network, that is said. */
function whom(alert: Alert, decision: Decision): string {
  return decision.target.value === alert.source.value ? '' : `${plain(decision.target.value)} `;
}

// What the store has, as answers have it.

import { isInForce } from '@parapet/engine';
import type { AlertEvent, InspectionFeedback } from '@parapet/kinds';
import { describeDecision, explainAlert } from '@parapet/reports';
import type {
  AlertSummary,
  AllowlistEntry,
  StoredAlert,
  StoredDecision,
  StoredInspection,
} from '@parapet/store';

type Words = Readonly<Record<string, unknown>>;

export function decisionWords(decision: StoredDecision, now: Date): Words {
  const { number, id, target, remediation, startAt, expiresAt, scenario, origin, mode, alertId, lift } =
    decision;
  const { scope, value } = target;
  return {
    ...{ number, id, recordId: recordIdOf(id), scope, value, remediation, startAt, expiresAt },
    isActive: isActive(decision, now),
    ...{ scenario, origin, mode },
    ...(alertId === undefined ? {} : { alertId }),
    ...(lift === undefined ? {} : { lift: { at: lift.at, by: lift.by, reason: lift.reason } }),
    sentence: `${value} is ${describeDecision(decision)}`,
  };
}

export function isActive({ lift, expiresAt }: StoredDecision, now: Date): boolean {
  return lift === undefined && expiresAt > now;
}

/** As block pages show it. */
function recordIdOf(id: string): string {
  return id.slice(0, 8);
}

export function summaryWords(alert: AlertSummary): Words {
  const { number, id, scenario, scenarioVersion, source, startAt, stopAt, knownAt, eventsCount } = alert;
  const { message, remediation, simulated, labels, machine, spared } = alert;
  return {
    ...{ number, id, scenario, scenarioVersion, source, startAt, stopAt, knownAt, eventsCount, message },
    sentence: explainAlert({ ...alert, events: [] }),
    ...{ remediation, simulated, labels },
    ...(machine === undefined ? {} : { machine }),
    ...(spared === undefined ? {} : { spared }),
  };
}

export function alertWords(alert: StoredAlert, decisions: readonly StoredDecision[], now: Date): Words {
  return {
    ...summaryWords(alert),
    sentence: explainAlert(alert),
    events: alert.events.map(eventWords),
    decisions: decisions.map((one) => decisionWords(one, now)),
  };
}

function eventWords({ at, meta }: AlertEvent): Words {
  return { at, meta: Object.fromEntries(meta) };
}

export function entryWords({ list, value, comment, createdAt, expiresAt }: AllowlistEntry): Words {
  return { list, value, comment, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** Without the shapes, which nobody can read. */
export function inspectionWords({ findings, network: _network, ...record }: StoredInspection): Words {
  return { ...record, findings: findings.map(({ shape: _shape, ...finding }) => finding) };
}

export function feedbackWords(
  { findings, network: _network, ...said }: InspectionFeedback,
  now: Date,
): Words {
  return {
    ...said,
    findings: findings.map(({ shape: _shape, ...finding }) => finding),
    isInForce: isInForce({ ...said, findings, network: 0 }, now.getTime()),
  };
}

// Why somebody was stopped, by the record id of the page that he saw: a decision, or one request that was refused.

import { explainAlert, explainAttack, describeDecision } from '@parapet/reports';
import type { AlertEvent } from '@parapet/kinds';
import type { Store, StoredAlert, StoredDecision, StoredInspection } from '@parapet/store';
import { route, type Reply, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { SCHEMAS } from './schemas.ts';
import { decisionWords, inspectionWords, isActive, summaryWords } from './words.ts';

const MOST_EVIDENCE = 50;

export const explanationRoutes: readonly Route[] = [
  route('get', '/explanations/{recordId}', {
    scope: 'alerts:read',
    summary: 'Why a visitor was stopped, by the 8 characters of the page that he saw',
    answers: { 200: { description: 'Why', schema: SCHEMAS.Explanation } },
    problems: { 404: 'There is no such record' },
    handle: async ({ options: { store, now }, params }) => {
      const recordId = params['recordId']!.toLowerCase();
      if (!/^[0-9a-f]{8}$/.test(recordId))
        throw new Problem(404, 'E_API_ABSENT', 'A record id has 8 characters, 0-9 and a-f');
      return (await find(store, recordId, now())) ?? absent(recordId);
    },
  }),
];

function absent(recordId: string): never {
  throw new Problem(404, 'E_API_ABSENT', `There is no record ${recordId}`);
}

async function find(store: Store, recordId: string, now: Date): Promise<Reply | undefined> {
  const [inspection] = await store.inspections.list({ id: recordId }, { newestFirst: true, limit: 1 });
  if (inspection !== undefined) return { status: 200, body: ofInspection(inspection) };
  const [decision] = await store.listDecisions({ recordId }, { newestFirst: true, limit: 1 });
  if (decision === undefined) return undefined;
  const alert = decision.alertId === undefined ? undefined : await store.findAlert(decision.alertId);
  return { status: 200, body: ofDecision(recordId, decision, alert, now) };
}

function ofDecision(
  recordId: string,
  decision: StoredDecision,
  alert: StoredAlert | undefined,
  now: Date,
): object {
  const { startAt, expiresAt, lift, number, remediation, target, scenario } = decision;
  const isOver = !isActive(decision, now);
  const why = alert === undefined ? scenario : explainAlert(alert);
  const ended = lift === undefined ? '' : `; lifted by ${lift.by}: ${lift.reason}`;
  return {
    ...{ recordId, kind: 'decision', remediation },
    sentence: `${target.value} ${isOver ? 'was' : 'is'} ${describeDecision(decision)}: ${why}${ended}`,
    since: startAt,
    until: lift?.at ?? expiresAt,
    isOver,
    reasons: [why, ...(alert?.spared === undefined ? [] : [alert.spared])],
    evidence: (alert?.events ?? []).slice(-MOST_EVIDENCE).map(evidenceOf),
    ...(isOver ? {} : { undo: { method: 'DELETE', href: `/api/v1/decisions/${number}` } }),
    decision: decisionWords(decision, now),
    ...(alert === undefined ? {} : { alert: summaryWords(alert) }),
  };
}

function evidenceOf(event: AlertEvent): object {
  const meta = new Map(event.meta);
  const request = [meta.get('http_verb'), meta.get('http_path'), meta.get('http_status')];
  const words = request.filter((word) => word !== undefined);
  const text =
    explainAttack(event) ??
    (words.length > 0 ? words.join(' ') : (meta.get('signal_type') ?? meta.get('log_type') ?? ''));
  return { at: event.at, text };
}

function ofInspection(record: StoredInspection): object {
  const { id, at, ip, method, path, action, isEnforced, reasons } = record;
  const [first] = reasons;
  const why = first === undefined ? '' : `: ${first.foundIn.placement} ${first.foundIn.name} ${first.text}`;
  return {
    recordId: id,
    kind: 'inspection',
    sentence: `A request of ${ip} (${method} ${path}) ${DONE[action][isEnforced ? 0 : 1]}${why}`,
    remediation: action,
    since: at,
    isOver: true,
    reasons: reasons.map(
      ({ foundIn, text, detector, weight }) =>
        `${foundIn.placement} ${foundIn.name} ${text} (${detector}, ${weight < 0 ? '' : '+'}${weight.toFixed(1)})`,
    ),
    evidence: reasons
      .filter(({ foundIn }) => foundIn.excerpt !== '')
      .map(({ foundIn }) => ({ at, text: foundIn.excerpt })),
    ...(record.findings.length === 0
      ? {}
      : { undo: { method: 'POST', href: '/api/v1/feedback', body: { recordId: id, kind: 'no-attack' } } }),
    inspection: inspectionWords(record),
  };
}

const DONE = {
  pass: ['was let through', 'was let through'],
  challenge: ['was challenged', 'would have been challenged'],
  block: ['was blocked', 'would have been blocked'],
  reject: ['was refused', 'would have been refused'],
} as const;

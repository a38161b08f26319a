// Decisions as people, programs and scripts read them.
import { formatDuration } from '@parapet/kinds';
import { formatInstant, formatRemaining, renderTable } from '@parapet/reports';
import type { StoredDecision } from '@parapet/store';
import type { Output } from '../../context.ts';

/** Returns the decision for `-o json`; the same keys as in `parapet replay --json`, and more. */
export function jsonOf(decision: StoredDecision, now: Date): Record<string, unknown> {
  const { id, number, target, remediation, scenario, origin, startAt, expiresAt, mode, alertId, lift } =
    decision;
  return {
    number,
    id,
    scope: target.scope,
    value: target.value,
    type: remediation,
    duration: formatDuration(Math.max(0, expiresAt.getTime() - now.getTime())),
    scenario,
    origin,
    startAt,
    expiresAt,
    simulated: mode === 'simulated',
    ...(alertId === undefined ? {} : { alertId }),
    ...(lift === undefined ? {} : { lifted: lift }),
  };
}

/** Returns the decision's fields for `-o raw`: number, scope, value, type, duration, origin, scenario, id. */
export function rawOf(decision: StoredDecision, now: Date): readonly string[] {
  const { id, number, target, remediation, scenario, origin, expiresAt } = decision;
  const left = formatDuration(Math.max(0, expiresAt.getTime() - now.getTime()));
  return [String(number), target.scope, target.value, remediation, left, origin, scenario, id];
}

/** `machines`: whose alert led to each, where that is asked for. */
export function decisionsTable(
  decisions: readonly StoredDecision[],
  now: Date,
  out: Output,
  machines?: readonly string[],
): string {
  const rows = decisions.map((decision, i) => [
    String(decision.number),
    targetText(decision),
    decision.mode === 'simulated' ? `${decision.remediation} (simulated)` : decision.remediation,
    endText(decision, now),
    decision.scenario,
    decision.origin,
    formatInstant(decision.startAt),
    ...(machines === undefined ? [] : [machines[i] ?? '']),
  ]);
  return renderTable(
    [
      { title: '#', align: 'right' },
      { title: 'on' },
      { title: 'does' },
      { title: 'ends' },
      { title: 'because of', maxWidth: 48 },
      { title: 'made by' },
      { title: 'since' },
      ...(machines === undefined ? [] : [{ title: 'machine' }]),
    ],
    rows,
    { columns: out.columns, color: out.hasColor },
  );
}

/** `192.0.2.1`, `country FR`. */
export function targetText({ target }: Pick<StoredDecision, 'target'>): string {
  return target.scope === 'ip' || target.scope === 'range' ? target.value : `${target.scope} ${target.value}`;
}

function endText(decision: StoredDecision, now: Date): string {
  if (decision.lift !== undefined) return `lifted by ${decision.lift.by}`;
  const leftMs = decision.expiresAt.getTime() - now.getTime();
  return leftMs > 0 ? `in ${formatRemaining(leftMs)}` : `${formatRemaining(-leftMs)} ago`;
}

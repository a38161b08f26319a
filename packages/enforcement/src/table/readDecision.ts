// A decision from outside, checked once: what the table keeps of it, or why it is none.

import { NAME_LIMIT, type DecisionClass } from './classTable.ts';
import { placeOf, type Place } from './place.ts';
import { recordOf, type TableDecision, type TableFault } from './tableDecision.ts';

export interface ReadDecision {
  readonly id: string;
  readonly record: number;
  readonly place: Place;
  /** Seconds since the epoch, rounded up: no decision ends early. */
  readonly expires: number;
  readonly like: DecisionClass;
}

/** The last moment that fits; a decision that lasts longer has no end. */
const LATEST = 0xffffffff;

export function readDecision(decision: TableDecision): ReadDecision | TableFault {
  const { id, remediation, scenario, origin, expiresAtMs } = decision;
  const record = typeof id === 'string' ? recordOf(id) : -1;
  if (record < 0) return fault('E_TABLE_ID', `${quote(id)} is no id of a decision`);
  if (typeof expiresAtMs !== 'number' || !(expiresAtMs > 0))
    return fault('E_TABLE_END', `decision ${id} has no end: ${quote(expiresAtMs)}`);
  if ([remediation, scenario, origin].some((name) => typeof name !== 'string') || remediation === '')
    return fault('E_TABLE_NAME', `decision ${id} does not say what to do, why, or who said so`);
  const place = placeOf(decision.target);
  if (typeof place === 'string') return fault('E_TABLE_TARGET', `decision ${id}: ${place}`);
  const like = {
    remediation: remediation.slice(0, NAME_LIMIT),
    scenario: scenario.slice(0, NAME_LIMIT),
    origin: origin.slice(0, NAME_LIMIT),
    simulated: decision.simulated,
  };
  return { id, record, place, expires: Math.min(LATEST, Math.ceil(expiresAtMs / 1000)), like };
}

export function fault(code: TableFault['code'], message: string): TableFault {
  return { code, message };
}

function quote(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 80));
}

// A decision as the table takes it, and the changes a table is kept up to date with. All of it is plain JSON: it
// crosses from the engine to the gateway's workers.

import type { Decision, DecisionOrigin, Remediation, Target } from '@parapet/kinds';

export interface TableDecision {
  /** UUID. The table keeps its first eight hex digits, the record id; with the target they name the decision. */
  readonly id: string;
  readonly target: Target;
  readonly remediation: Remediation;
  readonly expiresAtMs: number;
  readonly scenario: string;
  readonly origin: DecisionOrigin;
  readonly simulated: boolean;
}

/** Names one decision in a table. */
export interface DecisionName {
  readonly id: string;
  readonly target: Target;
}

/** Why a table did not take something. */
export interface TableFault {
  readonly code:
    | 'E_TABLE_TARGET'
    | 'E_TABLE_ID'
    | 'E_TABLE_END'
    | 'E_TABLE_NAME'
    | 'E_TABLE_CROWDED'
    | 'E_TABLE_FULL'
    | 'E_TABLE_ALLOWLIST';
  /** One sentence with the value that was wrong. */
  readonly message: string;
}

export function toTableDecision(decision: Decision): TableDecision {
  return {
    id: decision.id,
    target: decision.target,
    remediation: decision.remediation,
    expiresAtMs: decision.expiresAt.getTime(),
    scenario: decision.scenario,
    origin: decision.origin,
    simulated: decision.mode === 'simulated',
  };
}

/** The first eight hex digits of an id as a number, or -1 when it does not begin with such. */
export function recordOf(id: string): number {
  let record = 0;
  for (let i = 0; i < 8; i++) {
    const digit = hexDigit(id.charCodeAt(i));
    if (digit < 0) return -1;
    record = record * 16 + digit;
  }
  return record;
}

export function formatRecord(record: number): string {
  return record.toString(16).padStart(8, '0');
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

// Decisions for tests of the table.

import { ipBits, parseIp } from '@parapet/kinds';
import type { DecisionTable, TableDecision } from '../../src/index.ts';

const HOUR_MS = 3_600_000;
let ids = 0;

/** A ban on an address or a range for the first hour of 1970. */
export function decision(value: string, change: Partial<TableDecision> = {}): TableDecision {
  return {
    id: `${(++ids).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    target: { scope: value.includes('/') ? 'range' : 'ip', value },
    remediation: 'ban',
    expiresAtMs: HOUR_MS,
    scenario: 'crowdsecurity/http-probing',
    origin: 'crowdsec',
    simulated: false,
    ...change,
  };
}

export function words(address: string): readonly number[] {
  return ipBits(parseIp(address)!);
}

/** Everything a table says about a handle. */
export function factsOf(table: DecisionTable, handle: number): Record<string, unknown> | null {
  if (handle === 0) return null;
  return {
    scope: table.scopeOf(handle),
    remediation: table.remediationOf(handle),
    scenario: table.scenarioOf(handle),
    origin: table.originOf(handle),
    simulated: table.isSimulatedOf(handle),
    endsAt: table.expiresAtSecondsOf(handle),
    record: table.recordIdOf(handle),
  };
}

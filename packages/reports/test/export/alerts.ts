// Alerts as exports are given them: without their evidence.

import type { Alert } from '@parapet/kinds';

const NOON_MS = Date.parse('2026-03-01T12:00:00Z');

/** Returns an alert of this address, so many minutes after noon. */
export function alertFrom(value: string, minute = 0, scenario = 'x/http-sqli'): Omit<Alert, 'events'> {
  const startMs = NOON_MS + minute * 60_000;
  return {
    ...{ id: `a-${value}`, scenario, scenarioVersion: '1', scenarioHash: 'ab', labels: {} },
    source: { scope: 'ip', value, countryCode: 'FR', asName: 'Net, "Inc"' },
    startAt: new Date(startMs),
    stopAt: new Date(startMs + 50_000),
    knownAt: new Date(startMs + 60_000),
    ...{ eventsCount: 6, message: '', remediation: true, simulated: false, capacity: 5, leakSpeedMs: 1 },
  };
}

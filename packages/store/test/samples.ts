// Alerts and decisions for tests.
import type { Alert, Decision } from '@parapet/kinds';

export const NOON: Date = new Date('2026-03-01T12:00:00.000Z');
export const HOUR_MS = 3_600_000;

export function after(ms: number): Date {
  return new Date(NOON.getTime() + ms);
}

export function sampleAlert(id: string, changes: Partial<Alert> = {}): Alert {
  return {
    id,
    scenario: 'parapet/drupal-bf',
    scenarioVersion: '0.1',
    scenarioHash: 'ab'.repeat(32),
    source: { scope: 'ip', value: '192.0.2.1', ip: '192.0.2.1', countryCode: 'FR', asn: '64496' },
    startAt: after(-60_000),
    stopAt: after(-1000),
    knownAt: NOON,
    eventsCount: 6,
    events: [
      { at: after(-60_000), meta: [['source_ip', '192.0.2.1']] },
      {
        at: after(-1000),
        meta: [
          ['source_ip', '192.0.2.1'],
          ['user', 'admin'],
        ],
      },
    ],
    message: "ip 192.0.2.1 performed 'parapet/drupal-bf' (6 events over 59s)",
    remediation: true,
    simulated: false,
    labels: { service: 'http', confidence: 3, behaviors: ['http:bruteforce'] },
    capacity: 5,
    leakSpeedMs: 10_000,
    ...changes,
  };
}

export function sampleDecision(id: string, value: string, changes: Partial<Decision> = {}): Decision {
  return {
    id,
    target: { scope: value.includes('/') ? 'range' : 'ip', value },
    remediation: 'ban',
    startAt: NOON,
    expiresAt: after(4 * HOUR_MS),
    scenario: 'parapet/drupal-bf',
    origin: 'scenario',
    mode: 'live',
    ...changes,
  };
}

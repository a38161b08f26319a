// Small makers of alerts and decisions for the tests of this package.

import type { Alert, Decision } from '@parapet/kinds';

export const T0: number = Date.UTC(2026, 4, 4, 8, 0, 0);

export function makeAlert(
  changes: Partial<Alert> & { paths?: readonly string[]; agent?: string; status?: string } = {},
): Alert {
  const { paths = [], agent, status = '404', ...fields } = changes;
  return {
    id: '5f2c1c9e-7d0b-4f0f-9a52-000000000001',
    scenario: 'crowdsecurity/http-probing',
    scenarioVersion: '0.4',
    scenarioHash: '',
    source: {
      scope: 'ip',
      value: '203.0.113.7',
      ip: '203.0.113.7',
      countryCode: 'FR',
      asn: '64500',
      asName: 'Example',
    },
    startAt: new Date(T0),
    stopAt: new Date(T0 + 20_000),
    knownAt: new Date(T0 + 20_000),
    eventsCount: 11,
    events: paths.map((path, i) => ({
      at: new Date(T0 + i * 1000),
      meta: [
        ['http_path', path],
        ['http_status', status],
        ...(agent === undefined ? [] : [['http_user_agent', agent] as const]),
        ['http_verb', 'GET'],
      ],
    })),
    message: '',
    remediation: true,
    simulated: false,
    labels: { service: 'http', behavior: 'http:scan', remediation: true },
    capacity: 10,
    leakSpeedMs: 10_000,
    ...fields,
  };
}

export function makeDecision(changes: Partial<Decision> = {}): Decision {
  return {
    id: '0198aaaa-7d0b-4f0f-9a52-0000000000ff',
    target: { scope: 'ip', value: '203.0.113.7' },
    remediation: 'ban',
    startAt: new Date(T0 + 20_000),
    expiresAt: new Date(T0 + 20_000 + 4 * 3_600_000),
    scenario: 'crowdsecurity/http-probing',
    origin: 'scenario',
    mode: 'live',
    ...changes,
  };
}

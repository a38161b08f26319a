// Messages and channels as tests need them.

import type { Alert, Decision } from '@parapet/kinds';
import type { Channel, ChannelType } from '../src/channels/channel.ts';
import type { AttackMessage } from '../src/message.ts';

/** 2:35 in the morning in Berlin. */
export const NIGHT_MS: number = Date.parse('2026-11-22T01:35:10.000Z');

export function attackMessage(changes: Partial<AttackMessage> = {}): AttackMessage {
  return {
    id: 'b2a5.attack',
    kind: 'attack',
    incident: 'b2a5',
    severity: 'high',
    site: 'shop',
    atMs: NIGHT_MS,
    facts: {
      attack: 'sql-injection',
      outcome: 'blocked',
      needsReview: true,
      firstAtMs: NIGHT_MS,
      lastAtMs: NIGHT_MS + 720_000,
      alerts: 4312,
      events: 9000,
      sources: 4312,
      isMore: false,
      shown: [{ value: '203.0.113.7', countryCode: 'FR', asName: 'Example <b>*Net*</b> | x=1' }],
      scenarios: ['parapet/request-attacks'],
      paths: ['/search'],
      alertId: '5c1f0a52-0000-4000-8000-000000000000',
    },
    ...changes,
  };
}

export function channelOf(type: ChannelType, changes: Partial<Channel> = {}): Channel {
  return {
    name: type,
    type,
    url: '',
    to: [],
    from: '',
    user: '',
    secret: '',
    file: '',
    index: '',
    body: '',
    contentType: '',
    setting: { language: 'en', zone: 'Europe/Berlin' },
    ...changes,
  };
}

/** An alert of one address at a moment. */
export function alertOf(number: number, atMs: number, changes: Partial<Alert> = {}): Alert {
  const value = `198.51.${(number >> 8) & 255}.${number & 255}`;
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    scenario: 'parapet/request-attacks',
    scenarioVersion: '',
    scenarioHash: '',
    source: { scope: 'ip', value, ip: value },
    startAt: new Date(atMs - 1000),
    stopAt: new Date(atMs),
    knownAt: new Date(atMs),
    eventsCount: 3,
    events: [
      {
        at: new Date(atMs),
        meta: [
          ['attack_class', 'sqli'],
          ['gateway_action', 'attack'],
          ['http_path', '/search?q=secret'],
          ['site', 'shop'],
        ],
      },
    ],
    message: '',
    remediation: true,
    simulated: false,
    labels: {},
    capacity: 3,
    leakSpeedMs: 1000,
    ...changes,
  };
}

export function banOf(alert: Alert): Decision {
  return {
    id: alert.id,
    target: { scope: 'ip', value: alert.source.value },
    remediation: 'ban',
    startAt: alert.knownAt,
    expiresAt: new Date(alert.knownAt.getTime() + 3_600_000),
    scenario: alert.scenario,
    origin: 'crowdsec',
    mode: 'live',
    alertId: alert.id,
  };
}

import { expect, test } from 'vitest';
import { DecisionSet } from '../../src/decisions/index.ts';
import { SelfInflicted } from '../../src/detectors/index.ts';
import { Event, EventSchema } from '../../src/events/index.ts';

const NOW = Date.UTC(2020, 0, 1, 10);

test('our own 403 and 429 answers to a banned address are no evidence, while the ban runs', () => {
  const schema = new EventSchema();
  const decisions = new DecisionSet();
  decisions.add({
    id: 'a',
    target: { scope: 'ip', value: '203.0.113.7' },
    remediation: 'ban',
    startAt: new Date(NOW),
    expiresAt: new Date(NOW + 60_000),
    scenario: 'x/flood',
    origin: 'scenario',
    mode: 'live',
  });
  const guard = new SelfInflicted(schema, decisions);
  const isOwn = (ip: string, status: string, atMs = NOW): boolean => {
    const event = new Event(schema);
    event.set(schema.slot('Meta', 'source_ip'), ip);
    event.set(schema.slot('Meta', 'http_status'), status);
    return guard.isOwnAnswer(event, atMs);
  };
  expect([isOwn('203.0.113.7', '403'), isOwn('203.0.113.7', '429')]).toEqual([true, true]);
  expect([isOwn('203.0.113.7', '404'), isOwn('203.0.113.8', '403')]).toEqual([false, false]);
  expect(isOwn('203.0.113.7', '403', NOW + 60_000)).toBe(false);
  expect(guard.count).toBe(2);
});

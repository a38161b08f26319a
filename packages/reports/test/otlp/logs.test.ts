import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertRecord, attentionRecord, decisionRecord, otlpLogs } from '../../src/otlp/logs.ts';
import type { OtlpLogRecord } from '../../src/otlp/logs.ts';
import { makeAlert, makeDecision, T0 } from '../samples.ts';
import { faultsOf } from './proto.ts';

const SENDER = { version: '0.1.0', resource: { 'service.name': 'parapet' } };
const NOW = T0 + 21_000;

function faults(records: readonly OtlpLogRecord[]): readonly string[] {
  return faultsOf('ExportLogsServiceRequest', JSON.parse(JSON.stringify(otlpLogs(records, SENDER))));
}

function attributes({ attributes: list }: OtlpLogRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}

describe('log records for OpenTelemetry', () => {
  it('tell of an alert with the names of the semantic conventions', () => {
    const paths = ['/first', '/wp-login.php?user=alice&pass=secret'];
    const record = alertRecord(makeAlert({ paths, agent: 'curl/8' }), [makeDecision()], NOW);
    expect(faults([record])).toEqual([]);
    expect(record).toMatchObject({
      eventName: 'parapet.alert',
      severityNumber: 13,
      severityText: 'WARN',
      timeUnixNano: `${T0 + 20_000}000000`,
      observedTimeUnixNano: `${NOW}000000`,
    });
    expect(attributes(record)).toMatchObject({
      'client.address': '203.0.113.7',
      'geo.country.iso_code': 'FR',
      'http.request.method': 'GET',
      'http.response.status_code': '404',
      'url.path': '/wp-login.php',
      'user_agent.original': 'curl/8',
      'security_rule.name': 'crowdsecurity/http-probing',
      'parapet.alert.decided': true,
      'parapet.alert.events': '11',
    });
    expect(JSON.stringify(record)).not.toContain('secret');
  });

  it('tell of an alert that led to nothing, and why', () => {
    const spared = alertRecord(makeAlert({ spared: 'a verified crawler' }), [], NOW);
    expect(spared.severityText).toBe('INFO');
    expect(attributes(spared)).toMatchObject({
      'parapet.alert.spared': 'a verified crawler',
      'parapet.alert.decided': false,
    });
    const simulated = alertRecord(makeAlert({ simulated: true }), [makeDecision({ mode: 'simulated' })], NOW);
    expect(attributes(simulated)).toMatchObject({ 'parapet.alert.decided': false });
  });

  it('name no client where a range or an account was found', () => {
    const source = { scope: 'range', value: '203.0.113.0/24' };
    const record = alertRecord(makeAlert({ source, events: [] }), [], NOW);
    expect(attributes(record)['client.address']).toBeUndefined();
    expect(attributes(record)).toMatchObject({ 'parapet.source.value': '203.0.113.0/24' });
  });

  it('tell of a decision and of its early end', () => {
    const decision = makeDecision({ alertId: 'a1' });
    const [decided, lifted] = [
      decisionRecord(decision, 'decided', NOW),
      decisionRecord(decision, 'lifted', NOW),
    ];
    expect(faults([decided, lifted])).toEqual([]);
    expect([decided.eventName, lifted.eventName]).toEqual(['parapet.decision', 'parapet.decision.lifted']);
    expect(decided.body.stringValue).toBe('ip 203.0.113.7: from now on ban (crowdsecurity/http-probing)');
    expect(lifted.timeUnixNano).toBe(`${NOW}000000`);
    expect(attributes(decided)).toMatchObject({
      'client.address': '203.0.113.7',
      'parapet.alert.id': 'a1',
      'parapet.decision.remediation': 'ban',
      'parapet.decision.origin': 'scenario',
      'parapet.decision.expires_at': decision.expiresAt.toISOString(),
    });
  });

  it('tell what else somebody should know', () => {
    const record = attentionRecord('store', 'The store cannot be written', 'ERROR', NOW);
    expect(faults([record])).toEqual([]);
    expect(record).toMatchObject({
      severityNumber: 17,
      body: { stringValue: 'The store cannot be written' },
    });
  });

  it('are well formed and bounded, whatever a visitor sent', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 3000 }).map((text) => `${text}\uDFFF`);
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const alert = makeAlert({ paths: [text], agent: other, scenario: other, status: text });
        const record = alertRecord(alert, [], NOW);
        const decision = decisionRecord(makeDecision({ scenario: text }), 'decided', NOW);
        expect(faults([record, decision])).toEqual([]);
        expect(JSON.stringify(record).length).toBeLessThan(40_000);
      }),
      { numRuns: 20 },
    );
  });
});

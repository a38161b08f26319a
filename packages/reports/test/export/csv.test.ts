import { describe, expect, it } from 'vitest';
import { alertsCsv, alertsJson } from '../../src/index.ts';
import { alertFrom } from './alerts.ts';

describe('alerts as a table', () => {
  it('have a head and a line each, with the ends that RFC 4180 wants', () => {
    const lines = alertsCsv([alertFrom('203.0.113.7'), alertFrom('2001:db8::1')]).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^known_at,started_at,stopped_at,kind,title,scenario,scope,value,/);
    expect(lines[1]).toBe(
      '2026-03-01T12:01:00.000Z,2026-03-01T12:00:00.000Z,2026-03-01T12:00:50.000Z,sql-injection,' +
        'Database commands in requests,x/http-sqli,ip,203.0.113.7,FR,"Net, ""Inc""",6,false,false,a-203.0.113.7',
    );
    expect(lines[3]).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('begin no cell as a formula: %j', (asName) => {
    const alert = alertFrom('203.0.113.7');
    const text = alertsCsv([{ ...alert, source: { ...alert.source, asName } }]);
    expect(text).toContain(`,'${asName},`);
  });
});

describe('alerts for programs', () => {
  it('have the same fields, and say nothing of what stays in the house', () => {
    const [one] = alertsJson([{ ...alertFrom('203.0.113.7'), spared: 'anna is signed in there' }]);
    expect(one).toMatchObject({ kind: 'sql-injection', events: 6, simulated: false, spared: true });
    expect(JSON.stringify(one)).not.toContain('anna');
  });
});

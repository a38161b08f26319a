import { describe, expect, it } from 'vitest';
import { renderEventLine } from '../../src/terminal/event-line.ts';
import { makeAlert, makeDecision } from '../samples.ts';

describe('renderEventLine', () => {
  it('is one line with time, sentence, what is done and the record', () => {
    expect(renderEventLine(makeAlert(), [makeDecision()])).toBe(
      '2026-05-04T08:00:20.000Z 203.0.113.7 (France, AS64500 Example) asked for 11 different pages that are missing or forbidden in 20 seconds, as scanners do (crowdsecurity/http-probing): banned for 4 hours [0198aaaa-7d0b-4f0f-9a52-0000000000ff]',
    );
  });

  it('says when nothing is done, and why', () => {
    expect(renderEventLine(makeAlert({ spared: 'it is the proxy' }), [])).toMatch(
      /: left alone: it is the proxy$/,
    );
    expect(renderEventLine(makeAlert({ simulated: true }), [])).toMatch(/only simulated$/);
    expect(renderEventLine(makeAlert({ remediation: false }), [])).toMatch(/: noted$/);
  });

  it('says would where a decision is simulated, and on whom where it is wider', () => {
    const wide = makeDecision({ mode: 'simulated', target: { scope: 'range', value: '203.0.113.0/24' } });
    expect(renderEventLine(makeAlert(), [wide])).toMatch(
      /: 203\.0\.113\.0\/24 would be banned for 4 hours \[/,
    );
  });

  it('stays one line whatever the log holds', () => {
    const alert = makeAlert({ paths: ['/a\nb\r\u2028c'], scenario: 'me/sqli\nfoo' });
    expect(renderEventLine(alert, [makeDecision({ id: 'x\ny' })])).not.toMatch(/[\n\r\u2028]/);
  });
});

import { parseIp, type AlertSource, type Ip } from '@parapet/kinds';
import { describe, expect, test } from 'vitest';
import { OperatorRule } from '../../src/verdicts/index.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;
const ip = (text: string): Ip => parseIp(text)!;
const address = (value: string): AlertSource => ({ scope: 'ip', value, ip: value });

function ruleWithAda(): OperatorRule {
  const rule = new OperatorRule();
  rule.saw({ ip: ip('203.0.113.7'), who: 'ada', atMs: NOON });
  return rule;
}

describe('an operator who was seen lately', () => {
  test('is not decided on, and the sentence says who and when', () => {
    expect(ruleWithAda().spare(address('203.0.113.7'), NOON + 5 * 60_000)).toBe(
      '203.0.113.7 is where ada, whom the site trusts, was seen 5 minutes before: a decision would lock the operator out',
    );
    expect(ruleWithAda().spare(address('203.0.113.7'), NOON + 3 * HOUR_MS)).toContain('3 hours before');
    expect(ruleWithAda().spare(address('203.0.113.7'), NOON - 1000)).toContain('just now');
  });

  test('is spared in a range, and by name', () => {
    const range: AlertSource = { scope: 'range', value: '203.0.113.0/24' };
    expect(ruleWithAda().spare(range, NOON)).toContain('203.0.113.0/24 (with 203.0.113.7) is where ada');
    expect(ruleWithAda().spare({ scope: 'user', value: 'ada' }, NOON)).toBeDefined();
    expect(ruleWithAda().spare({ scope: 'user', value: 'bob' }, NOON)).toBeUndefined();
    expect(ruleWithAda().spare({ scope: 'country', value: 'ada' }, NOON)).toBeUndefined();
  });

  test('is one no longer after twelve hours, or when all trust was ended', () => {
    expect(ruleWithAda().spare(address('203.0.113.7'), NOON + 12 * HOUR_MS)).toBeDefined();
    expect(ruleWithAda().spare(address('203.0.113.7'), NOON + 12 * HOUR_MS + 1)).toBeUndefined();
    const rule = ruleWithAda();
    rule.forgetAll();
    expect(rule.spare(address('203.0.113.7'), NOON)).toBeUndefined();
  });

  test('does not spare the neighbours', () => {
    expect(ruleWithAda().spare(address('203.0.113.8'), NOON)).toBeUndefined();
  });

  test('is remembered for a thousand addresses, the latest', () => {
    const rule = ruleWithAda();
    for (let i = 0; i < 1000; i++) rule.saw({ ip: ip(`10.0.${i >> 8}.${i & 255}`), who: 'bob', atMs: NOON });
    expect(rule.spare(address('203.0.113.7'), NOON)).toBeUndefined();
    expect(rule.spare(address('10.0.0.0'), NOON)).toBeDefined();
  });
});

import type { AccessTold } from '@parapet/dashboard';
import type { Line } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { accessTeller } from '../../src/up/dashboardAccess.ts';

function teller(): {
  readonly tell: (told: AccessTold) => void;
  readonly lines: Line[];
  readonly operators: string[];
  readonly clock: { nowMs: number };
} {
  const [lines, operators, clock] = [[] as Line[], [] as string[], { nowMs: 1_772_366_400_000 }];
  const tell = accessTeller({
    secret: new Uint8Array(32).fill(7),
    nowMs: () => clock.nowMs,
    onLine: (line) => void lines.push(line),
    onOperator: ({ who, ip }) => void operators.push(`${who} ${ip}`),
  });
  return { tell, lines, operators, clock };
}

describe('who tries to come into the dashboard', () => {
  it('is a signal, with the name as a keyed hash', () => {
    const { tell, lines } = teller();
    const user = { name: 'anna', role: 'admin' };
    tell({ type: 'login.failed', ip: '198.51.100.7', user, reason: 'code' });
    tell({ type: 'login.failed', ip: '198.51.100.7', reason: 'password' });
    const [known, unknown] = lines.map(({ raw }) => JSON.parse(raw) as Record<string, unknown>);
    expect(known).toMatchObject({
      ...{ type: 'login.failed', site: 'parapet-dashboard', ip: '198.51.100.7' },
      attributes: { account_exists: true, reason: 'code' },
    });
    expect(known?.['user']).toMatch(/^[0-9a-f]{32}$/);
    expect(lines[0]?.raw).not.toContain('anna');
    expect(unknown).toMatchObject({ attributes: { account_exists: false, reason: 'password' } });
    expect(lines[0]?.origin.labels.type).toBe('signal');
  });

  it('fills nothing with a flood', () => {
    const { tell, lines, clock } = teller();
    for (let i = 0; i < 5000; i++) tell({ type: 'login.limited', ip: '198.51.100.7' });
    expect(lines.length).toBe(20);
    clock.nowMs += 1000;
    tell({ type: 'login.limited', ip: '198.51.100.7' });
    tell({ type: 'login.failed', ip: 'no address', reason: 'password' });
    expect(lines.length).toBe(21);
  });

  it('is spared where they may decide, from coming in on for as long as they are there', () => {
    const { tell, lines, operators } = teller();
    tell({ type: 'login.ok', ip: '192.0.2.1', user: { name: 'anna', role: 'admin' } });
    tell({ type: 'seen', ip: '192.0.2.2', user: { name: 'otto', role: 'operator' } });
    tell({ type: 'seen', ip: '192.0.2.3', user: { name: 'viola', role: 'viewer' } });
    tell({ type: 'login.failed', ip: '192.0.2.4', user: { name: 'anna', role: 'admin' } });
    expect(operators).toEqual(['anna 192.0.2.1', 'otto 192.0.2.2']);
    expect(lines.map(({ raw }) => (JSON.parse(raw) as { type: string }).type)).toEqual([
      'login.ok',
      'login.failed',
    ]);
  });
});

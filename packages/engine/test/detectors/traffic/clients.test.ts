import { describe, expect, it } from 'vitest';
import { ClientTable } from '../../../src/detectors/traffic/clients.ts';
import { clientSurge } from '../../../src/detectors/traffic/clientSurge.ts';
import { clientKey } from '../../../src/detectors/traffic/hash.ts';

const DAY_S = 86_400;
const NORMS = { typical: 12, spread: 0.33, heavyDay: 150 };

/** Lets a client come, so often a day, for some days; returns the request of the last day at which it is flagged. */
function flaggedAt(daysBefore: number, aDay: (day: number) => number, today: number): number | undefined {
  const clients = new ClientTable();
  const come = (day: number, k: number): number => {
    const nowS = (20_000 + day) * DAY_S + k * 60;
    const row = clients.rowOf('192.0.2.7', nowS);
    clients.arrive(row, nowS);
    clients.columns.pages[row]!++;
    return row;
  };
  for (let day = 0; day < daysBefore; day++) for (let k = 0; k < aDay(day); k++) come(day, k);
  for (let k = 1; k <= today; k++)
    if (clientSurge(clients, come(daysBefore, k), NORMS) !== undefined) return k;
  return undefined;
}

describe('a client that asks for more than it ever does', () => {
  it('is flagged by its 40th request when it asked for 5 a day', () => {
    expect(flaggedAt(14, () => 5, 500)).toBeLessThanOrEqual(40);
    expect(flaggedAt(14, (day) => 3 + (day % 5), 500)).toBeLessThanOrEqual(40);
  });

  it('is not flagged while it does what it did', () => {
    expect(flaggedAt(14, () => 500, 600)).toBeUndefined();
    expect(flaggedAt(14, (day) => (day % 3) * 20, 60)).toBeUndefined();
  });

  it('is not flagged on a day like its busiest', () => {
    expect(flaggedAt(14, (day) => (day === 6 ? 60 : 4), 80)).toBeUndefined();
  });

  it('that is new is held against all clients', () => {
    expect(flaggedAt(0, () => 0, 500)).toBeUndefined();
    expect(flaggedAt(0, () => 0, 2000)).toBe(751);
  });
});

describe('the table of clients', () => {
  it('keeps a hundred thousand apart in a few megabytes', () => {
    const clients = new ClientTable();
    for (let i = 0; i < 100_000; i++)
      clients.arrive(clients.rowOf(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1000), 1000);
    expect(clients.size).toBeGreaterThan(99_000);
    expect(clients.bytes).toBeLessThan(40e6);
    expect(clients.columns.today[clients.rowOf('10.0.1.2', 1001)]).toBe(1);
  });

  it('gives back what it saved', () => {
    const clients = new ClientTable();
    for (let day = 0; day < 3; day++)
      clients.arrive(clients.rowOf('192.0.2.7', (1 + day) * DAY_S), (1 + day) * DAY_S);
    clients.endDay();
    const other = new ClientTable();
    other.restore(clients.save(), 5 * DAY_S);
    const row = other.rowOf('192.0.2.7', 6 * DAY_S);
    expect(other.columns.requests[row]).toBe(3);
    expect(other.columns.days[row]).toBe(3);
  });

  it('takes an IPv6 /64 for one client', () => {
    expect(clientKey('2001:db8:1:2:3:4:5:6')).toBe(clientKey('2001:db8:1:2::9'));
    expect(clientKey('2001:db8::1')).toBe('2001:db8:0:0');
    expect(clientKey('192.0.2.7')).toBe('192.0.2.7');
  });
});

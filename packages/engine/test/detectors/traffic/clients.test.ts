import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientTable, SAID, type Client } from '../../../src/detectors/traffic/clients.ts';
import { clientSurge } from '../../../src/detectors/traffic/clientSurge.ts';
import { clientKey } from '../../../src/detectors/traffic/hash.ts';
import { UNKNOWN_NORMS } from '../../../src/detectors/traffic/visits.ts';

const DAY_S = 86_400;
const NORMS = { typical: 12, spread: 0.33, heavyDay: 150 };

/** Lets a client come, so often a day, for some days; returns the request of the last day at which it is flagged. */
function flaggedAt(daysBefore: number, aDay: (day: number) => number, today: number): number | undefined {
  const clients = new ClientTable();
  const come = (day: number, k: number): Client => {
    const nowS = (20_000 + day) * DAY_S + k * 60;
    const client = clients.at(clients.rowOf('192.0.2.7', nowS));
    client.arrive(nowS, () => {});
    client.count('pages');
    return client;
  };
  for (let day = 0; day < daysBefore; day++) for (let k = 0; k < aDay(day); k++) come(day, k);
  for (let k = 1; k <= today; k++)
    if (clientSurge(come(daysBefore, k), NORMS, UNKNOWN_NORMS) !== undefined) return k;
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

function arrive(clients: ClientTable, ip: string, nowS: number): number {
  const row = clients.rowOf(ip, nowS);
  clients.at(row).arrive(nowS, () => {});
  return row;
}

describe('the table of clients', () => {
  it('keeps a hundred thousand apart in a few megabytes', () => {
    const clients = new ClientTable();
    for (let i = 0; i < 100_000; i++) arrive(clients, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1000);
    expect(clients.size).toBe(100_000);
    expect(clients.memoryBytes).toBeLessThan(12e6);
    expect(clients.at(clients.rowOf('10.0.1.2', 1001)).today).toBe(1);
  });

  it('gives up who was away longest when it is full, and finds all others', () => {
    const clients = new ClientTable(64);
    const now = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 200 }), { maxLength: 400 }), (visits) => {
        for (const who of visits) {
          const ip = `10.0.0.${who}`;
          const nowS = 1000 + now.size;
          const row = arrive(clients, ip, nowS);
          now.set(`${now.size}`, row);
          // Whoever was here just now is found where it was.
          if (clients.rowOf(ip, nowS) !== row || clients.size > 64) return false;
        }
        return true;
      }),
    );
    expect(clients.size).toBe(64);
  });

  it('gives back what it saved', () => {
    const clients = new ClientTable();
    for (let day = 1; day < 5; day++) arrive(clients, '192.0.2.7', day * DAY_S);
    const other = new ClientTable();
    arrive(other, '192.0.2.1', DAY_S);
    other.restore(clients.rowBytes(clients.rowOf('192.0.2.7', 0)));
    const client = other.at(other.rowOf('192.0.2.7', 6 * DAY_S));
    expect([client.requests, client.days, client.today]).toEqual([3, 3, 1]);
    expect(other.size).toBe(2);
  });

  it('does not take a day for usual that was told of', () => {
    const clients = new ClientTable();
    for (let k = 0; k < 500; k++) arrive(clients, '192.0.2.7', DAY_S + k);
    clients.at(clients.rowOf('192.0.2.7', 0)).say(SAID.surge);
    arrive(clients, '192.0.2.7', 2 * DAY_S);
    expect(clients.at(clients.rowOf('192.0.2.7', 0))).toMatchObject({ days: 0, most: 0 });
  });

  it('takes an IPv6 /64 for one client', () => {
    expect(clientKey('2001:db8:1:2:3:4:5:6')).toBe(clientKey('2001:db8:1:2::9'));
    expect(clientKey('2001:db8::1')).toBe('2001:db8:0:0');
    expect(clientKey('192.0.2.7')).toBe('192.0.2.7');
  });
});

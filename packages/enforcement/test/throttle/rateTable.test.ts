import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateTable, type Rate } from '../../src/throttle/rateTable.ts';

const RATE: Rate = { perSecond: 2, burst: 3, queue: 4, maxWaitMs: 60_000 };
const START = 1_000_000;

describe('a table of rates', () => {
  it('serves the burst at once, then one each interval, then refuses', () => {
    const table = new RateTable(64);
    const answers = Array.from({ length: 9 }, () => table.take(0, 1, RATE, START));
    expect(answers).toEqual([0, 0, 0, 500, 1000, 1500, 2000, -500, -500]);
  });

  it('gives back what time has paid for', () => {
    const table = new RateTable(64);
    for (let i = 0; i < 7; i++) table.take(0, 1, RATE, START);
    expect(table.take(0, 1, RATE, START + 500)).toBe(2000);
    expect(table.take(0, 1, RATE, START + 60_000)).toBe(0);
  });

  it('lets nobody wait longer than allowed', () => {
    const table = new RateTable(64);
    const impatient = { ...RATE, maxWaitMs: 600 };
    const answers = Array.from({ length: 5 }, () => table.take(0, 1, impatient, START));
    expect(answers).toEqual([0, 0, 0, 500, -400]);
  });

  it('counts what was taken elsewhere', () => {
    const table = new RateTable(64);
    table.add(0, 1, 3, RATE, START);
    expect(table.take(0, 1, RATE, START)).toBe(500);
  });

  it('is not driven further ahead than ten minutes by others, or by a clock that was set back', () => {
    const table = new RateTable(64);
    table.add(0, 1, 1e6, RATE, START);
    expect(table.take(0, 1, RATE, START + 600_000)).toBe(0);
    for (let i = 0; i < 7; i++) table.take(0, 2, RATE, START + 7_200_000);
    expect(table.take(0, 2, RATE, START)).toBe(0);
  });

  it('never serves a client faster than its rate, whatever others do', () => {
    const client = fc.record({
      key: fc.integer({ min: 1, max: 4 }),
      afterMs: fc.integer({ min: 0, max: 800 }),
    });
    fc.assert(
      fc.property(fc.array(client, { maxLength: 300 }), (requests) => {
        const table = new RateTable(1024);
        const servedAt = new Map<number, number[]>();
        let nowMs = START;
        for (const { key, afterMs } of requests) {
          nowMs += afterMs;
          const waitMs = table.take(0, key, RATE, nowMs);
          if (waitMs >= 0) servedAt.set(key, [...(servedAt.get(key) ?? []), nowMs + waitMs]);
        }
        for (const times of servedAt.values()) {
          for (const [i, from] of times.entries()) {
            const inTwoSeconds = times.slice(i).filter((at) => at < from + 2000).length;
            expect(inTwoSeconds).toBeLessThanOrEqual(RATE.burst + 4);
          }
        }
      }),
    );
  });

  it('keeps a debtor apart from a crowd that is larger than the table', () => {
    const table = new RateTable(64);
    for (let i = 0; i < 7; i++) table.take(9, 9, RATE, START);
    for (let i = 0; i < 1000; i++) table.take(1, i, RATE, START + i);
    expect(table.take(9, 9, RATE, START + 1000)).not.toBe(0);
  });
});
